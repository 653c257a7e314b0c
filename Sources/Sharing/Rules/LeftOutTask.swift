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
    var word: String { ScopedWord(id: cluster.rawValue, scope: scope).text(of: Self.kind) }

    /// - Returns: nil if the word is about something else.
    init?(word: String) {
        guard let word = ScopedWord(word, of: Self.kind) else { return nil }
        self.init(cluster: ClusterID(word.id), scope: word.scope)
    }

    private static let kind = "task"
}
