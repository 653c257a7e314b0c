/// The id of a watched task, `pm-…`: what the API calls `DBClusterId`.
///
/// Always trimmed: the API's own answers carry ids with trailing newlines, and an id with one must neither miss its
/// equal nor travel in a signed query.
package struct ClusterID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ text: some StringProtocol) {
        rawValue = text.trimmed
    }

    package var description: String { rawValue }

    package static func < (left: ClusterID, right: ClusterID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension StringProtocol {
    /// The text without white space and line ends at its ends.
    package var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
