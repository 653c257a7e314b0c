import GRDB
package import Model

extension EventStore {
    /// How far these clusters are, as far as it is known; in no order.
    package func loadProgress(_ ids: [ClusterID]) throws -> [ProgressRecord] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT \(ProgressRow.columns) FROM progress WHERE cluster = ?")
            return try ids.compactMap { id in
                try Row.fetchOne(statement, arguments: [id.rawValue.stored]).map(ProgressRow.record)
            }
        }
    }

    /// How far the watched clusters are, as far as it is known; in no order.
    package func loadWatchedProgress() throws -> [ProgressRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(ProgressRow.columns) FROM progress
                    WHERE cluster IN (SELECT id FROM clusters WHERE watched = 1)
                    """
            ).map(ProgressRow.record)
        }
    }

    /// Writes how far trainings are, and lets their curves grow by what they did, within bounds.
    func write(_ updates: [ProgressUpdate], into database: Database) throws {
        guard !updates.isEmpty else { return }
        let row = try database.cachedStatement(sql: ProgressRow.replacement)
        let clear = try database.cachedStatement(sql: "DELETE FROM curve WHERE cluster = ?")
        let point = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO curve (cluster, logged_at, step, loss) VALUES (?, ?, ?, ?)")
        for update in updates {
            let cluster = update.record.cluster.rawValue.stored
            try row.execute(arguments: ProgressRow.arguments(of: update.record))
            if update.startsAnew { try clear.execute(arguments: [cluster]) }
            for place in update.points {
                try point.execute(arguments: [cluster, place.at.milliseconds, place.step, place.loss])
            }
            if !update.points.isEmpty { try thinOut(cluster, in: database) }
        }
    }

    /// A curve has so many points at most: more than a terminal is wide.
    package static let mostCurvePoints = 240

    /// Thins a curve that has grown too long out to one point for each of as many equal times: the newest of each, so
    /// that the whole run stays to be seen, and its newest point.
    private func thinOut(_ cluster: String, in database: Database) throws {
        let count = try database.cachedStatement(sql: "SELECT count(*) FROM curve WHERE cluster = ?")
        guard try Int.fetchOne(count, arguments: [cluster]) ?? 0 > Self.mostCurvePoints else { return }
        try database.cachedStatement(
            sql: """
                DELETE FROM curve WHERE cluster = ?1 AND logged_at NOT IN (
                    SELECT max(logged_at) FROM curve, (
                        SELECT min(logged_at) AS first, max(logged_at) - min(logged_at) + 1 AS length
                        FROM curve WHERE cluster = ?1)
                    WHERE cluster = ?1 GROUP BY (logged_at - first) * \(Self.mostCurvePoints / 2) / length)
                """
        ).execute(arguments: [cluster])
    }
}
