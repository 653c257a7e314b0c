package import Model

/// An instance that a host's config names, as the host writes it for the others: `instance pc-… default/cn-beijing`.
package struct NamedInstance: Hashable, Sendable {
    /// `pc-…`.
    package let id: String
    package let scope: AccountRegion

    package init(id: String, scope: AccountRegion) {
        self.id = id
        self.scope = scope
    }

    var word: String { "\(Self.kind) \(id) \(scope.account)/\(scope.region)" }

    /// - Returns: nil if the word is about something else.
    init?(word: String) {
        let parts = word.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == Self.kind, case .scope(let scope)? = Share(name: "scope \(parts[2])") else {
            return nil
        }
        self.init(id: String(parts[1]), scope: scope)
    }

    private static let kind = "instance"
}
