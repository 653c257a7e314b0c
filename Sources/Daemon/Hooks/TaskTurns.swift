import Synchronization

/// One at a time for each task: whoever comes later waits its turn, in order.
final class TaskTurns: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// By task; a task that is here has its turn taken.
        var waiting: [String: [Waiter]] = [:]
        var nextNumber = 0
    }

    private let state = Mutex(State())

    /// Waits until nobody else is at this task.
    ///
    /// - Returns: false if that took longer than `limit`, or if the caller was cancelled; otherwise `leave` must follow.
    func enter(_ task: String, within limit: Duration) async -> Bool {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        let timer = Task {
            try? await Task.sleep(for: limit)
            giveUp(number, task)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    guard !Task.isCancelled else { return false }
                    guard state.waiting[task] != nil else {
                        state.waiting[task] = []
                        return true
                    }
                    state.waiting[task]?.append(Waiter(number: number, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            giveUp(number, task)
        }
    }

    /// Lets the next one in.
    func leave(_ task: String) {
        let next = state.withLock { state -> Waiter? in
            guard let first = state.waiting[task]?.first else {
                state.waiting[task] = nil
                return nil
            }
            state.waiting[task]?.removeFirst()
            return first
        }
        next?.continuation.resume(returning: true)
    }

    private func giveUp(_ number: Int, _ task: String) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiting[task]?.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiting[task]?.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }
}
