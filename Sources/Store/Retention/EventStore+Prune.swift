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
        try write(.alerts) { session in
            let events = try session.rows(
                """
                SELECT seq, observed_at, EXISTS (
                    SELECT 1 FROM outbox WHERE outbox.seq = events.seq AND state IN ('pending', 'held', 'dead'))
                FROM events INDEXED BY events_observed_at
                WHERE (observed_at, seq) > (?, ?) AND observed_at < ? ORDER BY observed_at, seq LIMIT ?
                """, [place.time.milliseconds, place.seq, limit.milliseconds, batch]
            ) { (seq: $0[0] as Int64, time: Timestamp(milliseconds: $0[1]), stays: $0[2] as Bool) }
            for event in events where !event.stays {
                // Attempts go with their alerts.
                try session.run("DELETE FROM outbox WHERE seq = ?", [event.seq])
                try session.run("DELETE FROM events WHERE seq = ?", [event.seq])
            }
            guard events.count == batch, let last = events.last else { return nil }
            return PrunePlace(part: .events(after: last.time, seq: last.seq))
        }
    }

    private func pruneAttempts(
        before limit: Timestamp, after place: (time: Timestamp, seq: Int64, target: String, number: Int), batch: Int
    ) throws -> PrunePlace? {
        try write(.alerts) { session in
            let attempts = try session.rows(
                """
                SELECT a.seq, a.target, a.number, a.started_at, o.state IN ('pending', 'held', 'dead')
                FROM attempts AS a INDEXED BY attempts_started_at
                    JOIN outbox AS o ON o.seq = a.seq AND o.target = a.target
                WHERE (a.started_at, a.seq, a.target, a.number) > (?, ?, ?, ?) AND a.started_at < ?
                ORDER BY a.started_at, a.seq, a.target, a.number LIMIT ?
                """,
                [place.time.milliseconds, place.seq, place.target, place.number, limit.milliseconds, batch]
            ) { row in
                (
                    place: PrunePlace.Part.attempts(
                        after: Timestamp(milliseconds: row[3]), seq: row[0], target: row[1], number: row[2]),
                    stays: row[4] as Bool
                )
            }
            for attempt in attempts where !attempt.stays {
                guard case .attempts(_, let seq, let target, let number) = attempt.place else { continue }
                try session.run(
                    "DELETE FROM attempts WHERE seq = ? AND target = ? AND number = ?", [seq, target, number])
            }
            guard attempts.count == batch, let last = attempts.last else { return nil }
            return PrunePlace(part: last.place)
        }
    }

    /// Of clusters that are not watched any more: the curve goes after `limit`; the last answer and the progress when
    /// history is not kept as long; all of it with the last event.
    private func pruneClusters(
        unseenSince limit: Timestamp, historyLimit: Timestamp?, after id: String, batch: Int
    ) throws -> PrunePlace? {
        try write { session in
            let seen = "max(coalesce(last_poll_at, 0), coalesce(last_good_at, 0), coalesce(since, 0))"
            let clusters = try session.rows(
                """
                SELECT id, \(seen),
                    EXISTS (SELECT 1 FROM events INDEXED BY events_cluster WHERE events.cluster = clusters.id),
                    status IS NOT NULL
                FROM clusters WHERE id > ? AND watched = 0 AND \(seen) < ? ORDER BY id LIMIT ?
                """, [id, limit.milliseconds, batch]
            ) {
                (
                    id: $0[0] as String, seen: Timestamp(milliseconds: $0[1]), hasEvents: $0[2] as Bool,
                    hasAnswered: $0[3] as Bool
                )
            }
            for (id, seen, hasEvents, hasAnswered) in clusters {
                // While history is kept for ever, only what never answered is nothing to keep.
                let isNeeded = hasEvents || (historyLimit == nil && hasAnswered)
                let isPastHistory = historyLimit.map { seen < $0 } ?? false
                try delete(id, from: ["curve"], in: session)
                if isPastHistory || !isNeeded { try delete(id, from: ["answers", "progress"], in: session) }
                if !isNeeded, isPastHistory || historyLimit == nil {
                    try session.run("DELETE FROM clusters WHERE id = ?", [id])
                }
            }
            guard clusters.count == batch, let last = clusters.last else { return nil }
            return PrunePlace(part: .clusters(after: last.id))
        }
    }

    private func delete(_ cluster: String, from tables: [String], in session: Session) throws {
        for table in tables {
            try session.run("DELETE FROM \(table) WHERE cluster = ?", [cluster])
        }
    }

    /// Forgets what is remembered of targets that are not configured and of which no alert waits, is held or is dead.
    package func forgetTargets(notIn names: Set<String>) throws {
        let removed = try loadTargets().map(\.name).filter { !names.contains($0) }
        guard !removed.isEmpty else { return }
        try write { session in
            for name in removed {
                try session.run(
                    """
                    DELETE FROM targets WHERE name = ?1
                        AND NOT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_pending
                            WHERE target = ?1 AND state = 'pending')
                        AND NOT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_dead
                            WHERE target = ?1 AND state = 'dead')
                        AND NOT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_held
                            WHERE target = ?1 AND state = 'held')
                    """, [name])
            }
        }
    }
}
