import Foundation

/// Writes a Swift file that holds the text of each migration: `EmbedMigrationsTool OUTPUT FILE...`.
@main
struct EmbedMigrationsTool {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            throw CocoaError(.fileNoSuchFile)
        }
        var source = "extension Migration {\n    /// The files of `migrations/`, in the order of their numbers.\n"
        source += "    package static let all: [Migration] = [\n"
        for path in arguments.dropFirst() {
            let url = URL(fileURLWithPath: path)
            let text = try String(contentsOf: url, encoding: .utf8)
            let name = url.deletingPathExtension().lastPathComponent
            // A raw string with four marks: SQL has no reason to hold the sequence that would end it.
            source += "        Migration(file: ####\"\(name)\"####, sql: ####\"\"\"\n\(text)\n\"\"\"####),\n"
        }
        source += "    ]\n}\n"
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
