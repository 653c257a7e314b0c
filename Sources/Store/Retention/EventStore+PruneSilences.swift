import Model

extension EventStore {
    /// Deletes up to `batch` silences that ended before `limit`, and more than seven days before `now`: until then they
    /// are listed, and say from when escalations count.
    ///
    /// - Returns: whether there may be more.
    func pruneSilences(before limit: Timestamp, at now: Timestamp, batch: Int) throws -> Bool {
        let limit = min(limit, now.advanced(by: .zero - OpenEvent.lifetime))
        return try write { session in
            let count = try session.changedRows(
                """
                DELETE FROM silences WHERE id IN (
                    SELECT id FROM silences INDEXED BY silences_ends_at WHERE ends_at < ? ORDER BY ends_at LIMIT ?)
                """, [limit.milliseconds, batch])
            return count == batch
        }
    }
}
