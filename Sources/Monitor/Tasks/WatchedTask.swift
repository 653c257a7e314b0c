import Model

/// What is known of one watched task. When it is polled next is the agenda's affair.
struct WatchedTask: Sendable {
    /// Id, name, account and instance stand in it as the config says them.
    var record: ClusterRecord
    private(set) var scope: ScopeIndex
    /// The task's own interval while it is not settled, in place of the schedule's.
    @Compact private(set) var poll: Duration?
    private(set) var labels: [String: String] = [:]
    /// The last good answer, or the begin of watching.
    var silentSince: MonotonicInstant
    /// The polls that failed since then.
    var failed: FailedPolls {
        get { failedCell?.polls ?? FailedPolls() }
        set { failedCell = newValue == FailedPolls() ? nil : .failed(newValue) }
    }
    /// Few tasks have any: thousands of places for them would take a megabyte.
    private var failedCell: FailedCell?
    /// The times of its answers that the log has named as not readable, by the API's names of them.
    var reportedTimes: Set<String> = []
    /// As the list of its instance showed it last; nil if none did.
    var listing: Listing?
    /// The instance whose list shows it, and the number of that round.
    var lister: InstanceIndex?
    var listedIn: UInt32 = 0
    /// While the list stands in for polls, one is made by then all the same, unless the task runs and the list says since
    /// when: other lists do not show everything that matters.
    var fullPollDue: MonotonicInstant
    /// Nobody looked since the last good answer: after a start, after its `poll_failing`.
    var isUnobserved = true
    /// Whether the poll times are newer than what is stored.
    var hasUnsavedTimes = false
    /// How many runs in a row were inferred from nothing but a StartTime that cannot be read.
    var runsOfUnreadStarts = 0
    /// It was settled when its instance was first listed.
    var isOld = false

    init(_ cluster: WatchedCluster, in scope: ScopeIndex, restored: ClusterRecord?, at now: MonotonicInstant) {
        self.scope = scope
        record = restored ?? ClusterRecord(id: cluster.id, scope: cluster.scope)
        // The same id, but not a second copy of its letters.
        record.id = cluster.id
        silentSince = now
        fullPollDue = now
        poll = cluster.poll
        labels = cluster.labels
        record.name = cluster.name
        record.scope = cluster.scope
        record.instance = cluster.instance
        // A task that is gone has no answer that is known: with one, the word is the API's own.
        if isGone, record.digest != nil { record.status = .foreignGone }
    }

    /// Goes on as another did, but for what the config says.
    mutating func goOn(from old: WatchedTask) {
        let new = self
        self = old
        scope = new.scope
        poll = new.poll
        labels = new.labels
        record.name = new.record.name
        record.instance = new.record.instance
        // Instances have new places.
        lister = nil
    }

    var isGone: Bool { record.status?.isGone ?? false }

    var isTraining: Bool { record.status?.isTraining ?? false }

    /// Whether a good answer that is the one already known changes anything but the poll times.
    var isWell: Bool {
        failed.from == nil && record.failingSince == nil && !record.isPollFailing
    }

    mutating func noteGood(at now: Moment) {
        record.lastError = nil
        record.lastGoodAt = now.wall
        isUnobserved = false
        silentSince = now.monotonic
        failedCell = nil
    }

    /// Records a poll, and of when the next one is due.
    ///
    /// - Parameter wait: until the next poll; negative if the task has waited for that long already.
    mutating func notePoll(at now: Moment, next wait: Duration) {
        record.lastPollAt = now.wall
        record.nextPollAt = now.wall.advanced(by: max(wait, .zero))
        hasUnsavedTimes = true
    }

    /// The first failure that counts: of the time before the account recovered nothing does.
    func failingFrom(in health: ScopeHealth) -> MonotonicInstant? {
        guard let from = failed.from, health.sinceRecovery(from) == from else { return nil }
        return from
    }

    mutating func noteFailure(isThrottled: Bool, _ health: ScopeHealth, at now: MonotonicInstant) {
        if failingFrom(in: health) == nil {
            failed.from = now
            failed.again = nil
            failed.last = nil
            failed.count = 0
            failed.ownCount = 0
        }
        failed.count += 1
        if failed.count == 2 { failed.again = now }
        failed.beforeLast = failed.last
        failed.last = now
        if !isThrottled { failed.ownCount += 1 }
    }

    /// Counts anew; what was said of the task being gone stays.
    mutating func forgetFailures() {
        failed = FailedPolls(gone: failed.gone)
    }

    private indirect enum FailedCell: Sendable {
        case failed(FailedPolls)

        var polls: FailedPolls {
            switch self {
            case .failed(let polls): polls
            }
        }
    }
}
