/// `<installation>-<seq>`: what an event and its alerts are called outside.
package struct EventID: Hashable, Sendable, CustomStringConvertible {
    /// 8 characters, made with the database.
    package let installation: String
    /// Counted from 1.
    package let seq: Int64

    package init(installation: String, seq: Int64) {
        self.installation = installation
        self.seq = seq
    }

    /// - Returns: nil if the text is not an id.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, PlainName.isValid(parts[0]), parts[1].utf8.allSatisfy(\.isDigit),
            let seq = Int64(parts[1]), seq > 0
        else { return nil }
        self.init(installation: String(parts[0]), seq: seq)
    }

    package var description: String { "\(installation)-\(seq)" }

    /// - Returns: nil if the text is not an id, or is one of another database.
    package static func seq(_ text: some StringProtocol, installation: String) -> Int64? {
        EventID(text).flatMap { $0.installation == installation ? $0.seq : nil }
    }
}
