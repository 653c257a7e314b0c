package import Model

/// What to watch and how often: the part of the config that the monitor decides by.
package struct MonitorSettings: Sendable {
    package var clusters: [WatchedCluster]
    /// Parent instances whose tasks are discovered and watched.
    package var instances: [WatchedInstance]
    package var quotas: [AccountRegion: QuotaSettings]
    package var schedule: ScheduleSettings
    /// How many calls are left of the budgets of accounts that another host called before; the others have their burst.
    package var tokensLeft: [AccountRegion: Double] = [:]
    /// Polls of one account and region under way at once; more would only queue at the server.
    package var mostInFlight = 50
    /// So many tasks are watched at most that no config names. It bounds memory and calls, whatever an instance lists.
    package var mostDiscovered = 10_000
    /// How long runs may take, and what they cost.
    package var overdue = OverdueRules()
    package var prices = Prices()
    /// Whether the progress of trainings is read.
    package var readsProgress = true
    /// How much later a failure may be reported for the last lines of its log, waiting for the quota included.
    package var logLimit = Duration.seconds(10)

    package init(
        clusters: [WatchedCluster], instances: [WatchedInstance] = [], quotas: [AccountRegion: QuotaSettings] = [:],
        schedule: ScheduleSettings = ScheduleSettings()
    ) {
        self.clusters = clusters
        self.instances = instances
        self.quotas = quotas
        self.schedule = schedule
    }

    /// The part of it that is about some accounts and regions.
    package func restricted(to scopes: Set<AccountRegion>) -> MonitorSettings {
        var part = self
        part.clusters.removeAll { !scopes.contains($0.scope) }
        part.instances.removeAll { !scopes.contains($0.key.scope) }
        part.quotas = quotas.filter { scopes.contains($0.key) }
        part.tokensLeft = tokensLeft.filter { scopes.contains($0.key) }
        return part
    }

    /// Whether a task is named, or its instance is.
    package func watches(_ task: ClusterRecord) -> Bool {
        clusters.contains { $0.id == task.id && $0.scope == task.scope }
            || instances.contains { $0.key.id == task.instance && $0.key.scope == task.scope }
    }

    /// The accounts and regions in which something is watched.
    package var scopes: Set<AccountRegion> { Set(clusters.map(\.scope) + instances.map(\.key.scope)) }
}

/// One cluster to watch.
package struct WatchedCluster: Hashable, Sendable {
    package let id: ClusterID
    package let name: String?
    package let scope: AccountRegion
    /// Overrides `schedule.running` for this cluster.
    package let poll: Duration?
    package let labels: [String: String]
    /// The parent instance it was discovered through; nil if the config names it.
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

/// A parent instance whose tasks are to be found.
package struct WatchedInstance: Hashable, Sendable {
    package let key: InstanceKey
    /// Added to every task found there.
    package let labels: [String: String]

    package init(key: InstanceKey, labels: [String: String] = [:]) {
        self.key = key
        self.labels = labels
    }
}

/// How many calls an account may make in one region, and how long each may take.
package struct QuotaSettings: Hashable, Sendable {
    package var callsPerSecond: Double
    package var burst: Int
    /// How long one exchange with the API may take.
    package var timeout: Duration

    package init(callsPerSecond: Double = 2, burst: Int = 5, timeout: Duration = .seconds(10)) {
        self.callsPerSecond = callsPerSecond
        self.burst = burst
        self.timeout = timeout
    }
}
