package import Model

/// What to watch and how often: the part of the config that the monitor decides by.
package struct MonitorSettings: Sendable {
    package var clusters: [WatchedCluster]
    package var quotas: [AccountRegion: QuotaSettings]
    package var schedule: ScheduleSettings
    /// Polls of one account and region under way at once; more would only queue at the server.
    package var mostInFlight = 50

    package init(
        clusters: [WatchedCluster], quotas: [AccountRegion: QuotaSettings] = [:],
        schedule: ScheduleSettings = ScheduleSettings()
    ) {
        self.clusters = clusters
        self.quotas = quotas
        self.schedule = schedule
    }
}

/// One cluster to watch.
package struct WatchedCluster: Hashable, Sendable {
    package let id: ClusterID
    package let name: String?
    package let scope: AccountRegion
    /// Overrides `schedule.running` for this cluster.
    package let poll: Duration?
    package let labels: [String: String]
    /// The parent instance it was discovered through; nil where the config names it.
    package let instance: String?

    package init(
        id: ClusterID, name: String? = nil, scope: AccountRegion, poll: Duration? = nil, labels: [String: String] = [:],
        instance: String? = nil
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.poll = poll
        self.labels = labels
        self.instance = instance
    }
}

/// How many calls an account may make in one region.
package struct QuotaSettings: Hashable, Sendable {
    package var callsPerSecond: Double
    package var burst: Int

    package init(callsPerSecond: Double = 2, burst: Int = 5) {
        self.callsPerSecond = callsPerSecond
        self.burst = burst
    }
}

/// How often clusters are polled, and how long silence is borne.
package struct ScheduleSettings: Hashable, Sendable {
    /// Between two polls of a cluster that is not settled.
    package var running: Duration
    /// Between two polls of a cluster that is settled or gone.
    package var settled: Duration
    /// The part of an interval by which it is made longer or shorter at random.
    package var jitter: Double
    /// The shortest silence that is told as `poll_failing`.
    package var failingAfter: Duration

    package init(
        running: Duration = .seconds(30), settled: Duration = .seconds(1800), jitter: Double = 0.1,
        failingAfter: Duration = .seconds(300)
    ) {
        self.running = running
        self.settled = settled
        self.jitter = jitter
        self.failingAfter = failingAfter
    }
}
