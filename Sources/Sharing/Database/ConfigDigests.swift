import Model

/// Digests of a config's parts as the database has them.
enum ConfigDigests {
    static func text(_ digests: [String: String]) -> String {
        JSONValue.object(digests.mapValues { .string($0) }).text()
    }

    /// Nothing where a newer version has written something else.
    static func read(_ text: String) -> [String: String] {
        (try? JSONDocument(Array(text.utf8)))?.value.objectValue?.compactMapValues(\.stringValue) ?? [:]
    }
}
