import Synchronization

/// Measures how long commits take, for whoever wants to know.
package final class CommitTimer: Sendable {
    private let observer = Mutex<(@Sendable (Duration) -> Void)?>(nil)

    /// From now on `body` gets the duration of each transaction, from its first statement until it is on the disk.
    package func observe(_ body: @escaping @Sendable (Duration) -> Void) {
        observer.withLock { $0 = body }
    }

    /// What fails is not measured: nothing was committed.
    func measure(_ commit: () throws -> Void) rethrows {
        guard let observer = observer.withLock({ $0 }) else { return try commit() }
        let clock = ContinuousClock()
        let began = clock.now
        try commit()
        observer(began.duration(to: clock.now))
    }
}
