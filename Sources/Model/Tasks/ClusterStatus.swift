/// A task's status, word for word as the API wrote it (trimmed), or `GONE`.
///
/// The API documents ACTIVATION, COMPLETED and FAILED (DescribeAIDBClusterTaskAttribute, `DBClusterStatus`); any other
/// value is kept as it is and counts as running, never as failed.
package struct ClusterStatus: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    /// The API itself said the word that is ours otherwise: an undocumented status like any other. A stored text does not
    /// tell the two apart.
    private var isForeign = false

    /// - Parameter text: of ours: from the database or the command line.
    package init(_ text: some StringProtocol) {
        rawValue = text.trimmed
    }

    /// Longer than any word for a status.
    package static let longest = 64

    /// A status that a server sent.
    ///
    /// - Returns: nil if it is not a text of 1 to 64 visible characters (Unicode scalars) on one line, once trimmed. That
    ///   is a broken answer, never a transition.
    package init?(outside value: JSONValue?) {
        guard let text = value?.stringValue, text.utf8.count <= 4 * Self.longest + 64 else { return nil }
        self.init(text)
        let scalars = rawValue.unicodeScalars
        guard !scalars.isEmpty, scalars.count <= Self.longest,
            scalars.allSatisfy({ $0 != "\u{FFFD}" && !SafeText.isHidden($0) })
        else { return nil }
        isForeign = isGone
    }

    /// Training.
    package static let activation = ClusterStatus("ACTIVATION")
    package static let completed = ClusterStatus("COMPLETED")
    package static let failed = ClusterStatus("FAILED")
    /// Ours, not the API's: the API says again and again that it does not know the cluster.
    package static let gone = ClusterStatus("GONE")
    /// The same word, said by the API.
    package static let foreignGone: ClusterStatus = {
        var status = ClusterStatus.gone
        status.isForeign = true
        return status
    }()

    package var description: String { rawValue }

    package var isCompleted: Bool { matches("COMPLETED") }
    package var isFailed: Bool { matches("FAILED") }
    package var isTraining: Bool { matches("ACTIVATION") }
    package var isGone: Bool { self == .gone }
    /// The run is over: COMPLETED or FAILED, whatever the case of the letters.
    package var isSettled: Bool { isCompleted || isFailed }
    /// One of the values the API documents, or ours.
    package var isKnown: Bool { isSettled || isTraining || isGone }

    private func matches(_ word: String) -> Bool {
        rawValue.utf8.count == word.utf8.count && (rawValue == word || rawValue.uppercased() == word)
    }
}
