import Model

/// One watched cluster as the monitor holds it.
struct Slot: Sendable {
    var cluster: WatchedCluster
    var record: ClusterRecord
    /// Nobody looked since the last good answer: after a start, after `poll_failing`.
    var isBlind = true
    /// Since when silence is counted: the last good answer, the begin of watching, the recovery of the account.
    var silentSince: MonotonicInstant
    /// Failed polls in a row.
    var failures = 0
    /// The first of them, or the recovery of the account where that is later.
    var failingFrom: MonotonicInstant?
    /// Whether the log was told of them.
    var isFailureAnnounced = false
    var gone = GoneRule()
    /// Whether another cluster's poll was brought forward to settle whether this one or all of them fail.
    var hasCalledWitness = false
    var isInFlight = false
    /// Tells the current entry in the due queue from outdated ones.
    var ticket: UInt32 = 0
    /// Whether the poll times are newer than what is stored.
    var hasUnsavedTimes = false

    init(_ cluster: WatchedCluster, restored: ClusterRecord?, at now: MonotonicInstant) {
        self.cluster = cluster
        var record = restored ?? ClusterRecord(id: cluster.id, scope: cluster.scope)
        record.name = cluster.name
        record.scope = cluster.scope
        record.instance = cluster.instance
        self.record = record
        silentSince = now
    }

    /// Settled and gone clusters give way to running ones.
    var isCalm: Bool {
        record.status.map { $0.isSettled || $0.isGone } ?? false
    }

    mutating func forgetFailures() {
        failures = 0
        failingFrom = nil
        isFailureAnnounced = false
        hasCalledWitness = false
    }
}
