/// A point on a clock that never steps: nanoseconds since some fixed start of this process.
///
/// Schedules use it; a wall clock that jumps by days must neither skip a poll nor repeat one.
package struct MonotonicInstant: Hashable, Comparable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// At most as far as the clock reaches.
    package func advanced(by duration: Duration) -> MonotonicInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return MonotonicInstant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// How long after `earlier` this is; negative where it is before.
    package func since(_ earlier: MonotonicInstant) -> Duration {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return .nanoseconds(overflow ? (self < earlier ? .min : .max) : difference)
    }
}

/// One moment on both clocks, handed to the pure cores together.
package struct Moment: Hashable, Sendable {
    package let monotonic: MonotonicInstant
    package let wall: Timestamp

    package init(monotonic: MonotonicInstant, wall: Timestamp) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

extension Duration {
    /// The duration in nanoseconds, cut towards zero, clamped to ±146 years so that sums cannot overflow.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let limit: Int64 = 4_600_000_000
        let clamped = min(max(seconds, -limit), limit)
        return clamped * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
