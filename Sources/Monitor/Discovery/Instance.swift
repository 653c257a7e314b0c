import Model

/// One parent instance as the monitor holds it.
struct Instance: Sendable {
    let key: InstanceKey
    var labels: [String: String]
    /// When its next page is asked for; of no meaning while a call is under way.
    var due: MonotonicInstant
    /// Tells the current entry in the due queue from outdated ones.
    var ticket: UInt32 = 0
    var isInFlight = false
    /// The number of the order that is under way.
    var order: UInt64 = 0
    var round = ListRound(number: 1)
    /// How long the last complete round took, and how many pages.
    var lastRound = Duration.zero
    var pages = 1
    /// In the last complete round: trainings that go on and whose status the list told.
    var running = 0
    /// Tasks that are not watched, because as many as may be are.
    var leftOut = 0
    /// Whether the log was told that it has no tasks, or too many.
    var isEmptinessAnnounced = false
    var isLimitAnnounced = false
    /// The last good page, or the begin of watching.
    var silentSince: MonotonicInstant
    var failingFrom: MonotonicInstant?
    var failures = 0
    var isFailureAnnounced = false

    init(_ instance: WatchedInstance, at now: MonotonicInstant) {
        key = instance.key
        labels = instance.labels
        due = now
        silentSince = now
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

/// One reading of a whole list, page by page.
struct ListRound: Sendable {
    let number: UInt32
    /// The page to ask for next.
    var page = 1
    var startedAt: MonotonicInstant?
    /// The first task of the first page: a server that does not page repeats it on the next.
    var firstTask: ClusterID?
    var listed = 0
    var running = 0
    var leftOut = 0

    init(number: UInt32) {
        self.number = number
    }

    /// Whether a page is the last one.
    ///
    /// - Parameter most: a list is read no further than this.
    func isLast(_ page: TaskListPage, most: Int) -> Bool {
        if page.items == 0 || self.page >= most { return true }
        // A server that does not page gives more than was asked for, or the same again.
        if page.items > TaskListPage.size { return true }
        if self.page > 1, let firstTask, page.tasks.first?.id == firstTask { return true }
        // A server may have a smaller page of its own.
        if let total = page.total { return listed >= total }
        return page.items < TaskListPage.size
    }
}
