import Model

extension EventStore {
    /// Deletes, of the next `batch` runs, those that ended before `limit`, and those of which nobody has known since then
    /// whether they go on.
    ///
    /// - Returns: where to go on; nil at the end.
    func pruneRuns(before limit: Timestamp, after id: Int64, batch: Int) throws -> Int64? {
        try write { session in
            let runs = try session.rows(
                """
                SELECT r.id, CASE
                    WHEN r.outcome <> 'running'
                        THEN CASE WHEN coalesce(r.ended_at, r.started_at, r.seen_at) < ?2 THEN 1 ELSE 0 END
                    WHEN coalesce(c.watched, 0) = 1 THEN 0
                    WHEN r.seen_at < ?2 AND coalesce(c.last_good_at, 0) < ?2 THEN 1
                    ELSE 0 END
                FROM runs AS r LEFT JOIN clusters AS c ON c.id = r.cluster
                WHERE r.id > ?1 ORDER BY r.id LIMIT ?3
                """, [id, limit.milliseconds, batch]
            ) { (id: $0[0] as Int64, isOld: $0[1] as Bool) }
            for run in runs where run.isOld { try session.run("DELETE FROM runs WHERE id = ?", [run.id]) }
            return runs.count == batch ? runs.last?.id : nil
        }
    }
}
