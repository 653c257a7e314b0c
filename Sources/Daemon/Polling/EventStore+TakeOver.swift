import Model
import Monitor
import Store

extension EventStore {
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
