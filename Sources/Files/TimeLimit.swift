import Synchronization

/// Waits for an operation no longer than a limit, whatever the operation does: it is cancelled then, and not waited for.
///
/// - Returns: nil if it did not end in time, or if the caller was cancelled before.
package func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable () async -> Value
) async -> Value? {
    let race = Race<Value>()
    let runner = Task { race.end(with: await operation()) }
    let timer = Task {
        try? await Task.sleep(for: limit)
        race.end(with: nil)
    }
    defer {
        runner.cancel()
        timer.cancel()
    }
    return await withTaskCancellationHandler {
        await race.first()
    } onCancel: {
        race.end(with: nil)
    }
}

/// The first of several ends; the others are dropped.
private final class Race<Value: Sendable>: Sendable {
    private enum State: Sendable {
        case open
        case awaited(CheckedContinuation<Value?, Never>)
        case ended(Value?)
    }

    private let state = Mutex(State.open)

    func end(with value: Value?) {
        let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
            switch state {
            case .ended: return nil
            case .open:
                state = .ended(value)
                return nil
            case .awaited(let waiter):
                state = .ended(value)
                return waiter
            }
        }
        waiter?.resume(returning: value)
    }

    /// To be called once.
    func first() async -> Value? {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state -> Value?? in
                if case .ended(let value) = state { return .some(value) }
                state = .awaited(continuation)
                return nil
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }
}
