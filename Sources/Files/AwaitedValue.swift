import Glibc
import Synchronization

/// The result of work on another thread, for a thread that waits for it no longer than a limit.
///
/// It waits for a pipe with poll(2), whose limit is a length of time: a semaphore's is a time of day, and a step of the
/// clock would end the wait at once or make it last for hours.
package final class AwaitedValue<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let ends: (read: Int32, write: Int32)

    /// - Returns: nil if there are no file descriptors left; `errno` says so.
    package init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.ends = (ends[0], ends[1])
    }

    deinit {
        close(ends.read)
        close(ends.write)
    }

    /// - Parameter ifAbandoned: called if nobody waits any more.
    package func end(_ value: Value, ifAbandoned: () -> Void) {
        state.withLock { state in
            state.value = value
            if state.isAbandoned { ifAbandoned() }
        }
        var byte: UInt8 = 1
        _ = write(ends.write, &byte, 1)
    }

    /// - Parameter ifLate: called if the work did not end within the limit, before it can end.
    /// - Returns: nil if it did not end.
    package func wait(_ limit: Duration, ifLate: () -> Void) -> Value? {
        let deadline = ContinuousClock.now + limit
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { break }
            var waited = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            let count = poll(&waited, 1, Int32(clamping: milliseconds))
            if count > 0 || (count < 0 && errno != EINTR) { break }
        }
        return state.withLock { state in
            if state.value == nil {
                state.isAbandoned = true
                ifLate()
            }
            return state.value
        }
    }
}
