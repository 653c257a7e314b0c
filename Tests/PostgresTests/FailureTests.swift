import Foundation
import TestSupport
import Testing

@testable import Postgres

/// What goes wrong on the way to a server and within a session.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct FailureTests {
    private func failure(_ url: String, _ options: PostgresOptions = PostgresOptions()) -> PostgresError? {
        do {
            _ = try PostgresConnection(PostgresAddress(url), options)
            return nil
        } catch {
            return error
        }
    }

    @Test func whatALoginIsRefusedFor() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-77")
        let place = "127.0.0.1:\(server.port)"
        #expect(failure("postgresql://\(name):Kolibri-77@\(place)/\(name)") == nil)

        let wrong = failure("postgresql://\(name):Falter-99@\(place)/\(name)")
        #expect(wrong?.kind == .authentication)
        #expect(wrong?.sqlState == "28P01")
        #expect(wrong?.message.contains(place) == true)
        #expect(wrong?.message.contains("Falter") == false)
        #expect(failure("postgresql://\(name)@\(place)/\(name)")?.kind == .authentication)
        #expect(failure("postgresql://nobody_here:x1234567@\(place)/\(name)")?.kind == .authentication)
        #expect(failure(server.socketURL("postgres", user: "nobody_here"))?.kind == .authentication)
        #expect(failure(server.socketURL("not_there", user: name))?.kind == .noSuchDatabase)
    }

    @Test func aRoleThatMayNotConnect() async throws {
        let server = try await RealPostgres.shared()
        let (own, other) = (try await server.makeDatabase(), try await server.makeDatabase())
        try await server.sql("REVOKE CONNECT ON DATABASE \(own) FROM PUBLIC")
        let error = failure(server.socketURL(own, user: other))
        #expect(error?.kind == .permission)
        #expect(error?.needsOperator == true)
    }

    @Test func tooManySessionsAreWorthWaitingFor() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        try await server.sql("ALTER ROLE \(name) CONNECTION LIMIT 1")
        let first = try PostgresConnection(PostgresAddress(server.socketURL(name)), PostgresOptions())
        let error = failure(server.socketURL(name))
        #expect(error?.kind == .tooManyConnections)
        #expect(error?.isOutage == true)
        first.close()
    }

    @Test func aServerThatTakesNoWritesIsWaitedForAndNamed() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-79")
        try await server.sql("ALTER ROLE \(name) SET default_transaction_read_only = on")
        let error = failure(server.socketURL(name))
        #expect(error?.kind == .readOnly)
        #expect(error?.isOutage == true)
        #expect(error?.message.contains("default_transaction_read_only is on") == true)
        // Whoever only reads may go on.
        #expect(failure(server.socketURL(name), PostgresOptions(access: .readOnly)) == nil)
        // Of several servers, the one that answers and takes no writes says most.
        let closed = try LoopbackServer { _ in }
        closed.stop()
        let both = failure("postgresql://\(name):Kolibri-79@127.0.0.1:\(closed.port),127.0.0.1:\(server.port)/\(name)")
        #expect(both?.kind == .readOnly)
        #expect(both.flatMap(DatabaseCheckup.advice)?.contains("turn it off") == true)
        try await server.sql("ALTER ROLE \(name) RESET default_transaction_read_only")
        #expect(failure(server.socketURL(name)) == nil)
    }

    @Test func aStandbyIsNamed() {
        let reader = MessageReader(secrets: [])
        let words = "connection to server at \"10.0.0.7\", port 5432 failed: session is read-only"
        let standby = reader.connectionError(words, at: "db2:5432", isStandby: true)
        #expect(
            standby.kind == .standby && standby.message == "db2:5432: the server is a standby, which takes no writes")
        #expect(reader.connectionError(words, at: "db2:5432").kind == .readOnly)
        let hot = "connection to server at \"10.0.0.7\", port 5432 failed: server is in hot standby mode"
        #expect(reader.connectionError(hot, at: "db2:5432").kind == .standby)
    }

    @Test func nobodyListens() throws {
        let closed = try LoopbackServer { _ in }
        closed.stop()
        let error = failure("postgresql://u@127.0.0.1:\(closed.port)/d")
        #expect(error?.kind == .unreachable || error?.kind == .connectionLost)
        #expect(error?.isOutage == true)
        #expect(failure("postgresql://u@/d?host=/nonexistent/folder")?.kind == .unreachable)
        #expect(failure("postgresql://u@does-not-exist.invalid/d")?.isOutage == true)
    }

    @Test func aServerThatSaysNothingIsGivenUp() throws {
        let silent = try LoopbackServer { $0.waitForEnd() }
        defer { silent.stop() }
        let options = PostgresOptions(connectLimit: .milliseconds(1500))
        let error = failure("postgresql://u@127.0.0.1:\(silent.port)/d", options)
        #expect(error?.kind == .timeout)
        #expect(error?.message.contains("1.5 s") == true)
    }

    @Test func theNextServerIsTriedAndASilentOneTakesOnlyItsShare() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-78")
        let silent = try LoopbackServer { $0.waitForEnd() }
        defer { silent.stop() }
        let url = "postgresql://\(name):Kolibri-78@127.0.0.1:\(silent.port),localhost:\(server.port)/\(name)"
        let connection = try PostgresConnection(PostgresAddress(url), PostgresOptions(connectLimit: .seconds(4)))
        #expect(try connection.query("SELECT current_user").first?.text(0) == name)
        #expect(silent.connectionCount >= 1)
    }

    @Test func aServerThatSpeaksAnotherProtocol() throws {
        let other = try LoopbackServer { connection in
            _ = connection.readSome()
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        defer { other.stop() }
        let error = failure("postgresql://u@127.0.0.1:\(other.port)/d")
        #expect(error?.isOutage == true)
    }

    @Test func aFrozenServerIsGivenUpAndTheSessionIsClosed() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let options = PostgresOptions(statementLimit: .seconds(1))
        let connection = try PostgresConnection(PostgresAddress(server.socketURL(name)), options)
        kill(Int32(connection.backendID), SIGSTOP)
        defer { kill(Int32(connection.backendID), SIGCONT) }
        let error = #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
        #expect(error?.kind == .timeout)
        #expect(!connection.isOpen)
        let after = #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
        #expect(after?.kind == .connectionLost)
    }

    @Test func aSlowStatementIsEndedByTheServer() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let options = PostgresOptions(statementLimit: .milliseconds(200))
        let connection = try PostgresConnection(PostgresAddress(server.socketURL(name)), options)
        let error = #expect(throws: PostgresError.self) {
            try connection.query("SELECT pg_sleep(600)", within: .seconds(60))
        }
        #expect(error?.kind == .statementTimeout)
        #expect(connection.isOpen)
        try connection.setStatementLimit(.seconds(30))
        #expect(try connection.query("SELECT 1").first?.int(0) == 1)
    }

    @Test func aLockIsNotWaitedForWithoutEnd() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let address = try PostgresAddress(server.socketURL(name))
        let holder = try PostgresConnection(address, PostgresOptions(idleLimit: .seconds(60)))
        try holder.runScript("CREATE TABLE l (i bigint); INSERT INTO l VALUES (1)")
        try holder.begin()
        try holder.execute("UPDATE l SET i = 2")
        let waiting = try PostgresConnection(address, PostgresOptions(lockLimit: .milliseconds(200)))
        let error = #expect(throws: PostgresError.self) { try waiting.execute("UPDATE l SET i = 3") }
        #expect(error?.kind == .conflict)
        holder.rollback()
        #expect(try waiting.execute("UPDATE l SET i = 3") == 1)
    }

    @Test func anEndedSessionSaysSo() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let connection = try PostgresConnection(PostgresAddress(server.socketURL(name)), PostgresOptions())
        try await server.sql("SELECT pg_terminate_backend(\(connection.backendID))")
        let error = #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
        #expect(error?.isOutage == true)
        #expect(!connection.isOpen)
    }

    @Test(arguments: [CuttingProxy.Cut.before, .after])
    func theAnswerToACommitIsLost(_ cut: CuttingProxy.Cut) async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-79")
        let local = try PostgresConnection(PostgresAddress(server.socketURL(name)), PostgresOptions())
        try local.runScript("CREATE TABLE k (i bigint)")
        let proxy = try CuttingProxy(to: server.port, word: "COMMIT", cut)
        let connection = try PostgresConnection(
            PostgresAddress("postgresql://\(name):Kolibri-79@127.0.0.1:\(proxy.port)/\(name)?sslmode=disable"),
            PostgresOptions())
        let error = #expect(throws: PostgresError.self) {
            try connection.transaction { try $0.execute("INSERT INTO k VALUES (1)") }
        }
        #expect(error?.isOutcomeUnknown == true)
        #expect(!connection.isOpen)
        let expected: Int64 = cut == .after ? 1 : 0
        #expect(try local.query("SELECT count(*) FROM k").first?.int(0) == expected)
    }

    @Test func aConnectionThatIsLostBeforeTheCommitIsNoRiddle() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-80")
        let proxy = try CuttingProxy(to: server.port, word: "pg_lsn", .before)
        let connection = try PostgresConnection(
            PostgresAddress("postgresql://\(name):Kolibri-80@127.0.0.1:\(proxy.port)/\(name)?sslmode=disable"),
            PostgresOptions())
        let error = #expect(throws: PostgresError.self) {
            try connection.transaction { try $0.query("SELECT '0/0'::pg_lsn") }
        }
        #expect(error?.isOutage == true)
        #expect(error?.isOutcomeUnknown == false)
    }
}
