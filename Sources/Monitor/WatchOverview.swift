package import Model

/// How many clusters are watched, and how they stand: what a status line says.
package struct WatchOverview: Hashable, Sendable {
    package var watched = 0
    /// By status; tasks without an answer so far are under nil.
    package var byStatus: [ClusterStatus?: Int] = [:]
    /// Clusters whose last poll failed.
    package var failing = 0
    /// Accounts that give no good answer at all.
    package var failingScopes: [AccountRegion] = []
    /// Instances whose tasks are to be found.
    package var instances = 0
    /// Instances whose last list failed.
    package var failingInstances: [InstanceKey] = []
    /// Why, as sentences for an operator.
    package var listFailures: [InstanceKey: String] = [:]
    /// Tasks of instances that are not watched, because as many as may be are.
    package var leftOut = 0

    package init() {}
}

extension TaskMonitor {
    package var overview: WatchOverview {
        var overview = WatchOverview()
        overview.watched = tasks.count
        for index in tasks.watched {
            overview.byStatus[tasks[index].record.status, default: 0] += 1
        }
        overview.instances = instances.rows.count
        overview.failingInstances = instances.rows.filter { $0.failingFrom != nil }.map(\.key)
        for instance in instances.rows {
            if let failure = instance.lastFailure { overview.listFailures[instance.key] = failure }
        }
        overview.leftOut = instances.rows.reduce(0) { $0 + $1.leftOut }
        overview.failing = tasks.failing.count
        overview.failingScopes = scopes.filter { $0.health.failingSince != nil }.map(\.id)
        return overview
    }
}
