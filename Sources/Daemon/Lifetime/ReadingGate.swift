import Synchronization

/// Lets one in at a time, and nobody wait.
final class ReadingGate: Sendable {
    private let isTaken = Atomic(false)

    /// - Returns: false if another one is in.
    func enter() -> Bool {
        isTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
    }

    func leave() {
        isTaken.store(false, ordering: .releasing)
    }
}
