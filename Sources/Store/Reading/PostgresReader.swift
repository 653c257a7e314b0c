import Postgres

/// A database of PostgreSQL for somebody who changes nothing: every transaction is read only.
final class PostgresReader: ReadSource {
    private let postgres: PostgresSession
    private let open: Session

    /// - Throws: `StoreError.missing`, `.olderSchema`, `.newerSchema`, `.login`, `.denied` or `.unavailable`.
    init(_ source: PostgresSource) throws {
        postgres = PostgresSession(source.reading())
        open = Session(postgres)
        try OpenedPostgres.checkSchema(of: open)
    }

    var place: String { postgres.place }
    var session: Session { open }
    var isCurrent: Bool { true }

    func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try postgres.begin(isFixed: true)
        do {
            let value = try body()
            try postgres.commit { true }
            return value
        } catch {
            postgres.rollback()
            throw error
        }
    }

    /// On whichever host it runs: the one that holds the lease.
    func daemonPID() throws -> Int32? {
        try open.integer(
            """
            SELECT hosts.pid FROM leases JOIN hosts ON hosts.owner = leases.owner \
            WHERE leases.what = 'upkeep' AND leases.expires >= clock_timestamp()
            """
        ).flatMap { Int32(exactly: $0) }
    }

    func size() throws -> StorageSize {
        StorageSize(database: try open.integer("SELECT pg_database_size(current_database())") ?? 0)
    }

    func backup(to target: String) throws {
        throw StoreError.unsupported(place: place, detail: StoreError.copyOfPostgres)
    }
}
