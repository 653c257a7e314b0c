import Model

/// One watched cluster as the monitor holds it.
struct Slot: Sendable {
    var cluster: WatchedCluster
    var record: ClusterRecord
    /// Nobody looked since the last good answer: after a start, after its `poll_failing`.
    var isBlind = true
    /// The last good answer, or the begin of watching.
    var silentSince: MonotonicInstant
    /// The first failed poll since then; nil where there is none.
    var failingFrom: MonotonicInstant?
    /// Failed polls since then.
    var failures = 0
    /// Those of them that were the cluster's own trouble, not the account's throttling.
    var ownFailures = 0
    /// Whether the log was told of them.
    var isFailureAnnounced = false
    var gone = GoneRule()
    var isInFlight = false
    /// When it is polled next; of no meaning while a poll is under way.
    var due: MonotonicInstant
    /// Tells the current entry in the due queue from outdated ones.
    var ticket: UInt32 = 0
    /// Whether the poll times are newer than what is stored.
    var hasUnsavedTimes = false

    init(_ cluster: WatchedCluster, restored: ClusterRecord?, at now: MonotonicInstant) {
        self.cluster = cluster
        record = restored ?? ClusterRecord(id: cluster.id, scope: cluster.scope)
        silentSince = now
        due = now
        adopt(cluster)
    }

    /// Takes over what the config says of the cluster.
    mutating func adopt(_ cluster: WatchedCluster) {
        self.cluster = cluster
        record.name = cluster.name
        record.scope = cluster.scope
        record.instance = cluster.instance
    }

    /// Settled and gone clusters give way to running ones.
    var isCalm: Bool {
        record.status.map { $0.isSettled || $0.isGone } ?? false
    }

    /// The first failure that counts: of the time before the account recovered nothing does.
    func failingFrom(in health: ScopeHealth) -> MonotonicInstant? {
        guard let failingFrom, health.sinceRecovery(failingFrom) == failingFrom else { return nil }
        return failingFrom
    }

    mutating func noteFailure(isThrottled: Bool, _ health: ScopeHealth, at now: MonotonicInstant) {
        if failingFrom(in: health) == nil {
            failingFrom = now
            failures = 0
            ownFailures = 0
        }
        failures += 1
        if !isThrottled { ownFailures += 1 }
    }

    mutating func forgetFailures() {
        failures = 0
        ownFailures = 0
        failingFrom = nil
        isFailureAnnounced = false
    }
}
