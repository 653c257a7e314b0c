import Model

/// A row of `mails`.
enum MailRow {
    static let replacement = """
        INSERT INTO mails (seq, target, progress) VALUES (?, ?, ?)
        ON CONFLICT (seq, target) DO UPDATE SET progress = excluded.progress
        """
    static let removal = "DELETE FROM mails WHERE seq = ? AND target = ?"

    static func text(of progress: MailProgress) -> String {
        JSONValue.object([
            "accepted": .array(progress.accepted.sorted().map { .string($0) }),
            "refused": .object(progress.refused.mapValues { .string($0) }),
        ]).text()
    }

    /// What cannot be read counts as nothing known: a mail too many is better than one too few.
    static func progress(_ text: String) -> MailProgress {
        guard let json = try? JSONValue(parsing: Array(text.utf8)) else { return MailProgress() }
        return MailProgress(
            accepted: Set(json["accepted"]?.arrayValue?.compactMap(\.stringValue) ?? []),
            refused: (json["refused"]?.objectValue ?? [:]).compactMapValues(\.stringValue))
    }
}
