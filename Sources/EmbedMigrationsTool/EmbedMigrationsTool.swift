import Foundation

/// Writes a Swift file that holds the text of each migration: `EmbedMigrationsTool OUTPUT FILE...`.
@main
struct EmbedMigrationsTool {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            throw CocoaError(.fileNoSuchFile)
        }
        let urls = arguments.dropFirst().map { URL(fileURLWithPath: $0) }
        let ofPostgres = urls.filter { $0.deletingLastPathComponent().lastPathComponent == "postgres" }
        let source = """
            extension Migration {
                /// The files of `migrations/`, in the order of their numbers: for SQLite.
                package static let all: [Migration] = [
            \(try list(urls.filter { !ofPostgres.contains($0) }))
                ]

                /// The files of `migrations/postgres/`, in the order of their numbers.
                package static let postgres: [Migration] = [
            \(try list(ofPostgres))
                ]
            }

            """
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }

    /// A raw string with four marks: SQL has no reason to hold the sequence that would end it.
    private static func list(_ urls: [URL]) throws -> String {
        try urls.map { url in
            let text = try String(contentsOf: url, encoding: .utf8)
            let name = url.deletingPathExtension().lastPathComponent
            return "Migration(file: ####\"\(name)\"####, sql: ####\"\"\"\n\(text)\n\"\"\"####),"
        }.joined(separator: "\n")
    }
}
