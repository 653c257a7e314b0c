/// All that is kept of a watched cluster from one poll, and one process, to the next.
package struct ClusterRecord: Hashable, Sendable {
    package var id: ClusterID
    /// The name from the config.
    package var name: String?
    package var scope: AccountRegion
    /// The parent instance (`pc-…`) it was discovered through; nil where the config names it.
    package var instance: String?
    /// Nil before the first good answer.
    package var status: ClusterStatus?
    /// Since when it has `status`: the API's own time of it if it gives one, else when it was first observed.
    @Compact package var since: Timestamp?
    @Compact package var lastGoodAt: Timestamp?
    @Compact package var lastPollAt: Timestamp?
    @Compact package var nextPollAt: Timestamp?
    /// The last failure in words; nil after a good answer.
    package var lastError: String?
    /// The first failure since the last good answer.
    @Compact package var failingSince: Timestamp?
    /// When the latest run started: the API's StartTime, else when ACTIVATION was first seen, by the API's clock.
    @Compact package var runStartedAt: Timestamp?
    /// How long the last completed run took.
    @Compact package var lastRun: Duration?
    package var facts: TaskFacts
    /// Of the last good answer; nil before it, and while the cluster is gone.
    package var digest: BodyDigest?
    /// Set from when `overdue` was reported of the run that goes on until it is not overdue any more.
    package var overdue: OverdueMark?
    // The short ones stand together, where they take no more than a byte each.

    /// Whether ACTIVATION was ever seen: distinguishes `started` from `changed`.
    package var wasActivated: Bool
    /// Whether its `poll_failing` was reported and has not ended.
    package var isPollFailing: Bool
    /// Whether its `stalled` was reported and has not ended.
    package var isStalled: Bool
    /// Whether the latest run goes on.
    package var isRunning = false

    package init(id: ClusterID, name: String? = nil, scope: AccountRegion, instance: String? = nil) {
        self.id = id
        self.name = name
        self.scope = scope
        self.instance = instance
        wasActivated = false
        isPollFailing = false
        isStalled = false
        facts = TaskFacts()
    }
}

/// The last good answer of a cluster, as it came.
package struct AnswerRecord: Hashable, Sendable {
    package let cluster: ClusterID
    package let observedAt: Timestamp
    package let requestID: String?
    package let body: [UInt8]

    package init(cluster: ClusterID, observedAt: Timestamp, requestID: String?, body: [UInt8]) {
        self.cluster = cluster
        self.observedAt = observedAt
        self.requestID = requestID
        self.body = body
    }
}

/// The part of a record that changes with every poll, written at most once a minute.
package struct PollTimes: Hashable, Sendable {
    package let cluster: ClusterID
    package let lastGoodAt: Timestamp?
    package let lastPollAt: Timestamp?
    package let nextPollAt: Timestamp?
    package let lastError: String?

    package init(
        cluster: ClusterID, lastGoodAt: Timestamp?, lastPollAt: Timestamp?, nextPollAt: Timestamp?, lastError: String?
    ) {
        self.cluster = cluster
        self.lastGoodAt = lastGoodAt
        self.lastPollAt = lastPollAt
        self.nextPollAt = nextPollAt
        self.lastError = lastError
    }
}

/// Whether a whole account and region is failing.
package struct ScopeRecord: Hashable, Sendable {
    package let scope: AccountRegion
    /// When its `poll_failing` was reported; nil once it recovered.
    package let failingSince: Timestamp?

    package init(scope: AccountRegion, failingSince: Timestamp?) {
        self.scope = scope
        self.failingSince = failingSince
    }
}
