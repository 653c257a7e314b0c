import Foundation
import Model
import TestSupport
import Testing

/// `status --watch` on a terminal of its own.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct StatusWatchTests {
    private static let cluster = "pm-2ze9watch00001"

    private struct Picture {
        let exit: Int64?
        let output: String
        let isRestored: Bool
        let frames: Int64

        /// What stood on the screen last, without escape sequences.
        var last: String {
            let screen = output.components(separatedBy: "\u{1B}[?7h").first ?? ""
            return (screen.components(separatedBy: "\u{1B}[H").last ?? "")
                .replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "").replacing("\r\r\n", with: "\n")
        }
    }

    private func watch(
        _ site: Site, keys: String, after seconds: Double = 0, rows: Int = 24, columns: Int = 200,
        meanwhile body: () async throws -> Void = {}
    ) async throws -> Picture {
        let program = try RunningProgram(
            ProgramPath.system("python3"),
            [
                PythonEnvironment.scripts + "/terminal.py", "\(rows)", "\(columns)", keys, "\(seconds)",
                ProgramPath.built("polarai-daemon"), "status", "--watch", "--utc",
            ], environment: site.environment.merging(["TERM": "xterm", "LANG": "C.UTF-8"]) { $1 })
        try await program.awaitLine(onErrors: true, within: .seconds(60)) { $0 == "shown" }
        try await body()
        try await program.waitUntilEnded(within: .seconds(90))
        let json = try JSONValue(parsing: Array(program.output.utf8))
        return Picture(
            exit: json["exit"]?.integerValue, output: json["output"]?.stringValue ?? "",
            isRestored: json["restored"] == .bool(true), frames: json["frames"]?.integerValue ?? 0)
    }

    @Test func `it is drawn again and again, follows what happens, and q ends it`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let picture = try await watch(site, keys: "q", after: 8) {
            try await simulator.setTask(Self.cluster, status: "FAILED")
        }
        #expect(picture.exit == 0)
        #expect(picture.isRestored)
        #expect(picture.frames >= 4, "at least every 2 s")
        #expect(picture.output.contains("ACTIVATION"))
        #expect(picture.last.contains("FAILED") && picture.last.contains(Self.cluster))
        #expect(picture.output.hasPrefix("\u{1B}[?1049h\u{1B}[?25l"))
        #expect(picture.output.hasSuffix("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"))
        try await daemon.stop()

        // Without the daemon the database is shown; a small window gets what fits.
        let small = try await watch(site, keys: "Q", rows: 4, columns: 30)
        #expect(small.exit == 0)
        #expect(small.last.split(separator: "\n", omittingEmptySubsequences: false).count <= 4)
        #expect(small.last.split(separator: "\n").allSatisfy { $0.count <= 30 })
        #expect(small.last.contains("more lines"))
    }

    @Test(arguments: [("\u{3}", Int64(130)), ("signal:SIGTERM", 143), ("signal:SIGHUP", 129), ("signal:SIGQUIT", 131)])
    func `the terminal is as before after every end`(keys: String, exit: Int64) async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await daemon.stop()
        let picture = try await watch(site, keys: keys)
        #expect(picture.exit == exit)
        #expect(picture.isRestored)
        #expect(picture.output.hasSuffix("\u{1B}[?1049l"))
    }

    @Test func `without a terminal it exits 64`() async throws {
        let site = try Site(DaemonConfig(endpoint: "http://127.0.0.1:1", caFile: nil, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await daemon.stop()
        let refused = try await site.run("status", "--watch")
        #expect(refused.exitCode == 64)
        #expect(refused.output.isEmpty && refused.errors.contains("terminal"))
        #expect(try await site.run("status", "--watch", "--format", "json").exitCode == 64)
        #expect(try await site.run("status", "--watch", "--database", site.folder.file("none.db")).exitCode == 64)
    }
}
