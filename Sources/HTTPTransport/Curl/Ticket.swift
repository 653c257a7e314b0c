import Synchronization

/// One caller's request on its way through the loop.
///
/// Handing it over, cancelling it and ending it may meet on any threads. Each looks at the phase and changes it in one
/// critical section, so one always sees the other: a cancelled request either never enters, or the loop is asked to end it;
/// and its caller is resumed once.
final class Ticket: Sendable {
    typealias Outcome = Result<HTTPResponse, TransportError>

    private enum Phase {
        /// Not handed over yet.
        case new
        /// The loop has it and will resume the caller.
        case queued(CheckedContinuation<Outcome, Never>)
        /// Resumed, or cancelled before it was handed over.
        case over
    }

    let request: HTTPRequest
    /// The certificate files that its connection names.
    let files: ConnectionFiles
    private let phase = Mutex(Phase.new)

    init(_ request: HTTPRequest, _ files: ConnectionFiles) {
        self.request = request
        self.files = files
    }

    /// Whether the loop has it and has not ended it.
    var isQueued: Bool {
        phase.withLock { if case .queued = $0 { true } else { false } }
    }

    /// - Returns: false if it was cancelled before; its caller is not resumed by this ticket then.
    func handOver(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        phase.withLock { phase in
            guard case .new = phase else { return false }
            phase = .queued(continuation)
            return true
        }
    }

    /// - Returns: whether the loop has it and must be woken.
    func cancel() -> Bool {
        phase.withLock { phase in
            switch phase {
            case .new:
                phase = .over
                return false
            case .queued: return true
            case .over: return false
            }
        }
    }

    /// Resumes the caller, once.
    func finish(_ outcome: Outcome) {
        let continuation: CheckedContinuation<Outcome, Never>? = phase.withLock { phase in
            guard case .queued(let continuation) = phase else { return nil }
            phase = .over
            return continuation
        }
        continuation?.resume(returning: outcome)
    }
}

extension TransportError {
    static let cancelled = TransportError(.cancelled, "the request was cancelled")
    static let shutDown = TransportError(.cancelled, "the HTTP client is shut down")
}
