package import Postgres

/// The timeline of the server: a failover to a standby and a recovery to a point in time begin another one (PostgreSQL,
/// "Continuous Archiving", Timelines). What was committed shortly before may be missing on it, and numbers of transactions may be
/// given again.
package enum ServerTimeline {
    /// By the name of the file to which the log is written: pg_control_checkpoint() shows a new timeline only after its first
    /// checkpoint.
    private static let statement = "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)"

    /// Not there, not allowed, not supported, and not while the server recovers.
    private static let refusals: Set<String> = ["42883", "42501", "0A000", "55000"]

    /// - Returns: nil if the server does not say.
    /// - Throws: `PostgresError`.
    package static func read(_ connection: PostgresConnection) throws(PostgresError) -> String? {
        do {
            return try connection.query(statement).first?.text(0)
        } catch {
            guard connection.isOpen, let state = error.sqlState, refusals.contains(state) else { throw error }
            return nil
        }
    }
}
