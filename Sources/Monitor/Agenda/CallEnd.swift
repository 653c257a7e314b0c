import Model

/// How a call ended, as far as the account's budget is concerned.
enum CallEnd: Sendable {
    case good
    case throttled(retryAfter: Duration?)
    /// A 503, a timeout, a broken connection: the trouble of one task until half of the calls end so.
    case transient(FailureReason)
    /// Refused, or answered with something unreadable, for a reason of the task's own.
    case refused

    init(_ failure: PollFailure) {
        if let retryAfter = failure.retryAfter {
            self = .throttled(retryAfter: retryAfter)
            return
        }
        self =
            switch failure.reason {
            case .throttled: .throttled(retryAfter: nil)
            case .server, .network, .timeout, .tls: .transient(failure.reason)
            // An answer that came and cannot be read says nothing about what the API can bear.
            case .malformed, .notFound, .credentials, .permission, .clock, .configuration, .unknown: .refused
            }
    }
}
