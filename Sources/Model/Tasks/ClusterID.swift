/// The id of a watched task, `pm-…`: what the API calls `DBClusterId`.
///
/// Always trimmed: the API's own answers carry ids with trailing newlines, and an id with one must neither miss its
/// equal nor travel in a signed query.
package struct ClusterID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Parameter text: of ours: from the config, the database or the command line.
    package init(_ text: some StringProtocol) {
        rawValue = text.trimmed
    }

    /// An id that a server sent: it becomes a key, a part of a query and of messages.
    ///
    /// - Returns: nil if the text is not `[A-Za-z0-9_.-]{1,64}` once trimmed.
    package init?(outside text: String) {
        self.init(text)
        guard PlainName.isValid(rawValue) else { return nil }
    }

    package var description: String { rawValue }

    package static func < (left: ClusterID, right: ClusterID) -> Bool {
        left.rawValue < right.rawValue
    }
}
