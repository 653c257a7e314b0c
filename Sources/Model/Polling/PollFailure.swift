/// Why a poll brought no good answer.
package struct PollFailure: Error, Hashable, Sendable {
    package let reason: FailureReason
    /// The API's `Code`, where it gave one.
    package let code: String?
    package let httpStatus: Int?
    /// A sentence for an operator: what happened and what to do. Holds no secret.
    package let message: String
    package let requestID: String?
    /// How long the server asked to be left alone (`x-acs-retry-after`, `Retry-After`, `TimeLeft`).
    package let retryAfter: Duration?

    package init(
        reason: FailureReason, code: String? = nil, httpStatus: Int? = nil, message: String, requestID: String? = nil,
        retryAfter: Duration? = nil
    ) {
        self.reason = reason
        self.code = code
        self.httpStatus = httpStatus
        self.message = message
        self.requestID = requestID
        self.retryAfter = retryAfter
    }
}

/// The classes of failure that the monitor and an operator treat differently.
package enum FailureReason: String, CaseIterable, Sendable {
    /// `Throttling*`, 429, or any refusal with a retry-after header: the whole account and region slows down.
    case throttled
    /// The API does not know the cluster: `InvalidDBClusterId.NotFound` and similar codes.
    case notFound = "not_found"
    /// The access key is unknown, disabled, or signs wrongly.
    case credentials
    /// The access key may not call this action.
    case permission
    /// The host's clock is off: `InvalidTimeStamp.Expired`.
    case clock
    /// A bad id, region or parameter: the config is wrong.
    case configuration
    /// 5xx, `InternalError`, `ServiceUnavailable`.
    case server
    /// No connection, a name that does not resolve, a reset.
    case network
    case timeout
    /// The certificate is not one that the host trusts for this name.
    case tls
    /// Not the JSON that was asked for: HTML, a cut body, another cluster's id, no status, more than 1 MiB.
    case malformed
    /// A `Code` that no page documents.
    case unknown
}
