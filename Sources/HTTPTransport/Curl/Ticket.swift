import Foundation

/// One caller's request on its way through the loop.
///
/// Unchecked: `phase` and `continuation` change only under the lock of the one `TicketInbox`, and once queued only by the
/// loop's thread, which may therefore read them without it; `transfer` is touched only on that thread; `request` is
/// immutable.
final class Ticket: @unchecked Sendable {
    typealias Outcome = Result<HTTPResponse, TransportError>

    enum Phase {
        /// Not handed over yet.
        case new
        /// The loop has it and will resume the caller.
        case queued
        /// Resumed, or cancelled before it was handed over.
        case over
    }

    let request: HTTPRequest
    var phase = Phase.new
    var continuation: CheckedContinuation<Outcome, Never>?
    var transfer: Transfer?

    init(_ request: HTTPRequest) {
        self.request = request
    }
}

/// What callers hand to the loop: requests, cancellations and jobs of an actor, under one lock.
///
/// A cancellation may come before, during or after its request's hand-over, on any thread. Both sides look at the
/// ticket's phase and change it in one critical section, so one of them always sees the other: a cancelled request
/// either never enters, or the loop is told to end it.
///
/// Unchecked: everything mutable is touched under `lock` only.
final class TicketInbox: @unchecked Sendable {
    struct Batch {
        var arrivals: [Ticket]
        var cancellations: [Ticket]
        var isClosed: Bool
        var isReleased: Bool
    }

    // NSLock rather than Mutex: ThreadSanitizer does not understand the latter.
    private let lock = NSLock()
    private var arrivals: [Ticket] = []
    private var cancellations: [Ticket] = []
    private var jobs: [UnownedJob] = []
    private var loopSleeps = false
    private var isClosed = false
    private var isReleased = false
    /// Called under the lock and never after `release()`: the loop may then let go of what it wakes.
    private let wakeLoop: @Sendable () -> Void

    init(wakeLoop: @escaping @Sendable () -> Void) {
        self.wakeLoop = wakeLoop
    }

    func submit(_ ticket: Ticket, _ continuation: CheckedContinuation<Ticket.Outcome, Never>) {
        let refusal: TransportError? = lock.withLock {
            guard !isClosed else { return .shutDown }
            guard ticket.phase == .new else { return .cancelled }
            ticket.phase = .queued
            ticket.continuation = continuation
            arrivals.append(ticket)
            wakeIfAsleep()
            return nil
        }
        if let refusal { continuation.resume(returning: .failure(refusal)) }
    }

    func cancel(_ ticket: Ticket) {
        lock.withLock {
            switch ticket.phase {
            case .new: ticket.phase = .over
            case .queued where !isClosed:
                cancellations.append(ticket)
                wakeIfAsleep()
            case .queued, .over: break
            }
        }
    }

    /// Refuses requests from now on, and has the loop end those that it has.
    func close() {
        lock.withLock {
            isClosed = true
            wakeIfAsleep()
        }
    }

    /// Ends the loop, too.
    func release() {
        lock.withLock {
            isClosed = true
            wakeIfAsleep()
            isReleased = true
        }
    }

    /// Has the loop's thread run a job.
    func enqueue(_ job: UnownedJob) {
        lock.withLock {
            jobs.append(job)
            wakeIfAsleep()
        }
    }

    /// The jobs that came since the last call, in `jobs` in place of what was in it.
    func takeJobs(into jobs: inout [UnownedJob]) {
        jobs.removeAll(keepingCapacity: true)
        lock.withLock { swap(&jobs, &self.jobs) }
    }

    /// The requests and cancellations that came since the last call.
    func take() -> Batch {
        lock.withLock {
            let batch = Batch(
                arrivals: arrivals, cancellations: cancellations, isClosed: isClosed, isReleased: isReleased)
            arrivals = []
            cancellations = []
            return batch
        }
    }

    /// - Returns: whether there is nothing to do for the loop; what comes next then wakes it.
    func maySleep() -> Bool {
        lock.withLock {
            loopSleeps = arrivals.isEmpty && cancellations.isEmpty && jobs.isEmpty && !isReleased
            return loopSleeps
        }
    }

    func loopIsAwake() {
        lock.withLock { loopSleeps = false }
    }

    /// Resumes the ticket's caller, once.
    func finish(_ ticket: Ticket, _ outcome: Ticket.Outcome) {
        let continuation = lock.withLock {
            ticket.phase = .over
            defer { ticket.continuation = nil }
            return ticket.continuation
        }
        continuation?.resume(returning: outcome)
    }

    private func wakeIfAsleep() {
        guard loopSleeps, !isReleased else { return }
        loopSleeps = false
        wakeLoop()
    }
}

extension TransportError {
    static let cancelled = TransportError(.cancelled, "the request was cancelled")
    static let shutDown = TransportError(.cancelled, "the HTTP client is shut down")
}
