import Foundation
import Model
import TestSupport

/// Where a daemon works: its config, database and sockets, in a folder of its own.
struct Site: Sendable {
    let folder: TemporaryFolder
    /// What every program that runs here finds in its environment.
    let environment: [String: String]

    var configFile: String { folder.file("config.json") }
    /// Its own file, or the URL of a database that several sites share.
    var database: String { sharedDatabase ?? folder.file("polarai.db") }
    private var sharedDatabase: String?

    init(environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        let sockets = folder.file("run")
        try FileManager.default.createDirectory(atPath: sockets, withIntermediateDirectories: false)
        self.environment = ["POLARAI_CONFIG": folder.file("config.json"), "RUNTIME_DIRECTORY": sockets]
            .merging(environment) { $1 }
    }

    /// A site whose config is there already.
    init(_ config: DaemonConfig, environment: [String: String] = [:]) throws {
        try self.init(environment: environment)
        sharedDatabase = config.databaseURL
        try configure(config)
    }

    func configure(_ config: DaemonConfig) throws {
        try configure(config.text(database: database))
    }

    func configure(_ text: String) throws {
        try folder.write("config.json", text, permissions: 0o600)
    }

    // MARK: - The daemon

    /// Starts the daemon; it may not be ready yet, or never get so.
    func launch(environment more: [String: String] = [:]) throws -> RunningDaemon {
        try RunningDaemon(environment: environment.merging(more) { $1 })
    }

    /// Starts the daemon and waits until it says that it is ready.
    func start(environment more: [String: String] = [:]) async throws -> RunningDaemon {
        let daemon = try launch(environment: more)
        try await daemon.awaitReady()
        return daemon
    }

    // MARK: - The command line

    /// Runs `polarai-daemon ARGUMENTS` to its end.
    func run(_ arguments: [String], within limit: Duration = .seconds(60)) async throws -> FinishedProgram {
        try await TestSupport.run(
            ProgramPath.built("polarai-daemon"), arguments, environment: environment, within: limit)
    }

    func run(_ arguments: String...) async throws -> FinishedProgram {
        try await run(arguments)
    }

    /// The JSON that a command prints which reads the database, whatever the config is at the moment.
    ///
    /// - Throws: `CommandFailed` where it does not exit 0.
    func json(_ arguments: [String]) async throws -> JSONValue {
        let result = try await run(arguments + ["--format", "json", "--database", database])
        guard result.exitCode == 0 else { throw CommandFailed(arguments, result) }
        return try JSONValue(parsing: Array(result.output.utf8))
    }

    /// `history --limit 0 --format json`: everything, oldest first. Empty while there is no database yet.
    func history(_ filters: String...) async throws -> [HistoryLine] {
        guard sharedDatabase != nil || FileManager.default.fileExists(atPath: database) else { return [] }
        let rows = try await json(["history", "--limit", "0"] + filters)
        return (rows.arrayValue ?? []).map(HistoryLine.init)
    }

    /// `status --format json`.
    func status() async throws -> JSONValue {
        try await json(["status"])
    }

    /// A cluster's line of `status`.
    func status(of cluster: String) async throws -> JSONValue? {
        try await status()["clusters"]?.arrayValue?.first { $0["cluster"]?.stringValue == cluster }
    }

    // MARK: - Waiting for what the database shows

    /// Waits until the whole history is as `condition` wants it.
    @discardableResult
    func awaitHistory(
        _ what: String, within limit: Duration = .seconds(60), where condition: ([HistoryLine]) throws -> Bool
    ) async throws -> [HistoryLine] {
        try await eventually(what, within: limit, every: .milliseconds(100)) {
            let lines = try await history()
            return try condition(lines) ? lines : nil
        }
    }
}

/// A command that should have worked.
struct CommandFailed: Error, CustomStringConvertible {
    let description: String

    init(_ arguments: [String], _ result: FinishedProgram) {
        description = "\(arguments.joined(separator: " ")): \(result.ending): \(result.errors)"
    }
}

/// One object of `history --format json`.
struct HistoryLine: Hashable, Sendable, CustomStringConvertible {
    let json: JSONValue

    var seq: Int64 { json["seq"]?.integerValue ?? 0 }
    var id: String { json["id"]?.stringValue ?? "" }
    var event: String { json["event"]?.stringValue ?? "" }
    var cluster: String? { json["cluster"]?.stringValue }
    var from: String? { json["from"]?.stringValue }
    var to: String? { json["to"]?.stringValue }
    var kind: String { json["kind"]?.stringValue ?? "" }
    var alerts: [JSONValue] { json["alerts"]?.arrayValue ?? [] }
    var alertStates: [String] { alerts.compactMap { $0["state"]?.stringValue } }
    var isDelivered: Bool { !alerts.isEmpty && alertStates.allSatisfy { $0 == "delivered" } }
    var isFirstSeen: Bool { kind == "first_seen" }

    /// What never changes once it is stored: all but how far its alerts have got.
    var facts: JSONValue {
        guard var members = json.objectValue else { return json }
        members["alerts"] = nil
        return .object(members)
    }

    var description: String { json.text() }
}

extension [HistoryLine] {
    /// Those that are no first answer.
    var changes: [HistoryLine] { filter { !$0.isFirstSeen } }

    /// `event FROM→TO` of each.
    var words: [String] { map { "\($0.event) \($0.from ?? "-")→\($0.to ?? "-")" } }

    func of(_ cluster: String) -> [HistoryLine] { filter { $0.cluster == cluster } }
}

extension JSONValue {
    var integerValue: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The names of its members, sorted.
    var keys: [String] { objectValue?.keys.sorted() ?? [] }

    /// RFC 3339 in UTC with milliseconds, as every time outside tables is written.
    var isTime: Bool {
        stringValue?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
    }
}
