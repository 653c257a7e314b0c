import Model

/// One parent instance as the monitor holds it.
struct Instance: Sendable {
    let key: InstanceKey
    private(set) var scope: ScopeIndex
    private(set) var labels: [String: String]
    var round = ListRound(number: 1)
    /// What is known of how the server ends this list.
    var end = ListEnd()
    /// When its tasks were first listed, by the server's clock if that is known; nil before that.
    var firstListedAt: Timestamp?
    /// The first reading of the whole list is not over: what it shows was there before.
    var isInFirstRound = false
    /// How long the last complete round took, and how many pages.
    var lastRound = Duration.zero
    var pages = 1
    /// In the last complete round: trainings that go on and whose status the list gave.
    var running = 0
    /// Tasks that are not watched, because as many as may be are.
    var leftOut = 0
    /// Whether the log has reported that it has no tasks, too many, or not all.
    var isEmptinessAnnounced = false
    var isLimitAnnounced = false
    var isGapAnnounced = false
    /// The last good page, or the begin of watching.
    var silentSince: MonotonicInstant
    var failingFrom: MonotonicInstant?
    var failures = 0
    /// Why the last list failed; nil after a good one.
    var lastFailure: String?
    var isFailureAnnounced = false

    init(
        _ instance: WatchedInstance, in scope: ScopeIndex, firstListedAt: Timestamp?, at now: MonotonicInstant
    ) {
        key = instance.key
        self.scope = scope
        labels = instance.labels
        silentSince = now
        self.firstListedAt = firstListedAt
        isInFirstRound = firstListedAt == nil
    }

    /// Goes on as another did, but for what the config says. The round goes on where it was.
    mutating func goOn(from old: Instance) {
        let new = self
        self = old
        scope = new.scope
        labels = new.labels
    }

    /// From the beginning of one round to that of the next.
    ///
    /// A list that stands in for at least as many polls as it costs is read as often as trainings are polled. Any other
    /// only finds tasks, and takes a tenth of the account's calls at most.
    func interval(running interval: Duration, callsPerSecond: Double) -> Duration {
        if running >= pages { return interval }
        return max(interval, .seconds(Double(pages) / max(callsPerSecond / 10, 1e-6)))
    }

    mutating func beginRound() {
        round = ListRound(number: round.number &+ 1)
    }
}
