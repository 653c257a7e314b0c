import Model

/// The order of alerts: those of one target and line are sent one after the other, in the order of their numbers.
enum OutboxLine {
    /// The oldest pending alert of a line; nil if none waits.
    static func head(of key: LineKey, in session: Session) throws -> Int64? {
        try session.integer(
            """
            SELECT seq FROM outbox INDEXED BY outbox_pending
            WHERE target = ? AND line = ? AND state = 'pending' ORDER BY seq LIMIT 1
            """, [key.target, key.line])
    }

    /// Makes the head of a line due, if it has no time yet.
    ///
    /// It is due since it waits, so that the oldest alerts of a target go first; never later than now, should the
    /// clock have been set back.
    static func promoteHead(of key: LineKey, at now: Timestamp, in session: Session) throws {
        guard let seq = try head(of: key, in: session) else { return }
        try session.run(
            """
            UPDATE outbox SET next_attempt_at = min(waiting_since, ?)
            WHERE seq = ? AND target = ? AND next_attempt_at IS NULL
            """, [now.milliseconds, seq, key.target])
    }

    /// Changes alerts of some lines, and puts the lines in order again, however many wait in them: only the head of a
    /// line has a time. Some statements a target, however many the lines.
    static func change(
        _ lines: Set<LineKey>, at now: Timestamp, in session: Session, _ body: () throws -> Void
    ) throws {
        let targets = Dictionary(grouping: lines, by: \.target).map { target, keys in
            (target: target, lines: StoredList.texts(keys.map(\.line)))
        }
        let before = try targets.map { try heads(of: $0.lines, target: $0.target, in: session) }
        try body()
        for ((target, lines), old) in zip(targets, before) {
            let new = try heads(of: lines, target: target, in: session)
            try session.run(
                """
                UPDATE outbox SET next_attempt_at = NULL
                WHERE target = ? AND seq IN (SELECT CAST(value AS bigint) FROM json_each(?)) AND next_attempt_at IS NOT NULL
                """, [target, StoredList.numbers(old.subtracting(new))])
            try session.run(
                """
                UPDATE outbox SET next_attempt_at = min(waiting_since, ?)
                WHERE target = ? AND seq IN (SELECT CAST(value AS bigint) FROM json_each(?)) AND next_attempt_at IS NULL
                """, [now.milliseconds, target, StoredList.numbers(new)])
        }
    }

    /// The oldest pending alert of each of some lines of a target.
    private static func heads(of lines: String, target: String, in session: Session) throws -> Set<Int64> {
        try Set(session.integers(AlertQuery.heads, [target, lines]))
    }
}

extension AlertQuery {
    /// The oldest pending alert of each line of a list: one step through the index for each.
    static let heads = """
        SELECT head FROM (
            SELECT (
                SELECT seq FROM outbox INDEXED BY outbox_pending
                WHERE target = ?1 AND line = l.value AND state = 'pending' ORDER BY seq LIMIT 1
            ) AS head FROM json_each(?2) AS l
        ) AS h WHERE head IS NOT NULL
        """
}

/// One line of one target.
struct LineKey: Hashable {
    let target: String
    let line: String
}
