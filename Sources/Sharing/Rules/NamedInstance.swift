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

    var word: String { ScopedWord(id: id, scope: scope).text(of: Self.kind) }

    /// - Returns: nil if the word is about something else.
    init?(word: String) {
        guard let word = ScopedWord(word, of: Self.kind) else { return nil }
        self.init(id: word.id, scope: word.scope)
    }

    private static let kind = "instance"
}
