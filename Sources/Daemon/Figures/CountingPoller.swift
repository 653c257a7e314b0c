import Model
import Monitor
import Synchronization

/// Counts the calls that another poller makes: how they end and how long they take.
struct CountingPoller: TaskPoller {
    let poller: any TaskPoller
    let figures: DaemonFigures

    func poll(_ order: PollOrder) async -> CallOutcome {
        let call = CallInProgress(APICallKind(order.call), in: order.scope, figures)
        return await withTaskCancellationHandler {
            let outcome = await poller.poll(order)
            call.end(CallResult(outcome))
            return outcome
        } onCancel: {
            // The monitor gave it up, or the daemon stops: whenever it ends, nobody waits for it.
            call.end(.failure(.timeout))
        }
    }
}

/// One call, which is counted once.
private final class CallInProgress: Sendable {
    private let kind: APICallKind
    private let scope: AccountRegion
    private let figures: DaemonFigures
    private let began = ContinuousClock.now
    private let hasEnded = Mutex(false)

    init(_ kind: APICallKind, in scope: AccountRegion, _ figures: DaemonFigures) {
        self.kind = kind
        self.scope = scope
        self.figures = figures
    }

    func end(_ result: CallResult) {
        let isFirst = hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return !hasEnded
        }
        if isFirst { figures.noteCall(kind, in: scope, result, took: began.duration(to: .now)) }
    }
}
