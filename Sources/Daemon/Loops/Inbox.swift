import Dispatch
import Files
import Model
import Synchronization

/// Messages for a loop, which waits for them or for a time of its own, whichever comes first.
///
/// One loop reads; anybody posts.
final class Inbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
        /// When the earliest timer that is under way goes off: a later wait needs none of its own.
        var armedFor: MonotonicInstant?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            let taken = waiter
            waiter = nil
            return taken
        }
    }

    private let state = Mutex(State())
    private let clock: SystemClock

    init(clock: SystemClock) {
        self.clock = clock
    }

    /// - Returns: false if the loop has ended; the message is dropped then.
    @discardableResult
    func post(_ message: Message) -> Bool {
        let (isTaken, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            guard !state.isClosed else { return (false, nil) }
            state.messages.append(message)
            return (true, state.takeWaiter())
        }
        waiter?.resume()
        return isTaken
    }

    /// Takes no more messages from now on.
    ///
    /// - Returns: those that came and were not read.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// All that has come, in its order.
    func take() -> [Message] {
        state.withLock { state in
            let messages = state.messages
            state.messages = []
            return messages
        }
    }

    /// Returns when there is a message, or at `deadline`; now and then earlier.
    func wait(until deadline: MonotonicInstant) async {
        let now = clock.now().monotonic
        guard deadline > now else { return }
        await withCheckedContinuation { continuation in
            let (isReady, mustArm) = state.withLock { state -> (Bool, Bool) in
                guard state.messages.isEmpty else { return (true, false) }
                state.waiter = continuation
                if let armedFor = state.armedFor, armedFor <= deadline, armedFor > now { return (false, false) }
                state.armedFor = deadline
                return (false, true)
            }
            if isReady { continuation.resume() }
            if mustArm { arm(deadline, after: deadline.since(now)) }
        }
    }

    /// The same, and returns when the task is cancelled.
    ///
    /// - Parameter message: what wakes whoever waits.
    func wait(until deadline: MonotonicInstant, unlessCancelled message: Message) async {
        await withTaskCancellationHandler {
            await wait(until: deadline)
        } onCancel: {
            post(message)
        }
    }

    private func arm(_ deadline: MonotonicInstant, after wait: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + wait.dispatchInterval) { [self] in
            let waiter = state.withLock { state in
                if state.armedFor == deadline { state.armedFor = nil }
                return state.takeWaiter()
            }
            waiter?.resume()
        }
    }
}
