import Dispatch
import Synchronization

/// Work that may hang, reading a file on a stalled mount for example: done on a thread that nobody else needs, and awaited
/// no longer than a limit.
///
/// At most one piece of work per key is under way. Whoever asks meanwhile waits for the same one, so that what hangs holds
/// one thread and not one more with each try.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var waiters: [Key: [Int: CheckedContinuation<Value?, Never>]] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Does the work, or waits for the same work that is under way.
    ///
    /// - Returns: nil if it did not end within the limit, or the task was cancelled; the work goes on then.
    package func value(
        for key: Key, within limit: Duration, _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isFirst = state.withLock { state in
                    let isFirst = state.waiters[key] == nil
                    state.waiters[key, default: [:]][waiter] = continuation
                    return isFirst
                }
                if isFirst { WorkerThreads.shared.run { self.end(key, work()) } }
                DispatchQueue.global().asyncAfter(deadline: .now() + limit.dispatchInterval) { [weak self] in
                    self?.giveUp(key, waiter)
                }
                // Cancelled before there was something to give up.
                if Task.isCancelled { giveUp(key, waiter) }
            }
        } onCancel: {
            giveUp(key, waiter)
        }
    }

    private func end(_ key: Key, _ value: Value) {
        let waiters = state.withLock { $0.waiters.removeValue(forKey: key) }
        for continuation in (waiters ?? [:]).values { continuation.resume(returning: value) }
    }

    private func giveUp(_ key: Key, _ waiter: Int) {
        let continuation = state.withLock { $0.waiters[key]?.removeValue(forKey: waiter) }
        continuation?.resume(returning: nil)
    }
}
