import Model
import Synchronization

/// Ends the wait for work that may hang.
enum LimitedWait {
    /// Does the work, and waits for it no longer than a limit.
    ///
    /// - Returns: nil if it did not end in time; it is cancelled then, and not waited for.
    static func run<Value: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable () async throws(PollFailure) -> Value
    ) async -> Result<Value, PollFailure>? {
        let race = Race<Result<Value, PollFailure>>()
        let task = Task {
            let result: Result<Value, PollFailure>
            do throws(PollFailure) {
                result = .success(try await work())
            } catch {
                result = .failure(error)
            }
            race.end(result)
        }
        let timer = Task {
            if (try? await Task.sleep(for: limit)) != nil { race.end(nil) }
        }
        let result = await withTaskCancellationHandler {
            await race.outcome
        } onCancel: {
            task.cancel()
        }
        timer.cancel()
        if result == nil { task.cancel() }
        return result
    }
}

/// The first of two outcomes.
private final class Race<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value?, Never>)
        case over(Value?)
    }

    private let state = Mutex(State.open)

    func end(_ value: Value?) {
        let continuation: CheckedContinuation<Value?, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .over(value)
                return nil
            case .awaited(let continuation):
                state = .over(value)
                return continuation
            case .over: return nil
            }
        }
        continuation?.resume(returning: value)
    }

    /// Asked for once.
    var outcome: Value? {
        get async {
            await withCheckedContinuation { continuation in
                let ended: Value?? = state.withLock { state in
                    if case .over(let value) = state { return .some(value) }
                    state = .awaited(continuation)
                    return nil
                }
                if let ended { continuation.resume(returning: ended) }
            }
        }
    }
}
