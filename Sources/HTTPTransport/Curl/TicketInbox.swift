import Synchronization

/// What callers hand to the loop: requests, cancellations and jobs of an actor, under one lock.
final class TicketInbox: Sendable {
    struct Batch {
        var arrivals: [Ticket]
        var cancellations: [Ticket]
        var isClosed: Bool
        var isReleased: Bool
    }

    private struct State {
        var arrivals: [Ticket] = []
        var cancellations: [Ticket] = []
        var jobs: [UnownedJob] = []
        var loopSleeps = false
        var isClosed = false
        var isReleased = false

        /// - Returns: whether the loop is to be woken, which only the first has to do.
        mutating func takeSleep() -> Bool {
            defer { loopSleeps = false }
            return loopSleeps
        }
    }

    private let state = Mutex(State())
    private let alarm: Alarm

    init(_ alarm: Alarm) {
        self.alarm = alarm
    }

    func submit(_ ticket: Ticket, _ continuation: CheckedContinuation<Ticket.Outcome, Never>) {
        let refusal: TransportError? = change { state in
            guard !state.isClosed else { return .shutDown }
            guard ticket.handOver(continuation) else { return .cancelled }
            state.arrivals.append(ticket)
            return nil
        }
        if let refusal { continuation.resume(returning: .failure(refusal)) }
    }

    func cancel(_ ticket: Ticket) {
        // After a close the loop ends all of them.
        change { state in
            if ticket.cancel(), !state.isClosed { state.cancellations.append(ticket) }
        }
    }

    /// Refuses requests from now on, and has the loop end those that it has.
    func close() {
        change { $0.isClosed = true }
    }

    /// Ends the loop, too.
    func release() {
        change { state in
            state.isClosed = true
            state.isReleased = true
        }
    }

    /// Has the loop's thread run a job.
    func enqueue(_ job: UnownedJob) {
        change { $0.jobs.append(job) }
    }

    /// The jobs that came since the last call, in `jobs` in place of what was in it.
    func takeJobs(into jobs: inout [UnownedJob]) {
        jobs.removeAll(keepingCapacity: true)
        state.withLock { swap(&jobs, &$0.jobs) }
    }

    /// The requests and cancellations that came since the last call.
    func take() -> Batch {
        state.withLock { state in
            defer {
                state.arrivals = []
                state.cancellations = []
            }
            return Batch(
                arrivals: state.arrivals, cancellations: state.cancellations, isClosed: state.isClosed,
                isReleased: state.isReleased)
        }
    }

    /// - Returns: whether there is nothing to do for the loop; what comes next then wakes it.
    func maySleep() -> Bool {
        state.withLock { state in
            state.loopSleeps =
                state.arrivals.isEmpty && state.cancellations.isEmpty && state.jobs.isEmpty && !state.isReleased
            return state.loopSleeps
        }
    }

    func loopIsAwake() {
        state.withLock { $0.loopSleeps = false }
    }

    private func change<Value: Sendable>(_ body: (inout sending State) -> sending Value) -> Value {
        let (value, mustWake) = state.withLock { state in
            let value = body(&state)
            return (value, state.takeSleep())
        }
        if mustWake { alarm.ring() }
        return value
    }
}
