import Foundation
import Model
import TestSupport
import Testing

@testable import Postgres

/// A real pgbouncer in front of a real server: sessions of one client each will do, sessions that clients share will not.
@Suite(
    .timeLimit(.minutes(5)), .enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"),
    .enabled(if: Pooler.isInstalled, "\(Pooler.missing)"))
struct PoolerTests {
    @Test(arguments: ["session", "transaction", "statement"])
    func `doctor accepts session pooling alone`(mode: String) async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let pooler = try await Pooler(mode, for: server, user: name)
        let findings = DatabaseCheckup.findings(try PostgresAddress(pooler.url(name)), PostgresOptions())
        guard mode == "session" else {
            let faults = findings.filter { $0.grade == .fault }
            #expect(faults.contains { $0.words.contains("session pooling") }, "\(findings.map(\.words))")
            return
        }
        #expect(findings.first?.grade == .good, "\(findings.map(\.words))")
        #expect(findings.first { $0.subject == "database pooling" }?.grade == .good)
    }

    @Test func `a session of a pooler has its own settings, and prepared statements`() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let pooler = try await Pooler("session", for: server, user: name)
        let address = try PostgresAddress(pooler.url(name))
        let first = try PostgresConnection(
            address, PostgresOptions(applicationName: "polarai-daemon one", statementLimit: .milliseconds(4100)))
        defer { first.close() }
        #expect(try first.query("SHOW statement_timeout").first?.text(0) == "4100ms")
        #expect(try first.query("SHOW application_name").first?.text(0) == "polarai-daemon one")
        for number in 0..<3 {
            #expect(
                try first.query("SELECT $1::bigint + 1", [.integer(Int64(number))]).first?.int(0) == Int64(number) + 1)
        }
    }
}

/// pgbouncer on a Unix socket, which lets one user in.
final class Pooler: Sendable {
    static let missing = "pgbouncer is not installed here: apt-get install pgbouncer"
    static var isInstalled: Bool { program != nil }

    private static var program: String? {
        ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].first(where: FileManager.default.isExecutableFile)
    }

    private let folder: TemporaryFolder
    private let process: RunningProgram

    init(_ mode: String, for server: RealPostgres, user: String) async throws {
        folder = try TemporaryFolder()
        // Unix sockets alone, in a folder of its own: no port is taken from anybody.
        try folder.write(
            "pgbouncer.ini",
            """
            [databases]
            * = host=\(server.socketFolder) port=\(server.port)
            [pgbouncer]
            unix_socket_dir = \(folder.path)
            listen_port = 6432
            auth_type = trust
            auth_file = \(folder.file("users"))
            pool_mode = \(mode)
            default_pool_size = 2
            ignore_startup_parameters = extra_float_digits
            """, permissions: 0o644)
        try folder.write("users", "\"\(user)\" \"\"\n", permissions: 0o644)
        var arguments = [folder.file("pgbouncer.ini")]
        if geteuid() == 0 {
            // It refuses to run as root.
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755, .ownerAccountID: 65_534], ofItemAtPath: folder.path)
            arguments = ["-u", "nobody"] + arguments
        }
        process = try RunningProgram(Self.program ?? "pgbouncer", arguments)
        let socket = folder.file(".s.PGSQL.6432")
        try await eventually("pgbouncer to listen", within: .seconds(60)) {
            if let ended = process.ended { throw TimedOut("pgbouncer ended (\(ended)): \(process.errors)") }
            return FileManager.default.fileExists(atPath: socket)
        }
    }

    deinit {
        process.signal(SIGTERM)
        for _ in 0..<200 where process.ended == nil { usleep(20_000) }
    }

    func url(_ database: String) -> String {
        "postgresql://\(database)@/\(database)?host=\(folder.path)&port=6432"
    }
}
