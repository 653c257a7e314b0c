import Model
import TestSupport
import Testing

@testable import Postgres

/// Statements, values and transactions on a real server.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct SessionTests {
    private func connection(_ options: PostgresOptions = PostgresOptions()) async throws -> PostgresConnection {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        return try PostgresConnection(PostgresAddress(server.socketURL(name)), options)
    }

    @Test func valuesComeBackAsTheyWere() async throws {
        let connection = try await connection()
        try connection.runScript(
            "CREATE TABLE v (i bigint, r double precision, t text, b bytea, f boolean); CREATE TABLE w (i bigint)")
        let integers: [Int64] = [0, -1, 42, .max, .min]
        for integer in integers {
            try connection.queue(
                "INSERT INTO v VALUES ($1, $2, $3, $4, CAST($1 AS bigint) > 0)",
                [.integer(integer), .real(0.1 + Double(integer % 7)), .text("ä\"\\{},'\n🙂"), .bytes([0, 255, 92, 39])])
        }
        #expect(try connection.flush().map(\.changedCount) == [1, 1, 1, 1, 1])
        let rows = try connection.query("SELECT i, r, t, b, f, NULL FROM v")
        #expect(rows.map { $0.int(0) } == integers)
        #expect(rows.map { $0.real(1) } == integers.map { 0.1 + Double($0 % 7) })
        #expect(rows.allSatisfy { $0.text(2) == "ä\"\\{},'\n🙂" })
        #expect(rows.allSatisfy { $0.bytes(3) == [0, 255, 92, 39] })
        #expect(rows.map { $0.flag(4) } == [false, false, true, true, false])
        #expect(rows.allSatisfy { $0.isNull(5) && $0.text(5) == nil && $0.int(5) == nil })
        // Of another kind, or not there.
        #expect(rows.first?.int(2) == nil)
        #expect(rows.first?.bytes(2) == nil)
        #expect(rows.first?.text(17) == nil)
        #expect(rows.first?.int(-1) == nil)
    }

    @Test func textWithoutAPlaceInPostgreSQLIsStoredWithAMark() async throws {
        let connection = try await connection()
        let row = try connection.query("SELECT $1::text, $2::text[]", [.text("a\0b"), .texts(["c\0", nil])]).first
        #expect(row?.text(0) == "a\u{FFFD}b")
        #expect(row?.text(1) == "{c\u{FFFD},NULL}")
    }

    @Test func listsOfValues() async throws {
        let connection = try await connection()
        let texts: [String?] = ["plain", "", "with \"quotes\", \\ and {braces}", "NULL", nil, "zwei\nZeilen"]
        let rows = try connection.query(
            "SELECT t, i FROM unnest($1::text[], $2::bigint[]) AS u (t, i)",
            [.texts(texts), .integers([1, nil, .max, .min, 0, 7])])
        #expect(rows.map { $0.text(0) } == texts)
        #expect(rows.map { $0.int(1) } == [1, nil, .max, .min, 0, 7])
        #expect(try connection.query("SELECT 5 = ANY($1::bigint[])", [.integers([])]).first?.flag(0) == false)
    }

    @Test func aNumberThatIsTooLargeIsNoInteger() async throws {
        let connection = try await connection()
        let row = try connection.query("SELECT 9223372036854775808, -9223372036854775809, '12a', '-', ''").first
        for column in 0..<5 { #expect(row?.int(column) == nil) }
    }

    @Test func manyStatementsInOneBundle() async throws {
        let connection = try await connection()
        try connection.runScript("CREATE TABLE n (i bigint, t text)")
        let text = String(repeating: "x", count: 2000)
        try connection.begin()
        for number in 0..<5000 {
            try connection.queue("INSERT INTO n VALUES ($1, $2)", [.integer(Int64(number)), .text(text)])
        }
        try connection.commit(within: .seconds(60))
        #expect(try connection.query("SELECT count(*), sum(i) FROM n").first?.int(1) == 12_497_500)
        #expect(!connection.isInTransaction)
    }

    @Test func whatFailsInABundleTakesTheBundleWithIt() async throws {
        let connection = try await connection()
        try connection.runScript("CREATE TABLE u (i bigint PRIMARY KEY)")
        try connection.queue("INSERT INTO u VALUES (1)")
        try connection.queue("INSERT INTO u VALUES (1)")
        // Prepared for the first time behind the one that fails.
        try connection.queue("INSERT INTO u VALUES (2)")
        let error = #expect(throws: PostgresError.self) { try connection.flush() }
        #expect(error?.kind == .constraint)
        #expect(error?.sqlState == "23505")
        #expect(try connection.query("SELECT count(*) FROM u").first?.int(0) == 0)
        try connection.execute("INSERT INTO u VALUES (2)")
        #expect(try connection.query("SELECT i FROM u").first?.int(0) == 2)
    }

    @Test func transactionsAreWholeOrNothing() async throws {
        struct Stop: Error {}
        let connection = try await connection()
        try connection.runScript("CREATE TABLE a (i bigint PRIMARY KEY)")
        try connection.transaction { try $0.execute("INSERT INTO a VALUES (1)") }
        #expect(throws: Stop.self) {
            try connection.transaction { transaction in
                try transaction.queue("INSERT INTO a VALUES (2)")
                throw Stop()
            }
        }
        let refused = #expect(throws: PostgresError.self) {
            try connection.transaction { try $0.queue("INSERT INTO a VALUES (1)") }
        }
        #expect(refused?.kind == .constraint)
        #expect(refused?.isOutcomeUnknown == false)
        // A failure that is passed over does not become a commit.
        let aborted = #expect(throws: PostgresError.self) {
            try connection.transaction { transaction in
                try transaction.execute("INSERT INTO a VALUES (3)")
                _ = try? transaction.execute("INSERT INTO a VALUES (1)")
            }
        }
        #expect(aborted?.kind == .transactionAborted)
        #expect(try connection.query("SELECT count(*) FROM a").first?.int(0) == 1)
        #expect(connection.isOpen)
    }

    @Test func aTableThatChangedIsNoticed() async throws {
        let connection = try await connection()
        try connection.runScript("CREATE TABLE c (i bigint); INSERT INTO c VALUES (7)")
        let text = "SELECT * FROM c"
        #expect(try connection.query(text).first?.int(0) == 7)
        try connection.runScript("ALTER TABLE c ADD COLUMN t text DEFAULT 'new'")
        let error = #expect(throws: PostgresError.self) { try connection.query(text) }
        #expect(error?.kind == .conflict)
        #expect(try connection.query(text).first?.text(1) == "new")
    }

    @Test func scriptsRunWholeOrNotAtAll() async throws {
        let connection = try await connection()
        let error = #expect(throws: PostgresError.self) {
            try connection.runScript("CREATE TABLE s (i bigint); CREATE TABLE s (i bigint); SELECT 1")
        }
        #expect(error?.sqlState == "42P07")
        #expect(try connection.query("SELECT to_regclass('s')").first?.isNull(0) == true)
    }

    @Test func aSessionThatOnlyReadsCannotWrite() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let address = try PostgresAddress(server.socketURL(name))
        try PostgresConnection(address, PostgresOptions()).runScript("CREATE TABLE r (i bigint)")
        let reader = try PostgresConnection(address, PostgresOptions(access: .readOnly))
        let error = #expect(throws: PostgresError.self) { try reader.execute("INSERT INTO r VALUES (1)") }
        #expect(error?.sqlState == "25006")
        #expect(try reader.transaction { try $0.query("SELECT count(*) FROM r").first?.int(0) } == 0)
    }

    @Test func theSessionIsSetUpWhateverTheRolesDefaultsAre() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        for setting in [
            "synchronous_commit = off", "statement_timeout = 0", "bytea_output = 'escape'",
            "timezone = 'Asia/Shanghai'",
            "default_transaction_isolation = 'serializable'", "client_encoding = 'LATIN1'",
        ] {
            try await server.sql("ALTER ROLE \(name) SET \(setting)")
        }
        let connection = try PostgresConnection(
            PostgresAddress(server.socketURL(name)), PostgresOptions(applicationName: "polarai-daemon k3v9"))
        let row = try connection.query(
            """
            SELECT current_setting('synchronous_commit'), current_setting('statement_timeout'), '\\x00ff'::bytea, \
            current_setting('timezone'), current_setting('transaction_isolation'), '训练'::text, \
            current_setting('application_name'), current_setting('lock_timeout')
            """
        ).first
        #expect(row?.text(0) == "on")
        #expect(row?.text(1) == "5s")
        #expect(row?.bytes(2) == [0, 255])
        #expect(row?.text(3) == "UTC")
        #expect(row?.text(4) == "read committed")
        #expect(row?.text(5) == "训练")
        #expect(row?.text(6) == "polarai-daemon k3v9")
        #expect(row?.text(7) == "3s")
    }

    @Test func errorsQuoteNoRows() async throws {
        let connection = try await connection()
        try connection.runScript("CREATE TABLE q (t text PRIMARY KEY); INSERT INTO q VALUES ('hush-hush')")
        let error = #expect(throws: PostgresError.self) {
            try connection.execute("INSERT INTO q VALUES ($1)", [.text("hush-hush")])
        }
        #expect(error?.message.contains("hush") == false)
    }
}
