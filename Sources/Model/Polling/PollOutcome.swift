/// What one poll of one cluster brought.
package enum PollOutcome: Sendable {
    /// A good answer whose body is, but for its request id, the one already known.
    case unchanged(requestID: String?)
    /// A good answer.
    case answer(Observation)
    case failure(PollFailure)
}

/// A good answer, reduced to what the monitor decides on.
package struct Observation: Sendable {
    package let status: ClusterStatus
    package var facts: TaskFacts
    package let requestID: String?
    /// The answer as it came, for `show`.
    package let body: [UInt8]
    /// Tells whether a later body says the same.
    package let digest: BodyDigest
    /// The server's own time of the answer, if it gave one: the host's clock may be wrong.
    package var answeredAt: Timestamp?
    /// Times of the answer that are there and cannot be read.
    package var unreadTimes: [UnreadTime] = []
    /// With a failure: the last lines of the training's log, secrets masked; empty where they could not be had.
    package var logLines: [String] = []

    package init(status: ClusterStatus, facts: TaskFacts, requestID: String?, body: [UInt8], digest: BodyDigest) {
        self.status = status
        self.facts = facts
        self.requestID = requestID
        self.body = body
        self.digest = digest
    }
}

/// A time in an answer that is in none of the forms that are known: what depends on it is not known.
package struct UnreadTime: Hashable, Sendable {
    /// The API's name of it: `StartTime`, for example.
    package let field: String
    /// As it came, cut.
    package let text: String

    /// Nil if there is no text.
    package init?(_ field: String, _ text: String?) {
        guard let text else { return nil }
        self.field = field
        self.text = text
    }
}

/// 128 bits of the SHA-256 of an answer without its request id.
package struct BodyDigest: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
