import GRDB
import Model

extension EventStore {
    /// Deletes, of the next `batch` runs, those that ended before `limit`, and those of which nobody has known since then
    /// whether they go on.
    ///
    /// - Returns: where to go on; nil at the end.
    func pruneRuns(before limit: Timestamp, after id: Int64, batch: Int) throws -> Int64? {
        try write { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT r.id, CASE
                            WHEN r.outcome <> 'running' THEN coalesce(r.ended_at, r.started_at, r.seen_at) < ?2
                            WHEN coalesce(c.watched, 0) THEN 0
                            ELSE max(r.seen_at, coalesce(c.last_good_at, 0)) < ?2 END
                        FROM runs AS r LEFT JOIN clusters AS c ON c.id = r.cluster
                        WHERE r.id > ?1 ORDER BY r.id LIMIT ?3
                        """), arguments: [id, limit.milliseconds, batch])
            let delete = try database.cachedStatement(sql: "DELETE FROM runs WHERE id = ?")
            for row in rows where row[1] as Bool { try delete.execute(arguments: [row[0] as Int64]) }
            return rows.count == batch ? rows.last.map { $0[0] } : nil
        }
    }
}
