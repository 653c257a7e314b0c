import Glibc
package import Model

/// The host's clocks.
package struct SystemClock: TimeSource {
    package init() {}

    package func now() -> Moment {
        // CLOCK_BOOTTIME goes on while the host sleeps: what fell due meanwhile is due at waking.
        let monotonic = read(CLOCK_BOOTTIME)
        let wall = read(CLOCK_REALTIME)
        return Moment(
            monotonic: MonotonicInstant(nanoseconds: monotonic), wall: Timestamp(milliseconds: wall / 1_000_000))
    }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
