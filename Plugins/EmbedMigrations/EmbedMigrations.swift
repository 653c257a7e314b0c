import Foundation
import PackagePlugin

/// Compiles `migrations/NNNN_name.sql`, and those of PostgreSQL in `migrations/postgres`, into the binary: a daemon is one file, and its schema travels with it.
@main
struct EmbedMigrations: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "migrations")
        let files = try Self.files(in: folder)
        let ofPostgres = try Self.files(in: folder.appending(path: "postgres"))
        guard !files.isEmpty, !ofPostgres.isEmpty else {
            // Without this a program would be built that cannot make a database.
            Diagnostics.error("migrations are missing in \(folder.path())")
            return []
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedMigrations.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count + ofPostgres.count) migrations",
                executable: try context.tool(named: "EmbedMigrationsTool").url,
                arguments: [output.path()] + (files + ofPostgres).map { $0.path() },
                inputFiles: files + ofPostgres,
                outputFiles: [output])
        ]
    }
    private static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "sql" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}
