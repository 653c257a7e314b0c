package import Model

/// How many clusters are watched, and how they stand: what a status line says.
package struct WatchOverview: Hashable, Sendable {
    package var watched = 0
    /// By status; clusters without an answer so far are under nil.
    package var byStatus: [ClusterStatus?: Int] = [:]
    /// Clusters whose last poll failed.
    package var failing = 0
    /// Accounts that give no good answer at all.
    package var failingScopes: [AccountRegion] = []

    package init() {}
}

extension TaskMonitor {
    package var overview: WatchOverview {
        var overview = WatchOverview()
        overview.watched = slots.count
        for slot in slots {
            overview.byStatus[slot.record.status, default: 0] += 1
        }
        overview.failing = failing.count
        overview.failingScopes = scopes.filter { $0.health.failingSince != nil }.map(\.id)
        return overview
    }
}
