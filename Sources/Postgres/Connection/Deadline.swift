import Glibc

/// A point in time after which nobody waits any more. It goes on while the host sleeps, and no step of the clock moves it.
struct Deadline: Sendable {
    private let end: ContinuousClock.Instant

    init(after limit: Duration) {
        end = ContinuousClock.now + limit
    }

    /// Zero once it is past.
    var left: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }

    /// Waits until something can be read from or written to a socket.
    ///
    /// - Parameter events: of poll(2).
    /// - Returns: false if the deadline passed.
    func wait(for events: Int32, on socket: Int32) -> Bool {
        while true {
            let (seconds, attoseconds) = left.components
            // One more: not to return a fraction of a millisecond before the deadline.
            let milliseconds = left == .zero ? 0 : seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
            var waited = pollfd(fd: socket, events: Int16(truncatingIfNeeded: events), revents: 0)
            let count = poll(&waited, 1, Int32(clamping: milliseconds))
            if count > 0 { return true }
            // What is wrong with the socket otherwise is found by whoever uses it.
            if count < 0, errno != EINTR { return true }
            if left == .zero { return false }
        }
    }
}
