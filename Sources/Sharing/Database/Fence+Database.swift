package import Postgres

extension Fence {
    /// Queues the fence. If it is stale, this statement fails, and with it the transaction: see `isStale`.
    ///
    /// Several fences of one transaction are queued in the order of their shares, and before the number row.
    ///
    /// - Throws: `PostgresError` where the session has ended.
    package func queue(_ connection: PostgresConnection, owner: String) throws(PostgresError) {
        try connection.queue(
            Self.statement, [.text(share.name), .text(owner), .integer(epoch), .integer(number)])
    }

    /// Queues a note of the number of the last event of the transaction, which `settle` finds again. After the number row.
    ///
    /// - Parameter source: SQL for the number, for example `(SELECT last_seq FROM installation)`.
    /// - Throws: `PostgresError` where the session has ended.
    package func queueLastEvent(_ source: StaticString, _ connection: PostgresConnection) throws(PostgresError) {
        try connection.queue("UPDATE leases SET last_event = \(source) WHERE what = $1", [.text(share.name)])
    }

    /// Whether a transaction failed because of a fence: a division by zero, which no other statement makes.
    package static func isStale(_ error: PostgresError) -> Bool { error.sqlState == "22012" }

    /// Finds out, on a new connection, what became of the transaction, for good: waits for it if it is still under way, and
    /// shuts out whatever of it arrives later.
    ///
    /// - Throws: `PostgresError`; then it is to be asked again.
    package func settle(_ connection: PostgresConnection, owner: String) throws(PostgresError) -> Outcome {
        let rows = try connection.query(Self.settling, [.text(share.name), .text(owner), .integer(epoch)])
        guard let row = rows.first, let newEpoch = row.int(0), let commits = row.int(1) else { return .lost }
        return commits == number
            ? .committed(epoch: newEpoch, lastEvent: row.int(2)) : .notCommitted(epoch: newEpoch)
    }

    private static let statement = """
        WITH fence AS (UPDATE leases SET commits = $4 \
        WHERE what = $1 AND owner = $2 AND epoch = $3 AND commits = $4 - 1 RETURNING 1) \
        SELECT 1 / (SELECT count(*) FROM fence)
        """

    private static let settling = """
        UPDATE leases SET epoch = epoch + 1 WHERE what = $1 AND owner = $2 AND epoch = $3 \
        RETURNING epoch, commits, last_event
        """
}
