import Foundation

/// Writes a Swift file that holds the text of each file: `EmbedPageFilesTool OUTPUT FILE...`.
@main
struct EmbedPageFilesTool {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else {
            throw CocoaError(.fileNoSuchFile)
        }
        var source = "extension PageFile {\n    /// The files of `web/`, by name.\n"
        source += "    package static let all: [PageFile] = [\n"
        for path in arguments.dropFirst() {
            let url = URL(fileURLWithPath: path)
            let text = try String(contentsOf: url, encoding: .utf8)
            // A raw string with four marks: no style or script has a reason to hold the sequence that would end it.
            source +=
                "        PageFile(name: ####\"\(url.lastPathComponent)\"####, text: ####\"\"\"\n\(text)\n\"\"\"####),\n"
        }
        source += "    ]\n}\n"
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
