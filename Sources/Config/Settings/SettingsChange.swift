package import Model

/// What a reload changes in the list of watched clusters.
package struct ClusterChanges: Hashable, Sendable {
    /// In the order of the new config.
    package let added: [ClusterSettings]
    /// In the order of the old config.
    package let removed: [ClusterID]
    /// Still watched, but under another name, account, region, interval or labels: as they are now.
    package let changed: [ClusterSettings]

    package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }
}

extension Settings {
    package func clusterChanges(since old: Settings) -> ClusterChanges {
        let before = Dictionary(old.clusters.map { ($0.id, $0) }) { first, _ in first }
        let now = Set(clusters.map(\.id))
        return ClusterChanges(
            added: clusters.filter { before[$0.id] == nil },
            removed: old.clusters.map(\.id).filter { !now.contains($0) },
            changed: clusters.filter { cluster in before[cluster.id].map { $0 != cluster } ?? false })
    }

    /// The names of the targets that `old` had and these settings have not: their waiting alerts die.
    package func targetsRemoved(since old: Settings) -> [String] {
        let now = Set(targets.map(\.name))
        return old.targets.map(\.name).filter { !now.contains($0) }
    }
}
