package import Model
package import Monitor
package import Store

/// What the process before left, as the cores are built from it.
package struct StoredState: Sendable {
    package let clusters: [ClusterID: ClusterRecord]
    package let failingScopes: [ScopeRecord]
    package let targets: [TargetRecord]
    package let alerts: AlertCounts
}

extension EventStore {
    /// Takes the database over for this process: notes who has it, what is watched now, and buries what waits for
    /// targets that are no longer configured.
    package func takeOver(
        _ clusters: [WatchedCluster], targets: Set<String>, pid: Int32, startedAt: Timestamp, at now: Timestamp
    ) throws -> StoredState {
        try noteStart(pid: pid, startedAt: startedAt, configLoadedAt: now)
        let (clusters, scopes) = try takeOver(clusters, at: now)
        _ = try buryAlerts(ofTargetsNotIn: targets, at: now)
        return StoredState(
            clusters: clusters, failingScopes: scopes, targets: try loadTargets(), alerts: try alertCounts())
    }

    /// Marks these clusters as the watched ones, and reads what is known of them and their accounts.
    func takeOver(
        _ clusters: [WatchedCluster], at now: Timestamp
    ) throws -> ([ClusterID: ClusterRecord], [ScopeRecord]) {
        try watch(
            clusters.map {
                ClusterEntry(id: $0.id, name: $0.name, scope: $0.scope, instance: $0.instance)
            }, at: now)
        let known = try loadWatched()
        return (Dictionary(known.map { ($0.id, $0) }) { first, _ in first }, try failingScopes())
    }
}
