import Model

/// The questions that delivery asks. INDEXED BY makes SQLite refuse a plan that would walk the table.
enum AlertQuery {
    static let columns = """
        o.seq, o.attempts, o.waiting_since, coalesce(o.next_attempt_at, o.waiting_since), o.as_plain_text, \
        (SELECT m.progress FROM mails AS m WHERE m.seq = o.seq AND m.target = o.target), o.held_by, o.digest_through, \
        \(eventColumns)
        """

    static let eventColumns = EventRow.columns
        .split(separator: ",").map { "e." + $0.trimmed }.joined(separator: ", ")

    static let due = """
        SELECT \(columns) FROM outbox AS o INDEXED BY outbox_heads JOIN events AS e ON e.seq = o.seq
        WHERE o.target = ? AND o.next_attempt_at <= ? ORDER BY o.seq LIMIT ?
        """

    static let times = """
        SELECT seq, next_attempt_at FROM outbox INDEXED BY outbox_due
        WHERE target = ? AND next_attempt_at IS NOT NULL ORDER BY next_attempt_at, seq LIMIT ?
        """

    static let waiting = """
        SELECT \(columns) FROM (
            SELECT * FROM outbox INDEXED BY outbox_pending
            WHERE target = ? AND state = 'pending' ORDER BY seq LIMIT ?
        ) AS o JOIN events AS e ON e.seq = o.seq ORDER BY o.seq
        """

    static let waitingOnLine = """
        SELECT \(columns) FROM (
            SELECT * FROM outbox INDEXED BY outbox_pending
            WHERE target = ? AND line = ? AND state = 'pending' ORDER BY seq LIMIT ?
        ) AS o JOIN events AS e ON e.seq = o.seq ORDER BY o.seq
        """

    static let firstSeenHeads = """
        SELECT \(columns) FROM outbox AS o INDEXED BY outbox_heads JOIN events AS e ON e.seq = o.seq
        WHERE o.target = ? AND o.next_attempt_at IS NOT NULL AND e.kind = 'first_seen' ORDER BY o.seq
        """

    static let waitingCount = """
        SELECT count(*) FROM (
            SELECT 1 FROM outbox INDEXED BY outbox_pending WHERE target = ? AND state = 'pending' LIMIT ?) AS w
        """

    /// Attempts are kept for a month after their alert is settled.
    static let deliveries = """
        SELECT a.seq, a.started_at, \(eventColumns) FROM attempts AS a INDEXED BY attempts_started_at
            JOIN events AS e ON e.seq = a.seq
        WHERE a.started_at >= ? AND a.target = ? AND a.outcome = 'delivered'
        ORDER BY a.started_at DESC, a.seq DESC LIMIT ?
        """

    static let counts = """
        SELECT (SELECT count(*) FROM outbox INDEXED BY outbox_pending WHERE state = 'pending'),
            (SELECT count(*) FROM outbox INDEXED BY outbox_dead WHERE state = 'dead'),
            (SELECT count(*) FROM outbox INDEXED BY outbox_held WHERE state = 'held')
        """

    /// - Returns: nil if the event is of a kind that this version does not know.
    static func pendingAlert(from row: Statement, target: String, numbering: EventNumbering) -> PendingAlert? {
        let seq: Int64 = row[0]
        guard let event = EventRow.event(from: row, startingAt: 8) else { return nil }
        return PendingAlert(
            event: StoredEvent(numbering.id(seq), event: event), target: target,
            attempts: row[1], createdAt: Timestamp(milliseconds: row[2]),
            nextAttemptAt: Timestamp(milliseconds: row[3]), asPlainText: row[4],
            mail: (row.text(5)).map(MailRow.progress) ?? MailProgress(),
            heldBy: row.text(6).map { [HoldReason](json: $0) } ?? [], digestThrough: row[7])
    }
}

/// A row of `targets`: the columns and their order are named here only.
enum TargetRow {
    static let columns = """
        name, blocked_until, tokens, tokens_at, broken_streak, suspended_since, probe_at, trouble, digest_through, \
        chat_id, chat_id_replaced, digest_group
        """

    static let replacement =
        "INSERT INTO targets (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        + Upsert.clause(key: ["name"], columns: columns)

    static func values(of target: TargetRecord) -> SQLValues {
        [
            target.name.stored, target.blockedUntil?.milliseconds, target.tokens, target.tokensAt?.milliseconds,
            target.brokenStreak, target.suspendedSince?.milliseconds, target.probeAt?.milliseconds,
            target.trouble.stored,
            target.digestThrough, target.chatID.stored, target.chatIDReplaced.stored,
            target.digestThrough.map { _ in target.digestGroup.word },
        ]
    }

    static func record(from row: Statement) -> TargetRecord {
        var record = TargetRecord(name: row[0])
        record.blockedUntil = row.time(1)
        record.tokens = row[2]
        record.tokensAt = row.time(3)
        record.brokenStreak = row[4]
        record.suspendedSince = row.time(5)
        record.probeAt = row.time(6)
        record.trouble = row[7]
        record.digestThrough = row[8]
        record.chatID = row[9]
        record.chatIDReplaced = row[10]
        record.digestGroup = row.text(11).flatMap { DigestGroup(word: $0, through: row[8]) } ?? .backlog
        return record
    }
}
