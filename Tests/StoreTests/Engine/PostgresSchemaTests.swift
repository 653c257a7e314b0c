import GRDB
import Migrations
import Model
import Postgres
import TestSupport
import Testing

@testable import Store

@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct PostgresSchemaTests {
    private func source() async throws -> (source: PostgresSource, address: PostgresAddress) {
        let server = try await RealPostgres.shared()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        return (try PostgresSource { address }, address)
    }

    /// The file of one database, the number row of several hosts.
    private static let onlySQLite: Set = ["installation.inode", "installation.born_at", "installation.is_copy"]
    private static let onlyPostgres: Set = ["installation.last_seq", "schema_version.version"]

    private func columnsOfSQLite() throws -> Set<String> {
        let fixture = try StoreFixture()
        _ = try fixture.open()
        return try fixture.outsideFile().read { database in
            try Set(
                String.fetchAll(
                    database,
                    sql: """
                        SELECT t.name || '.' || c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c
                        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'
                        """))
        }
    }

    @Test
    func `both engines have the same tables and columns, by the same steps`() async throws {
        let ofSQLite = try columnsOfSQLite()
        let (source, address) = try await source()
        _ = try EventStore(postgres: source, at: StoreFixture.start)
        let ofPostgres = try Set(
            PostgresConnection(address, PostgresOptions()).query(
                "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
            ).compactMap { $0.text(0) })
        #expect(ofSQLite.subtracting(ofPostgres) == Self.onlySQLite)
        let shared = ofPostgres.filter { $0.hasPrefix("leases.") || $0.hasPrefix("hosts.") }
        #expect(!shared.isEmpty)
        #expect(ofPostgres.subtracting(ofSQLite).subtracting(shared) == Self.onlyPostgres)
        // PostgreSQL began with the schema that SQLite's first steps lead to.
        let first = try #require(Migration.postgres.first?.version)
        #expect(Migration.postgres.map(\.version) == Migration.all.map(\.version).filter { $0 >= first })
    }

    @Test
    func `the rights that are looked at are those on every table`() {
        let tables = Migration.postgres.flatMap { migration in
            migration.sql.matches(of: /CREATE TABLE (\w+)/).map { String($0.output.1) }
        }
        #expect(tables.count > 20)
        for table in tables { #expect(WriteRights.missing.contains("('\(table)')"), "\(table)") }
    }

    @Test
    func `a role that may not write is refused at the start, and may read`() async throws {
        let server = try await RealPostgres.shared()
        let (name, reader) = (try await server.makeDatabase(), try await server.makeDatabase())
        let own = try PostgresAddress(server.socketURL(name))
        try EventStore(postgres: PostgresSource { own }, at: StoreFixture.start).close()
        try await server.sql("GRANT USAGE, CREATE ON SCHEMA public TO \(reader)", database: name)
        try await server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(reader)", database: name)
        let address = try PostgresAddress(server.socketURL(name, user: reader))
        let source = try PostgresSource { address }
        #expect {
            try EventStore(postgres: source, at: StoreFixture.start)
        } throws: { error in
            if case StoreError.denied = error { "\(error)".contains("may not write to the table acks") } else { false }
        }
        #expect(try HistoryReader(postgres: source).newest() == 0)
        // One table is enough to be refused for.
        try await server.sql(
            "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(reader); REVOKE DELETE ON leases FROM \(reader)",
            database: name)
        #expect {
            try EventStore(postgres: source, at: StoreFixture.start)
        } throws: { error in
            "\(error)".contains("leases")
        }
        try await server.sql("GRANT DELETE ON leases TO \(reader)", database: name)
        try EventStore(postgres: source, at: StoreFixture.start).close()
    }

    @Test
    func `a role that may use no schema is refused for lack of a right`() async throws {
        let server = try await RealPostgres.shared()
        let (name, other) = (try await server.makeDatabase(), try await server.makeDatabase())
        try await server.sql("REVOKE ALL ON SCHEMA public FROM PUBLIC", database: name)
        let address = try PostgresAddress(server.socketURL(name, user: other))
        #expect {
            try EventStore(postgres: PostgresSource { address }, at: StoreFixture.start)
        } throws: { error in
            guard case StoreError.denied(_, let detail) = error else { return false }
            return detail.contains("GRANT USAGE, CREATE ON SCHEMA public TO")
        }
    }

    @Test
    func `a newer schema is refused, and nothing is touched`() async throws {
        let (source, address) = try await source()
        _ = try EventStore(postgres: source, at: StoreFixture.start)
        let known = try #require(Migration.postgres.last?.version)
        try PostgresConnection(address, PostgresOptions()).query("UPDATE schema_version SET version = version + 7")
        let refusal = StoreError.newerSchema(path: source.place, found: known + 7, known: known, copy: nil)
        #expect(throws: refusal) { try EventStore(postgres: source, at: StoreFixture.start) }
        #expect(throws: refusal) { try HistoryReader(postgres: source) }
    }

    @Test
    func `a step is made once, with all that is stored, and a failing one leaves nothing`() async throws {
        let (source, address) = try await source()
        let store = try EventStore(postgres: source, at: StoreFixture.start, newInstallation: "abcd1234")
        try store.record(StoreFixture.event())
        let next = (Migration.postgres.last?.version ?? 0) + 1
        let bad = Migration(file: "\(next)_bad", sql: "CREATE TABLE half (a int8); CREATE TABLE half (a int8)")
        #expect(throws: StoreError.self) {
            try EventStore(postgres: source, at: StoreFixture.start, migrations: Migration.postgres + [bad])
        }
        let good = Migration(file: "\(next)_good", sql: "ALTER TABLE events ADD COLUMN extra text")
        for _ in 0..<2 {
            let migrated = try EventStore(
                postgres: source, at: StoreFixture.start, newInstallation: "zzzz9999",
                migrations: Migration.postgres + [good])
            #expect(migrated.installation == "abcd1234")
            #expect(try migrated.read { try $0.int("SELECT count(extra) + count(*) FROM events") } == 1)
        }
        let half = try PostgresConnection(address, PostgresOptions()).query("SELECT to_regclass('half')")
        #expect(half.first?.isNull(0) == true)
    }

    @Test
    func `tables of another program are not mixed with ours`() async throws {
        let (source, address) = try await source()
        try PostgresConnection(address, PostgresOptions()).runScript("CREATE TABLE events (theirs text)")
        #expect {
            try EventStore(postgres: source, at: StoreFixture.start)
        } throws: { error in
            guard case StoreError.login(_, let detail) = error else { return false }
            return detail.contains("another program")
        }
    }

    @Test
    func `a database without a schema is missing for those who only read`() async throws {
        let (source, _) = try await source()
        #expect(throws: StoreError.missing(path: source.place)) { try HistoryReader(postgres: source) }
        #expect(throws: StoreError.missing(path: source.place)) { try EventStore(forCommandOn: source) }
    }
}
