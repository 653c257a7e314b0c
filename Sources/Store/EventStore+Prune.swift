import GRDB
package import Model

extension EventStore {
    /// Deletes a bounded batch of what is too old to keep: events older than `keep` with their alerts and attempts,
    /// attempts of finished alerts older than 30 days, and curves of clusters that are not watched since then. Alerts that wait or are dead stay, and so do their events.
    ///
    /// - Parameter keep: how long history is kept; nil is for ever.
    /// - Returns: whether more remains: call again soon, between other work.
    package func prune(keep: Duration?, at now: Timestamp, batch: Int = 500) throws -> Bool {
        var isMore = false
        if let keep {
            isMore = try pruneEvents(before: now.advanced(by: .zero - keep), batch: batch)
        }
        let attemptsKept = min(keep ?? Self.attemptsKept, Self.attemptsKept)
        let isMoreOfAttempts = try pruneAttempts(before: now.advanced(by: .zero - attemptsKept), batch: batch)
        let isMoreOfCurves = try pruneCurves(before: now.advanced(by: .zero - attemptsKept), batch: batch)
        return isMore || isMoreOfAttempts || isMoreOfCurves
    }

    private static let attemptsKept: Duration = .seconds(30 * 86_400)

    private func pruneEvents(before limit: Timestamp, batch: Int) throws -> Bool {
        let old = try read { database in
            try Int64.fetchAll(
                database,
                sql: """
                    SELECT seq FROM events WHERE observed_at < ? AND NOT EXISTS (
                        SELECT 1 FROM outbox WHERE outbox.seq = events.seq AND state IN ('pending', 'dead'))
                    ORDER BY observed_at LIMIT ?
                    """, arguments: [limit.milliseconds, batch])
        }
        guard !old.isEmpty else { return false }
        try write { database in
            let alerts = try database.cachedStatement(sql: "DELETE FROM outbox WHERE seq = ?")
            let event = try database.cachedStatement(sql: "DELETE FROM events WHERE seq = ?")
            for seq in old {
                // Attempts go with their alerts.
                try alerts.execute(arguments: [seq])
                try event.execute(arguments: [seq])
            }
        }
        return old.count == batch
    }

    private func pruneCurves(before limit: Timestamp, batch: Int) throws -> Bool {
        let old = try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM clusters WHERE watched = 0 AND coalesce(last_poll_at, 0) < ?
                        AND EXISTS (SELECT 1 FROM curve WHERE curve.cluster = clusters.id) LIMIT ?
                    """, arguments: [limit.milliseconds, batch])
        }
        guard !old.isEmpty else { return false }
        try write { database in
            let curve = try database.cachedStatement(sql: "DELETE FROM curve WHERE cluster = ?")
            for cluster in old { try curve.execute(arguments: [cluster]) }
        }
        return old.count == batch
    }

    private func pruneAttempts(before limit: Timestamp, batch: Int) throws -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    DELETE FROM attempts WHERE (seq, target, number) IN (
                        SELECT a.seq, a.target, a.number FROM attempts AS a INDEXED BY attempts_started_at
                            JOIN outbox AS o ON o.seq = a.seq AND o.target = a.target
                        WHERE a.started_at < ? AND o.state NOT IN ('pending', 'dead') LIMIT ?)
                    """, arguments: [limit.milliseconds, batch])
            return database.changesCount == batch
        }
    }
}
