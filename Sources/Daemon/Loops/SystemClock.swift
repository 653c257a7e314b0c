import Glibc
package import Model

/// The host's clocks.
package struct SystemClock: TimeSource {
    /// The time of a database that several hosts share, which goes before the host's own.
    private let shared: (@Sendable (MonotonicInstant) -> Timestamp?)?

    package init() {
        shared = nil
    }

    /// - Parameter shared: the database's time; nil until it is known.
    package init(shared: @escaping @Sendable (MonotonicInstant) -> Timestamp?) {
        self.shared = shared
    }

    package func now() -> Moment {
        // CLOCK_BOOTTIME goes on while the host sleeps: what fell due meanwhile is due at waking.
        let monotonic = MonotonicInstant(nanoseconds: read(CLOCK_BOOTTIME))
        let wall = shared?(monotonic) ?? Timestamp(milliseconds: read(CLOCK_REALTIME) / 1_000_000)
        return Moment(monotonic: monotonic, wall: wall)
    }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
