import Foundation
import TestSupport
import Testing

/// The Chinese README says what the English one says, as far as a program can tell.
struct ReadmeTests {
    /// How a heading of the English page reads in the Chinese one.
    private static let chinese = [
        "# polarai-daemon": "# polarai-daemon", "## Two commands": "## 两条命令上手", "## A config": "## 配置",
        "## Commands": "## 命令", "## Who is notified when": "## 什么时候通知谁", "## The status page": "## 状态页",
        "## Under systemd": "## 在 systemd 下运行", "## What it promises": "## 可靠性承诺", "## Limits": "## 限制",
        "## More": "## 更多",
    ]

    private func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: "\(ProgramPath.package)/\(name)", encoding: .utf8).components(separatedBy: "\n")
    }

    /// Lines of code blocks without their comments, which are in the page's language, and the first cell of the rows of tables.
    private func commands(_ lines: [String]) -> [String] {
        var commands: [String] = []
        var isCode = false
        for line in lines {
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode {
                let command = line.firstRange(of: #/ {2,}# /#).map { line[..<$0.lowerBound] } ?? line[...]
                if command.contains(where: { $0 != " " }) { commands.append(String(command)) }
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
        #expect(english.map { Self.chinese[$0] ?? "no translation of \($0)" } == chinese)
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
