import Model

/// One watched cluster as the monitor holds it.
struct Slot: Sendable {
    /// Id, name, account and instance stand in it as the config says them.
    var record: ClusterRecord
    /// The cluster's own interval while it is not settled, in place of the schedule's.
    private(set) var poll: Duration?
    private(set) var labels: [String: String] = [:]
    /// Nobody looked since the last good answer: after a start, after its `poll_failing`.
    var isBlind = true
    /// The last good answer, or the begin of watching.
    var silentSince: MonotonicInstant
    /// The first failed poll since then; nil where there is none.
    var failingFrom: MonotonicInstant?
    /// The last failed poll since then.
    var lastFailure: MonotonicInstant?
    /// Failed polls since then.
    var failures = 0
    /// Those of them that were the cluster's own trouble, not the account's throttling.
    var ownFailures = 0
    /// Whether the log was told of them.
    var isFailureAnnounced = false
    /// The times of its answers that the log was told are not readable, by the API's names of them.
    var reportedTimes: Set<String> = []
    var gone = GoneRule()
    var isInFlight = false
    /// When it is polled next; of no meaning while a poll is under way.
    var due: MonotonicInstant
    /// Tells the current entry in the due queue from outdated ones.
    var ticket: UInt32 = 0
    /// Whether the poll times are newer than what is stored.
    var hasUnsavedTimes = false
    /// As the list of its instance showed it last; nil where none did.
    var listing: Listing?
    /// It was settled when its instance was first listed.
    var isOld = false
    /// The index of that instance, and the number of that round.
    var lister: Int32 = -1
    var listedIn: UInt32 = 0
    /// While the list stands in for polls, one is made by then all the same: a list tells the status only.
    var fullPollDue: MonotonicInstant

    init(_ cluster: WatchedCluster, restored: ClusterRecord?, at now: MonotonicInstant) {
        record = restored ?? ClusterRecord(id: cluster.id, scope: cluster.scope)
        // The same id, but not a second copy of its letters.
        record.id = cluster.id
        silentSince = now
        due = now
        fullPollDue = now
        adopt(cluster)
    }

    /// Takes over what the config says of the cluster.
    mutating func adopt(_ cluster: WatchedCluster) {
        poll = cluster.poll
        labels = cluster.labels
        record.name = cluster.name
        record.scope = cluster.scope
        record.instance = cluster.instance
    }

    /// Goes on as another did, but for what the config says.
    mutating func carryOn(_ old: Slot) {
        let new = self
        self = old
        poll = new.poll
        labels = new.labels
        record.name = new.record.name
        record.instance = new.record.instance
        ticket = new.ticket
        isInFlight = false
        // Instances have new numbers.
        lister = -1
    }

    /// Whether a good answer that is the one already known changes anything but the poll times.
    var isAtEase: Bool {
        failingFrom == nil && record.failingSince == nil && !record.isPollFailing
    }

    mutating func noteGood(at now: Moment) {
        record.lastError = nil
        record.lastGoodAt = now.wall
        isBlind = false
        silentSince = now.monotonic
        forgetFailures()
        gone.reset()
    }

    /// - Parameter wait: until the next poll; negative where the cluster has waited for that long already.
    mutating func plan(after wait: Duration, at now: Moment) {
        due = now.monotonic.advanced(by: wait)
        record.lastPollAt = now.wall
        record.nextPollAt = now.wall.advanced(by: max(wait, .zero))
        hasUnsavedTimes = true
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
        lastFailure = now
        if !isThrottled { ownFailures += 1 }
    }

    mutating func forgetFailures() {
        failures = 0
        ownFailures = 0
        failingFrom = nil
        lastFailure = nil
        isFailureAnnounced = false
    }
}
