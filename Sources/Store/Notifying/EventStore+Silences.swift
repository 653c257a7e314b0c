package import Model

extension EventStore {
    /// Begins a silence now.
    ///
    /// - Parameters:
    ///   - matchers: empty ones match every alert.
    ///   - end: later than `now`: whoever asks has checked it.
    ///   - drops: matching alerts are never sent, in place of being held.
    package func addSilence(
        _ matchers: SilenceMatchers, until end: Timestamp, comment: String, author: String, drops: Bool = false,
        at now: Timestamp
    ) throws -> Silence {
        try write { session in
            if Planted.isOn(.silenceNotStored) {
                return Silence(
                    id: 1, matchers: matchers, startsAt: now, endsAt: end, comment: comment, author: author,
                    drops: drops)
            }
            try note(.rules)
            let id = try session.integer(
                """
                INSERT INTO silences (matchers, starts_at, ends_at, comment, author, drops) VALUES (?, ?, ?, ?, ?, ?)
                RETURNING id
                """,
                [
                    matchers.json.text().stored, now.milliseconds, end.milliseconds, comment.stored, author.stored,
                    drops,
                ])
            return Silence(
                id: id ?? 0, matchers: matchers, startsAt: now, endsAt: end, comment: comment, author: author,
                drops: drops)
        }
    }

    /// Ends a silence now, unless it has ended already. What it holds is released by the daemon, soon after.
    ///
    /// - Returns: the silence as it is then; nil if there is none with this id.
    package func endSilence(_ id: Int64, at now: Timestamp) throws -> SilenceRow? {
        try write { session in
            try note(.rules)
            try session.run(
                "UPDATE silences SET ends_at = max(starts_at, ?1) WHERE id = ?2 AND ends_at > ?1",
                [now.milliseconds, id])
            return try Self.silence(id, in: session)
        }
    }

    /// A silence with what it holds now; nil if there is none with this id.
    package func silence(_ id: Int64) throws -> SilenceRow? {
        try read { try Self.silence(id, in: $0) }
    }

    /// The silences that are active, or ended at or after a time, by id.
    package func loadSilences(endedSince limit: Timestamp) throws -> [Silence] {
        try read { try Self.silences(endedSince: limit, in: $0) }
    }

    static func silences(endedSince limit: Timestamp, in session: Session) throws -> [Silence] {
        try session.rows(SilenceQuery.recent + " ORDER BY id", [limit.milliseconds], SilenceQuery.silence)
    }

    private static func silence(_ id: Int64, in session: Session) throws -> SilenceRow? {
        guard let silence = try session.first(SilenceQuery.all + " WHERE id = ?", [id], SilenceQuery.silence) else {
            return nil
        }
        return SilenceRow(silence, held: try SilenceQuery.heldCounts(in: session)[id] ?? 0)
    }
}

/// The questions about silences, the same for both kinds of connections.
enum SilenceQuery {
    static let all = "SELECT id, matchers, starts_at, ends_at, comment, author, drops FROM silences"

    static let recent = all + " WHERE ends_at >= ?"

    /// How many alerts each silence holds.
    static func heldCounts(in session: Session) throws -> [Int64: Int] {
        let counts = try session.rows(held) { (silence: $0[0] as Int64, count: $0[1] as Int) }
        return counts.reduce(into: [:]) { $0[$1.silence] = $1.count }
    }

    static let held = """
        SELECT CAST(json_extract(h.value, '$.silence') AS bigint), count(*)
        FROM outbox AS o INDEXED BY outbox_held, json_each(o.held_by) AS h
        WHERE o.state = 'held' AND json_extract(h.value, '$.silence') IS NOT NULL GROUP BY 1
        """

    /// A row of the columns of `all`.
    ///
    /// - Returns: nil if a later version wrote matchers that this one does not know: they would match too much.
    static func silence(_ row: Statement) -> Silence? {
        let text: String = row[1]
        guard let json = try? JSONValue(parsing: Array(text.utf8)), let matchers = SilenceMatchers(json) else {
            return nil
        }
        return Silence(
            id: row[0], matchers: matchers, startsAt: Timestamp(milliseconds: row[2]),
            endsAt: Timestamp(milliseconds: row[3]), comment: row[4], author: row[5], drops: row[6])
    }
}
