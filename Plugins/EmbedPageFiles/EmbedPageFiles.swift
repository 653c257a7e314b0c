import Foundation
import PackagePlugin

/// Compiles the files of `web/` into the binary: the status page needs no folder beside its program.
@main
struct EmbedPageFiles: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "web")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { ["css", "js", "json", "svg"].contains($0.pathExtension) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !files.isEmpty else {
            Diagnostics.error("no files of the page in \(folder.path())")
            return []
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedPageFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of the page",
                executable: try context.tool(named: "EmbedPageFilesTool").url,
                arguments: [output.path()] + files.map { $0.path() },
                inputFiles: files,
                outputFiles: [output])
        ]
    }
}
