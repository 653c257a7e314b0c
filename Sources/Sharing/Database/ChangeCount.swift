package import Postgres

/// What a host looks at to see that another one has written something that it must act on.
package struct ChangeCount: Hashable, Sendable {
    /// The number of the newest event.
    package let newestEvent: Int64
    /// Goes up with alerts that an operator has tried again or dropped.
    package let retries: Int64
    /// Goes up with silences and acknowledgements.
    package let rules: Int64

    /// - Throws: `PostgresError`.
    package static func read(_ connection: PostgresConnection) throws(PostgresError) -> ChangeCount {
        let row = try connection.query(
            """
            SELECT (SELECT last_seq FROM installation), (SELECT commits FROM leases WHERE what = 'retries'), \
            (SELECT commits FROM leases WHERE what = 'rules')
            """
        ).first
        return ChangeCount(newestEvent: row?.int(0) ?? 0, retries: row?.int(1) ?? 0, rules: row?.int(2) ?? 0)
    }
}
