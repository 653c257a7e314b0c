import Alerts
import Config
import Foundation
import Testing

/// One file per mistake in Fixtures/bad, one per warning in Fixtures/warned, and beside each what is said of it.
///
/// `RECORD_FIXTURES=1` writes what is said now into the `.expected` files: look at the difference before committing it.
struct MistakeTests {
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_FIXTURES"] == "1"

    @Test(arguments: Fixture.names(in: "bad"))
    func `a bad config is refused with every mistake`(name: String) throws {
        let said = try findings("bad", name)
        #expect(said.isRefused)
        try compare(said.lines, with: "bad", name)
    }

    @Test(arguments: Fixture.names(in: "warned"))
    func `a doubtful config is taken with a warning or a note`(name: String) throws {
        let said = try findings("warned", name)
        #expect(!said.isRefused)
        #expect(!said.lines.isEmpty)
        try compare(said.lines, with: "warned", name)
    }

    @Test func `there are fixtures at all`() {
        #expect(Fixture.names(in: "bad").count > 100)
        #expect(Fixture.names(in: "warned").count > 10)
    }

    private func findings(_ kind: String, _ name: String) throws -> (isRefused: Bool, lines: [String]) {
        let bytes = try Fixture.bytes(Fixture.folder.appending(path: "\(kind)/\(name).json"))
        let loader = ConfigLoader(environment: fixtureEnvironment, targets: TargetRegistry.builtIn.table)
        do {
            let loaded = try loader.load(bytes, path: "config.json", permissions: 0o600)
            return (false, loaded.lines)
        } catch {
            return (true, error.findings.map { $0.line(file: error.file) })
        }
    }

    private func compare(_ lines: [String], with kind: String, _ name: String) throws {
        let expected = Fixture.folder.appending(path: "\(kind)/\(name).expected")
        let text = lines.map { $0 + "\n" }.joined()
        if Self.isRecording {
            try text.write(to: expected, atomically: true, encoding: .utf8)
        } else {
            #expect(text == (try String(contentsOf: expected, encoding: .utf8)))
        }
    }
}
