import Foundation

/// PostgreSQL's own server in a folder of its own, on a Unix socket and on a port of 127.0.0.1, with TLS.
///
/// Nothing survives a crash of the host (`fsync=off`), and it ends with the tests that started it, however they end.
package final class RealPostgres: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The superuser, who needs no password on the Unix socket.
    package static let owner = "postgres"

    private let folder: TemporaryFolder
    private let server: RunningProgram
    package let port: Int
    /// What its certificate is signed by: for `localhost` and 127.0.0.1.
    package let certificates: Certificates

    /// The folder of its Unix socket.
    package var socketFolder: String { folder.path }

    /// For tests that share one server and take a database each.
    package static func shared() async throws -> RealPostgres { try await common.value }

    private static let common = Task { try await RealPostgres() }

    /// Whether the server is installed here.
    package static var isInstalled: Bool { (try? binaries()) != nil }

    /// Why a test was skipped.
    package static let missing = "PostgreSQL's server is not installed here: apt-get install postgresql"

    /// Makes a cluster and starts it.
    ///
    /// - Parameters:
    ///   - settings: lines of postgresql.conf.
    ///   - hostRules: lines of pg_hba.conf for 127.0.0.1.
    /// - Throws: `Failure`, or `TimedOut` with what the server said.
    package init(
        settings: [String] = [], hostRules: [String] = ["host all all 127.0.0.1/32 scram-sha-256"]
    ) async throws {
        folder = try TemporaryFolder()
        certificates = try await Certificates()
        port = try Self.freePort()
        let data = folder.file("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: data)
        let identity = try await certificates.server()
        for (file, name) in [(identity.certificateFile, "server.crt"), (identity.keyFile, "server.key")] {
            try FileManager.default.copyItem(atPath: file, toPath: folder.file(name))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file(name))
        }
        for path in [folder.path, data, folder.file("server.crt"), folder.file("server.key")] {
            try Self.giveAway(path)
        }
        let initialised = try await run(
            Self.binary("env"),
            try Self.asPlainUser(
                try Self.binaries() + "/initdb",
                ["-D", data, "-U", Self.owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]),
            workingFolder: "/", within: .seconds(120))
        guard initialised.exitCode == 0 else { throw Failure(description: "initdb: \(initialised.errors)") }
        try Self.append(
            [
                "listen_addresses = '127.0.0.1'", "port = \(port)", "unix_socket_directories = '\(folder.path)'",
                "fsync = off", "full_page_writes = off", "shared_buffers = 16MB", "max_connections = 60",
                "autovacuum = off", "ssl = on", "ssl_cert_file = '\(folder.file("server.crt"))'",
                "ssl_key_file = '\(folder.file("server.key"))'", "lc_messages = 'C.UTF-8'",
            ] + settings, to: data + "/postgresql.conf")
        try Self.replace(data + "/pg_hba.conf", ["local all all trust"] + hostRules)
        server = try RunningProgram(
            Self.binary("sh"),
            ["-c", Self.watch, "sh", "\(ProcessInfo.processInfo.processIdentifier)", folder.path, Self.binary("env")]
                + Self.asPlainUser(try Self.binaries() + "/postgres", ["-D", data]), workingFolder: "/")
        try await waitUntilReady()
    }

    deinit {
        server.signal(SIGTERM)
        // The folder goes next, and the server must not be at work in it.
        for _ in 0..<200 where server.ended == nil { usleep(20_000) }
    }

    /// Starts the server in the background, ends it on SIGTERM or with the tests, and then removes the folder.
    private static let watch = """
        tests=$1; folder=$2; shift 2
        "$@" & server=$!
        end() { kill -QUIT $server 2>/dev/null; wait $server; rm -rf "$folder"; exit 0; }
        trap end TERM INT
        while [ -d "/proc/$tests" ] && kill -0 $server 2>/dev/null; do sleep 0.3 & wait $!; done
        end
        """

    // MARK: - Using it

    /// Runs statements as the superuser, through PostgreSQL's own client.
    ///
    /// - Returns: what it prints: unaligned, without headings.
    /// - Throws: `Failure` with what the server said.
    @discardableResult
    package func sql(_ text: String, database: String = "postgres") async throws -> String {
        let result = try await run(
            Self.binaries() + "/psql",
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", socketFolder, "-p", "\(port)", "-U", Self.owner,
                "-d", database, "-c", text,
            ], within: .seconds(60))
        guard result.exitCode == 0 else { throw Failure(description: "psql: \(result.errors)") }
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// A new database, and a role of the same name that owns it and may log in with the password.
    package func makeDatabase(password: String = "not-secret-1") async throws -> String {
        let name = "t" + String(UInt64.random(in: 0..<1 << 48), radix: 36)
        try await sql("CREATE ROLE \(name) LOGIN PASSWORD '\(password)'")
        try await sql("CREATE DATABASE \(name) OWNER \(name) TEMPLATE template0")
        return name
    }

    /// By the Unix socket.
    package func socketURL(_ database: String, user: String? = nil) -> String {
        "postgresql://\(user ?? database)@/\(database)?host=\(socketFolder)&port=\(port)"
    }

    // MARK: - Its life

    /// The server's main process.
    ///
    /// - Throws: `Failure` while it does not run.
    package func processID() throws -> Int32 {
        let lines = folder.read("data/postmaster.pid").split(separator: "\n")
        guard let pid = lines.first.flatMap({ Int32($0) }) else {
            throw Failure(description: "the server does not run")
        }
        return pid
    }

    private func waitUntilReady() async throws {
        try await eventually("PostgreSQL to take connections", within: .seconds(60), every: .milliseconds(50)) {
            if server.ended != nil { throw Failure(description: "postgres ended: \(server.errors)") }
            return (try? await sql("SELECT 1")) == "1"
        }
    }

    // MARK: - Starting programs

    /// Of the newest version that is installed.
    private static func binaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init)
            .sorted()
        for version in versions.reversed() {
            let path = "\(root)/\(version)/bin"
            if FileManager.default.isExecutableFile(atPath: path + "/postgres") { return path }
        }
        return (try ProgramPath.system("postgres") as NSString).deletingLastPathComponent
    }

    private static func binary(_ name: String) throws -> String { try ProgramPath.system(name) }

    /// The server refuses to run as root.
    private static let plainUser: uid_t = 65_534
    private static var isRoot: Bool { geteuid() == 0 }

    /// For env(1), which runs it.
    private static func asPlainUser(_ program: String, _ arguments: [String]) throws -> [String] {
        guard isRoot else { return [program] + arguments }
        let user = "\(plainUser)"
        return [try binary("setpriv"), "--reuid", user, "--regid", user, "--clear-groups", program] + arguments
    }

    private static func giveAway(_ path: String) throws {
        guard isRoot else { return }
        guard chown(path, plainUser, plainUser) == 0 else { throw Failure(description: "chown \(path) failed") }
    }

    private static func append(_ lines: [String], to path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try replace(path, [text] + lines)
    }

    /// In place: the file stays the server's.
    private static func replace(_ path: String, _ lines: [String]) throws {
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: false, encoding: .utf8)
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw LoopbackError(call: "bind", code: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
