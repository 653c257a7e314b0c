package import Model

extension EventStore {
    /// How far these clusters are, as far as it is known; in no order.
    package func loadProgress(_ ids: [ClusterID]) throws -> [ProgressRecord] {
        try read { session in
            let sql = "SELECT \(ProgressRow.columns) FROM progress WHERE cluster = ?"
            return try ids.compactMap { try session.first(sql, [$0.rawValue.stored], ProgressRow.record) }
        }
    }

    /// How far the watched clusters are, as far as it is known; in no order.
    package func loadWatchedProgress() throws -> [ProgressRecord] {
        try read { session in
            let sql = """
                SELECT \(ProgressRow.columns) FROM progress
                WHERE cluster IN (SELECT id FROM clusters WHERE watched = 1)
                """
            guard engine.isShared else { return try session.rows(sql, .none, ProgressRow.record) }
            // In parts: a database elsewhere sends the rows of a question all at once.
            var found: [ProgressRecord] = []
            while true {
                let part = try session.rows(
                    "\(sql) AND cluster > ? ORDER BY cluster LIMIT ?",
                    [found.last?.cluster.rawValue ?? "", Self.part], ProgressRow.record)
                found += part
                if part.count < Self.part { return found }
            }
        }
    }

    /// Writes how far trainings are, and lets their curves grow by what they did, within bounds.
    func write(_ updates: [ProgressUpdate], into session: Session) throws {
        guard !updates.isEmpty else { return }
        let row = try session.statement(ProgressRow.replacement)
        let clear = try session.statement("DELETE FROM curve WHERE cluster = ?")
        let point = try session.statement(
            """
            INSERT INTO curve (cluster, logged_at, step, loss) VALUES (?, ?, ?, ?)
            ON CONFLICT (cluster, logged_at) DO UPDATE SET step = excluded.step, loss = excluded.loss
            """)
        for update in updates {
            let cluster = update.record.cluster.rawValue.stored
            try row.run(ProgressRow.values(of: update.record))
            if update.startsAnew { try clear.run([cluster]) }
            for place in update.points {
                try point.run([cluster, place.at.milliseconds, place.step, place.loss])
            }
            if !update.points.isEmpty { try thinOut(cluster, in: session) }
        }
    }

    /// A curve has so many points at most: more than a terminal is wide.
    package static let mostCurvePoints = 240

    /// Thins a curve that has grown too long out to one point for each of as many equal times: the newest of each, so
    /// that the whole run stays to be seen, and its newest point.
    private func thinOut(_ cluster: String, in session: Session) throws {
        let count = try session.integer("SELECT count(*) FROM curve WHERE cluster = ?", [cluster])
        guard count ?? 0 > Self.mostCurvePoints else { return }
        try session.run(
            """
            DELETE FROM curve WHERE cluster = ?1 AND logged_at NOT IN (
                SELECT max(logged_at) FROM curve, (
                    SELECT min(logged_at) AS first, max(logged_at) - min(logged_at) + 1 AS length
                    FROM curve WHERE cluster = ?1) AS span
                WHERE cluster = ?1 GROUP BY (logged_at - first) * \(Self.mostCurvePoints / 2) / length)
            """, [cluster])
    }
}
