import GRDB
import Model

/// The order of alerts: those of one target and line are sent one after the other, in the order of their numbers.
enum OutboxLine {
    /// A new alert is due at once if its line is empty, and else waits for the ones before it.
    static let insertion = """
        INSERT INTO outbox (seq, target, line, state, created_at, waiting_since, updated_at, next_attempt_at)
        VALUES (?1, ?2, ?3, 'pending', ?4, ?4, ?4, CASE WHEN EXISTS (
            SELECT 1 FROM outbox INDEXED BY outbox_pending WHERE target = ?2 AND line = ?3 AND state = 'pending'
        ) THEN NULL ELSE ?4 END)
        """

    static func arguments(seq: Int64, target: String, line: String, at now: Timestamp) -> StatementArguments {
        [seq, target.stored, line.stored, now.milliseconds]
    }

    /// The oldest pending alert of a line; nil if none waits.
    static func head(of key: LineKey, in database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT seq FROM outbox INDEXED BY outbox_pending
                WHERE target = ? AND line = ? AND state = 'pending' ORDER BY seq LIMIT 1
                """)
        return try Int64.fetchOne(statement, arguments: [key.target, key.line])
    }

    /// Makes the head of a line due, if it has no time yet.
    ///
    /// It is due since it waits, so that the oldest alerts of a target go first; never later than now, should the
    /// clock have been set back.
    static func promoteHead(of key: LineKey, at now: Timestamp, in database: Database) throws {
        guard let seq = try head(of: key, in: database) else { return }
        try database.cachedStatement(
            sql: """
                UPDATE outbox SET next_attempt_at = min(waiting_since, ?)
                WHERE seq = ? AND target = ? AND next_attempt_at IS NULL
                """
        ).execute(arguments: [now.milliseconds, seq, key.target])
    }

    /// Changes alerts of some lines, and puts the lines in order again, however many wait in them: only the head of a
    /// line has a time.
    static func change(
        _ lines: Set<LineKey>, at now: Timestamp, in database: Database, _ body: () throws -> Void
    ) throws {
        let before = try lines.map { (key: $0, head: try head(of: $0, in: database)) }
        try body()
        for (key, old) in before {
            if let old, try head(of: key, in: database) != old {
                try database.cachedStatement(
                    sql: """
                        UPDATE outbox SET next_attempt_at = NULL
                        WHERE seq = ? AND target = ? AND next_attempt_at IS NOT NULL
                        """
                ).execute(arguments: [old, key.target])
            }
            try promoteHead(of: key, at: now, in: database)
        }
    }
}

/// One line of one target.
struct LineKey: Hashable {
    let target: String
    let line: String
}
