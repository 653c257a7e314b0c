import GRDB
import Model

/// The order of alerts: those of one target and line are told one after the other, in the order of their numbers.
enum OutboxLine {
    /// A new alert is due at once where its line is empty, and else waits for the ones before it.
    static let insertion = """
        INSERT INTO outbox (seq, target, line, state, created_at, waiting_since, updated_at, next_attempt_at)
        VALUES (?1, ?2, ?3, 'pending', ?4, ?4, ?4, CASE WHEN EXISTS (
            SELECT 1 FROM outbox INDEXED BY outbox_pending WHERE target = ?2 AND line = ?3 AND state = 'pending'
        ) THEN NULL ELSE ?4 END)
        """

    static func arguments(seq: Int64, target: String, line: String, at now: Timestamp) -> StatementArguments {
        [seq, target, line, now.milliseconds]
    }

    /// The oldest pending alert of a line; nil where none waits.
    static func head(target: String, line: String, in database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT seq FROM outbox INDEXED BY outbox_pending
                WHERE target = ? AND line = ? AND state = 'pending' ORDER BY seq LIMIT 1
                """)
        return try Int64.fetchOne(statement, arguments: [target, line])
    }

    /// Makes the head of a line due, where it has no time yet.
    ///
    /// It is due since it waits, so that the oldest alerts of a target go first; never later than now, should the
    /// clock have been set back.
    static func promoteHead(target: String, line: String, at now: Timestamp, in database: Database) throws {
        guard let seq = try head(target: target, line: line, in: database) else { return }
        try database.cachedStatement(
            sql: """
                UPDATE outbox SET next_attempt_at = min(waiting_since, ?)
                WHERE seq = ? AND target = ? AND next_attempt_at IS NULL
                """
        ).execute(arguments: [now.milliseconds, seq, target])
    }

    /// Takes the time of every alert behind the head: needed where an older alert has come back to a line. Looks at
    /// the whole line.
    static func demoteFollowers(target: String, line: String, in database: Database) throws {
        guard let seq = try head(target: target, line: line, in: database) else { return }
        try database.cachedStatement(
            sql: """
                UPDATE outbox INDEXED BY outbox_pending SET next_attempt_at = NULL
                WHERE target = ? AND line = ? AND state = 'pending' AND seq > ? AND next_attempt_at IS NOT NULL
                """
        ).execute(arguments: [target, line, seq])
    }
}

/// One line of one target.
struct LineKey: Hashable {
    let target: String
    let line: String
}
