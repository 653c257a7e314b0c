import Foundation
import TestSupport
import Testing

/// The Chinese README says what the English one says, as far as a program can tell.
struct ReadmeTests {
    private func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: "\(ProgramPath.package)/\(name)", encoding: .utf8).components(separatedBy: "\n")
    }

    /// Lines of code blocks, and the first cell of the rows of tables.
    private func commands(_ lines: [String]) -> [String] {
        var commands: [String] = []
        var isCode = false
        for line in lines {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                commands.append(line)
            } else if line.hasPrefix("| `"), let cell = line.dropFirst(2).firstRange(of: "` |") {
                commands.append(String(line[..<cell.lowerBound]))
            }
        }
        return commands
    }

    @Test func `both have the same headings`() throws {
        let english = try lines("README.md").filter { $0.hasPrefix("#") }
        let chinese = try lines("README.zh-CN.md").filter { $0.hasPrefix("#") }
        #expect(!english.isEmpty)
        #expect(english == chinese)
    }

    @Test func `both have the same commands and examples`() throws {
        let english = commands(try lines("README.md"))
        #expect(english.count > 40)
        #expect(english == commands(try lines("README.zh-CN.md")))
    }

    @Test func `both promise the same number of things`() throws {
        let english = try lines("README.md").count { $0.hasPrefix("- ") }
        let chinese = try lines("README.zh-CN.md").count { $0.hasPrefix("- ") }
        #expect(english == chinese)
    }
}
