package import Model

/// A task that a host's config names and nobody polls: the config of the host that polls its account and region does not
/// name it.
package struct LeftOutTask: Hashable, Sendable {
    package let cluster: ClusterID
    package let scope: AccountRegion

    package init(cluster: ClusterID, scope: AccountRegion) {
        self.cluster = cluster
        self.scope = scope
    }

    /// As a host writes it for the others: `task pm-… default/cn-beijing`.
    var word: String { "\(Self.kind) \(cluster.rawValue) \(scope.account)/\(scope.region)" }

    /// - Returns: nil if the word is about something else.
    init?(word: String) {
        let parts = word.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == Self.kind, case .scope(let scope)? = Share(name: "scope \(parts[2])") else {
            return nil
        }
        self.init(cluster: ClusterID(String(parts[1])), scope: scope)
    }

    private static let kind = "task"
}
