import Alerts
import Model
import Sharing
import Synchronization

/// Keeps attempts within the leases of their targets: none begins without one, and all of them end with it.
final class AttemptGuard: Sendable {
    private struct State {
        var number: UInt64 = 0
        var running: [UInt64: (share: Share, task: Task<FinishedAttempt?, Never>)] = [:]
    }

    private let permits: @Sendable (Share) -> Bool
    private let state = Mutex(State())

    /// What is not permitted is offered again until its target is left: not faster than this.
    private static let pause = Duration.milliseconds(100)

    init(permits: @escaping @Sendable (Share) -> Bool) {
        self.permits = permits
    }

    /// - Returns: nil if it was not begun, or was cut off.
    func run(
        _ share: Share, _ attempt: @escaping @Sendable () async -> FinishedAttempt?
    ) async -> FinishedAttempt? {
        guard permits(share) else {
            try? await Task.sleep(for: Self.pause)
            return nil
        }
        let task = Task { await attempt() }
        let number = state.withLock { state in
            state.number += 1
            state.running[state.number] = (share, task)
            return state.number
        }
        defer { state.withLock { $0.running[number] = nil } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Cuts off what is under way for these shares.
    func cut(_ shares: Set<Share>) {
        let tasks = state.withLock { $0.running.values.filter { shares.contains($0.share) }.map(\.task) }
        for task in tasks { task.cancel() }
    }
}
