import Synchronization

/// Measures how long commits take, for whoever wants to know.
package final class CommitTimer: Sendable {
    /// In a struct: a lock that holds a closure itself wraps it in another one each time it is read, without end.
    private struct Observer {
        let note: @Sendable (Duration) -> Void
    }

    private let observer = Mutex<Observer?>(nil)

    /// From now on `body` gets the duration of each transaction, from its first statement until it is on the disk.
    package func observe(_ body: @escaping @Sendable (Duration) -> Void) {
        observer.withLock { $0 = Observer(note: body) }
    }

    /// What fails is not measured: nothing was committed.
    func measure(_ commit: () throws -> Void) rethrows {
        guard let observer = observer.withLock({ $0 }) else { return try commit() }
        let clock = ContinuousClock()
        let began = clock.now
        try commit()
        observer.note(began.duration(to: clock.now))
    }
}
