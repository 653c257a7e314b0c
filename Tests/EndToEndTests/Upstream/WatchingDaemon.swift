import Foundation
import Model
import TestSupport

/// A real daemon on a config and a database of its own; killed with the last reference to it.
final class WatchingDaemon: Sendable {
    let folder: TemporaryFolder
    let program: RunningProgram
    private let environment: [String: String]

    var database: String { folder.file("polarai.db") }
    var log: [String] { program.errorLines }

    /// - Parameters:
    ///   - config: JSON, but for `storage`; the file's first brace is left out.
    ///   - folder: where another one was before; it goes on with that one's database.
    init(_ config: String, in folder: TemporaryFolder? = nil, environment: [String: String] = [:]) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        try Self.configure(config, in: folder)
        self.environment = [
            "POLARAI_CONFIG": folder.file("config.json"), "RUNTIME_DIRECTORY": folder.path,
        ].merging(environment) { $1 }
        program = try RunningProgram(
            ProgramPath.built("polarai-daemon"), ["run"], environment: self.environment)
    }

    static func configure(_ config: String, in folder: TemporaryFolder) throws {
        try folder.write(
            "config.json", #"{"storage": {"path": "\#(folder.file("polarai.db"))"}, \#(config)"#, permissions: 0o600)
    }

    func awaitReady(within limit: Duration = .seconds(30)) async throws {
        try await program.awaitLine(onErrors: true, within: limit) { $0.contains("is ready") }
    }

    /// Runs another command of the program on the same config.
    func run(_ arguments: String..., within limit: Duration = .seconds(60)) async throws -> FinishedProgram {
        try await TestSupport.run(
            ProgramPath.built("polarai-daemon"), arguments, environment: environment, within: limit)
    }

    /// The JSON that a command prints.
    func json(_ arguments: String...) async throws -> JSONValue {
        let result = try await TestSupport.run(
            ProgramPath.built("polarai-daemon"), arguments + ["--format", "json"], environment: environment)
        return try JSONValue(parsing: Array(result.output.utf8))
    }

    /// The stored events of a kind, oldest first; none while there is no database.
    func history(of event: String) async throws -> [JSONValue] {
        guard FileManager.default.fileExists(atPath: database) else { return [] }
        return try await json("history", "--limit", "0", "--event", event).arrayValue ?? []
    }

    /// The last errors of all clusters, where there are any.
    func lastErrors() async throws -> [String] {
        try await json("status")["clusters"]?.arrayValue?.compactMap { $0["last_error"]?.stringValue } ?? []
    }
}
