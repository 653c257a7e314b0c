import GRDB
package import Model

/// How far one round of pruning has come: what must stay is passed over once, not looked at again in every batch.
package struct PrunePlace: Hashable, Sendable {
    fileprivate enum Part: Hashable, Sendable {
        case events(after: Timestamp, seq: Int64)
        case attempts(after: Timestamp, seq: Int64, target: String, number: Int)
        case clusters(after: String)
        case runs(after: Int64)
    }

    fileprivate let part: Part

    package static let start = PrunePlace(part: .events(after: Timestamp(milliseconds: .min), seq: 0))
    fileprivate static let attempts = PrunePlace(
        part: .attempts(after: Timestamp(milliseconds: .min), seq: 0, target: "", number: 0))
    fileprivate static let clusters = PrunePlace(part: .clusters(after: ""))
    fileprivate static let runs = PrunePlace(part: .runs(after: 0))
}

extension EventStore {
    /// Looks at a bounded batch of what may be too old to keep, and deletes what is: events older than `keep` with their
    /// alerts and attempts, attempts of finished alerts older than 30 days, what is known of clusters that are not
    /// watched any more, and runs and silences that ended before `keep`. Alerts that wait, are held or are dead stay, and so do their
    /// events.
    ///
    /// - Parameters:
    ///   - keep: how long history is kept; nil is for ever.
    ///   - now: the time as `RetentionClock` trusts it.
    /// - Returns: where to go on, soon and between other work; nil at the end.
    package func prune(
        keep: Duration?, at now: Timestamp, from place: PrunePlace = .start, batch: Int = 500
    ) throws -> PrunePlace? {
        let shortest = min(keep ?? Self.attemptsKept, Self.attemptsKept)
        let limit = now.advanced(by: .zero - shortest)
        let historyLimit = keep.map { now.advanced(by: .zero - $0) }
        switch place.part {
        case .events(let time, let seq):
            guard let historyLimit else { return .attempts }
            if place == .start, try pruneSilences(before: historyLimit, at: now, batch: batch) { return .start }
            return try pruneEvents(before: historyLimit, after: (time, seq), batch: batch) ?? .attempts
        case .attempts(let time, let seq, let target, let number):
            return try pruneAttempts(before: limit, after: (time, seq, target, number), batch: batch) ?? .clusters
        case .clusters(let id):
            return try pruneClusters(unseenSince: limit, historyLimit: historyLimit, after: id, batch: batch) ?? .runs
        case .runs(let id):
            guard let historyLimit else { return nil }
            return try pruneRuns(before: historyLimit, after: id, batch: batch).map {
                PrunePlace(part: .runs(after: $0))
            }
        }
    }

    private static let attemptsKept: Duration = .seconds(30 * 86_400)

    private func pruneEvents(
        before limit: Timestamp, after place: (time: Timestamp, seq: Int64), batch: Int
    ) throws -> PrunePlace? {
        try write { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT seq, observed_at, EXISTS (
                            SELECT 1 FROM outbox WHERE outbox.seq = events.seq AND state IN ('pending', 'held', 'dead'))
                        FROM events INDEXED BY events_observed_at
                        WHERE (observed_at, seq) > (?, ?) AND observed_at < ? ORDER BY observed_at, seq LIMIT ?
                        """),
                arguments: [place.time.milliseconds, place.seq, limit.milliseconds, batch])
            let alerts = try database.cachedStatement(sql: "DELETE FROM outbox WHERE seq = ?")
            let event = try database.cachedStatement(sql: "DELETE FROM events WHERE seq = ?")
            for row in rows where !(row[2] as Bool) {
                let seq: Int64 = row[0]
                // Attempts go with their alerts.
                try alerts.execute(arguments: [seq])
                try event.execute(arguments: [seq])
            }
            guard rows.count == batch, let last = rows.last else { return nil }
            return PrunePlace(part: .events(after: Timestamp(milliseconds: last[1]), seq: last[0]))
        }
    }

    private func pruneAttempts(
        before limit: Timestamp, after place: (time: Timestamp, seq: Int64, target: String, number: Int), batch: Int
    ) throws -> PrunePlace? {
        try write { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT a.seq, a.target, a.number, a.started_at, o.state IN ('pending', 'held', 'dead')
                        FROM attempts AS a INDEXED BY attempts_started_at
                            JOIN outbox AS o ON o.seq = a.seq AND o.target = a.target
                        WHERE (a.started_at, a.seq, a.target, a.number) > (?, ?, ?, ?) AND a.started_at < ?
                        ORDER BY a.started_at, a.seq, a.target, a.number LIMIT ?
                        """),
                arguments: [
                    place.time.milliseconds, place.seq, place.target, place.number, limit.milliseconds, batch,
                ])
            let delete = try database.cachedStatement(
                sql: "DELETE FROM attempts WHERE seq = ? AND target = ? AND number = ?")
            for row in rows where !(row[4] as Bool) {
                try delete.execute(arguments: [row[0] as Int64, row[1] as String, row[2] as Int])
            }
            guard rows.count == batch, let last = rows.last else { return nil }
            return PrunePlace(
                part: .attempts(
                    after: Timestamp(milliseconds: last[3]), seq: last[0], target: last[1], number: last[2]))
        }
    }

    /// Of clusters that are not watched any more: the curve goes after `limit`; the last answer and the progress when
    /// history is not kept as long; all of it with the last event.
    private func pruneClusters(
        unseenSince limit: Timestamp, historyLimit: Timestamp?, after id: String, batch: Int
    ) throws -> PrunePlace? {
        try write { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT id, max(coalesce(last_poll_at, 0), coalesce(last_good_at, 0), coalesce(since, 0)) AS seen,
                            EXISTS (SELECT 1 FROM events INDEXED BY events_cluster WHERE events.cluster = clusters.id),
                            status IS NOT NULL
                        FROM clusters WHERE id > ? AND watched = 0 AND seen < ? ORDER BY id LIMIT ?
                        """),
                arguments: [id, limit.milliseconds, batch])
            for row in rows {
                let id: String = row[0]
                // While history is kept for ever, only what never answered is nothing to keep.
                let hasEvents = row[2] as Bool || (historyLimit == nil && row[3] as Bool)
                let isPastHistory = historyLimit.map { row[1] < $0.milliseconds } ?? false
                try delete(id, from: ["curve"], in: database)
                if isPastHistory || !hasEvents { try delete(id, from: ["answers", "progress"], in: database) }
                if !hasEvents, isPastHistory || historyLimit == nil {
                    try database.cachedStatement(sql: "DELETE FROM clusters WHERE id = ?").execute(arguments: [id])
                }
            }
            guard rows.count == batch, let last = rows.last else { return nil }
            return PrunePlace(part: .clusters(after: last[0]))
        }
    }

    private func delete(_ cluster: String, from tables: [String], in database: Database) throws {
        for table in tables {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE cluster = ?").execute(arguments: [cluster])
        }
    }

    /// Forgets what is remembered of targets that are not configured and of which no alert waits, is held or is dead.
    package func forgetTargets(notIn names: Set<String>) throws {
        let removed = try loadTargets().map(\.name).filter { !names.contains($0) }
        guard !removed.isEmpty else { return }
        try write { database in
            for name in removed {
                try database.execute(
                    sql: """
                        DELETE FROM targets WHERE name = ?1
                            AND NOT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_pending
                                WHERE target = ?1 AND state = 'pending')
                            AND NOT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_dead
                                WHERE target = ?1 AND state = 'dead')
                            AND NOT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_held
                                WHERE target = ?1 AND state = 'held')
                        """, arguments: [name])
            }
        }
    }
}
