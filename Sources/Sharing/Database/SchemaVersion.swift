package import Postgres

/// The version of the schema that the database has: a newer program may change it while this one runs.
package enum SchemaVersion {
    /// - Throws: `PostgresError`.
    package static func read(_ connection: PostgresConnection) throws(PostgresError) -> Int? {
        try connection.query("SELECT max(version) FROM schema_version").first?.int(0).map { Int($0) }
    }
}
