import Foundation
import TestSupport
import Testing

/// docs/messages: every text of the sources that an operator can meet, to be read by people.
struct MessageTests {
    @Test func `the pages have the texts of the sources`() async throws {
        let check = try await run(
            "/usr/bin/env", ["python3", "\(ProgramPath.package)/scripts/messages.py", "--check"], within: .seconds(300))
        #expect(check.exitCode == 0, "\(check.output)\(check.errors)")
    }

    /// Turns of phrase that stop a reader.
    @Test(arguments: [
        #"(?<!ere )is no (?!such|longer|more)"#, #"\btold\b"#, #"\bmend"#, #"\bits kin\b"#, #", say[,.)]"#,
        #"\bturns? \S+ away\b"#,
        #"\bwhere (not|it can)\b"#, #"\b[Nn]ext try\b"#, #"history database"#,
        #"\b([Aa]|[Tt]he|[Oo]ne|[Tt]his|[Ee]very|[Nn]o|[Tt]hese) clusters?\b"#,
    ])
    func `no text has it`(phrase: String) throws {
        let pattern = try NSRegularExpression(pattern: phrase)
        let folder = "\(ProgramPath.package)/docs/messages"
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(pages.count > 5)
        for page in pages {
            let text = try String(contentsOfFile: "\(folder)/\(page)", encoding: .utf8)
            for line in text.split(separator: "\n").map(String.init) {
                let range = NSRange(line.startIndex..., in: line)
                #expect(pattern.firstMatch(in: line, range: range) == nil, "\(page): \(line)")
            }
        }
    }
}
