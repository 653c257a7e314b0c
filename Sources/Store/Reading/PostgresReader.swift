import Model
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
    var isReplaced: Bool { false }

    func snapshot<Value>(_ body: () throws -> Value) throws -> Value {
        try postgres.begin(isFixed: true)
        do {
            let value = try body()
            // Nothing was written: all that was to be read has been read, whether or not the server still has the transaction.
            postgres.rollback()
            return value
        } catch {
            postgres.rollback()
            throw error
        }
    }

    /// One of this host if there is one, else of another.
    func daemonInfo() throws -> DaemonInfo? {
        let own = HostName.current
        let alive = try open.rows(
            """
            SELECT pid, started_at, host FROM hosts WHERE expires >= clock_timestamp() ORDER BY started_at DESC, pid
            """
        ) { (pid: Int32(clamping: $0[0] as Int64), startedAt: Timestamp(milliseconds: $0[1]), host: $0[2] as String) }
        let here = alive.filter { $0.host == own }
        guard let first = here.first ?? alive.first else { return try lastDaemon() }
        return DaemonInfo(
            isRunning: true, pid: first.pid, startedAt: first.startedAt, configLoadedAt: nil,
            others: Set(here.map(\.pid)))
    }

    /// A daemon that works on the database now, by its host and pid; nil if there is none.
    func liveDaemon() throws -> String? {
        try open.first(
            "SELECT host, pid FROM hosts WHERE expires >= clock_timestamp() ORDER BY host, pid LIMIT 1"
        ) { "\($0[0] as String) (pid \($0[1] as Int64))" }
    }

    /// Of a history that was copied from a file.
    private func lastDaemon() throws -> DaemonInfo? {
        try open.first("SELECT pid, started_at, config_loaded_at FROM daemon") { row in
            DaemonInfo(
                isRunning: false, pid: Int32(clamping: row[0] as Int64), startedAt: Timestamp(milliseconds: row[1]),
                configLoadedAt: row.time(2))
        }
    }

    func size() throws -> StorageSize {
        StorageSize(database: try open.integer("SELECT pg_database_size(current_database())") ?? 0)
    }

    func time() throws -> Timestamp? {
        try integer(Self.clock).map(Timestamp.init(milliseconds:))
    }

    /// In milliseconds since 1970.
    static let clock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"

    func backup(to target: String) throws {
        throw StoreError.unsupported(place: place, detail: StoreError.copyOfPostgres)
    }
}
