package import Model

/// A poll whose turn it is. Each order brings exactly one result, also where the poll was cancelled.
package struct PollOrder: Hashable, Sendable {
    package let cluster: ClusterID
    package let scope: AccountRegion
    /// The digest of the last good answer: a body that matches it need not be decoded.
    package let known: BodyDigest?

    package init(cluster: ClusterID, scope: AccountRegion, known: BodyDigest?) {
        self.cluster = cluster
        self.scope = scope
        self.known = known
    }
}

/// What a poll brought, and when the answer was here.
package struct PollResult: Sendable {
    package let cluster: ClusterID
    package let outcome: PollOutcome
    package let at: Moment

    package init(cluster: ClusterID, outcome: PollOutcome, at: Moment) {
        self.cluster = cluster
        self.outcome = outcome
        self.at = at
    }
}
