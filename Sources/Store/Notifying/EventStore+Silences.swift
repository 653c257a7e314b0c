import GRDB
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
        try write { database in
            try database.cachedStatement(
                sql: """
                    INSERT INTO silences (matchers, starts_at, ends_at, comment, author, drops) VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                matchers.json.text().stored, now.milliseconds, end.milliseconds, comment.stored, author.stored, drops,
            ])
            return Silence(
                id: database.lastInsertedRowID, matchers: matchers, startsAt: now, endsAt: end, comment: comment,
                author: author, drops: drops)
        }
    }

    /// Ends a silence now, unless it has ended already. What it holds is released by the daemon, soon after.
    ///
    /// - Returns: the silence as it is then; nil if there is none with this id.
    package func endSilence(_ id: Int64, at now: Timestamp) throws -> SilenceRow? {
        try write { database in
            try database.cachedStatement(
                sql: "UPDATE silences SET ends_at = max(starts_at, ?1) WHERE id = ?2 AND ends_at > ?1"
            ).execute(arguments: [now.milliseconds, id])
            return try Self.silence(id, in: database)
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

    static func silences(endedSince limit: Timestamp, in database: Database) throws -> [Silence] {
        try Row.fetchAll(
            database.cachedStatement(sql: SilenceQuery.recent + " ORDER BY id"), arguments: [limit.milliseconds]
        ).compactMap { row in
            SilenceQuery.silence(
                id: row[0], matchers: row[1], startsAt: row[2], endsAt: row[3], comment: row[4], author: row[5],
                drops: row[6])
        }
    }

    private static func silence(_ id: Int64, in database: Database) throws -> SilenceRow? {
        guard
            let row = try Row.fetchOne(
                database.cachedStatement(sql: SilenceQuery.all + " WHERE id = ?"), arguments: [id]),
            let silence = SilenceQuery.silence(
                id: row[0], matchers: row[1], startsAt: row[2], endsAt: row[3], comment: row[4], author: row[5],
                drops: row[6])
        else { return nil }
        let held = try Row.fetchAll(database.cachedStatement(sql: SilenceQuery.held))
        return SilenceRow(silence, held: held.first { $0[0] == id }.map { $0[1] } ?? 0)
    }
}

/// The questions about silences, the same for both kinds of connections.
enum SilenceQuery {
    static let all = "SELECT id, matchers, starts_at, ends_at, comment, author, drops FROM silences"

    static let recent = all + " WHERE ends_at >= ?"

    /// How many alerts each silence holds.
    static let held = """
        SELECT CAST(json_extract(h.value, '$.silence') AS INTEGER), count(*)
        FROM outbox AS o INDEXED BY outbox_held, json_each(o.held_by) AS h
        WHERE o.state = 'held' AND json_extract(h.value, '$.silence') IS NOT NULL GROUP BY 1
        """

    /// - Returns: nil if a later version wrote matchers that this one does not know: they would match too much.
    static func silence(
        id: Int64, matchers: String, startsAt: Int64, endsAt: Int64, comment: String, author: String, drops: Bool
    ) -> Silence? {
        guard let json = try? JSONValue(parsing: Array(matchers.utf8)), let matchers = SilenceMatchers(json) else {
            return nil
        }
        return Silence(
            id: id, matchers: matchers, startsAt: Timestamp(milliseconds: startsAt),
            endsAt: Timestamp(milliseconds: endsAt), comment: comment, author: author, drops: drops)
    }
}
