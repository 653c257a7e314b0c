import Foundation
import Model
import TestSupport
import Testing

/// Targets of type `command`: the daemon, the hooks runner and the hook as three processes.
@Suite(.timeLimit(.minutes(10)))
struct HooksTests {
    private static let task = "pm-2ze9hooked00001"

    private func config(_ simulator: Simulator, _ site: Site, hook: String) -> DaemonConfig {
        var config = DaemonConfig(simulator, clusters: [Self.task])
        config.targets =
            #"{"deploy": {"type": "command", "hook": "deploy", "socket": "\#(site.folder.file("h.sock"))", "retry": ["300ms"]}}"#
        config.hooks = #"{"deploy": {"command": ["/bin/sh", "\#(site.folder.file("hook.sh"))"], "timeout": "20s"}}"#
        return config
    }

    private func runner(_ site: Site) throws -> RunningProgram {
        try RunningProgram(
            ProgramPath.built("polarai-daemon"), ["hooks", "--socket", site.folder.file("h.sock")],
            environment: ["POLARAI_CONFIG": site.configFile])
    }

    @Test func `no runner, 75, a runner that is stopped, and then delivered`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [{"id": "\#(Self.task)", "phases": [{"at": "-1m", "status": "FAILED"}]}]}"#)
        let site = try Site()
        try site.folder.write(
            "hook.sh",
            """
            cd '\(site.folder.path)'
            echo run >> runs
            case $(wc -l < runs) in
            1) echo not yet; exit 75 ;;
            2) sleep 60 ;;
            *) cat > input; echo "$POLARAI_EVENT $POLARAI_CLUSTER $POLARAI_ALERT_ID" ;;
            esac
            """)
        try site.configure(config(simulator, site, hook: "hook.sh"))
        let daemon = try await site.start()
        try await site.awaitAlert { $0["last_error"]?.stringValue?.contains("no hooks runner answers") == true }

        let first = try runner(site)
        try await eventually("the second run", within: .seconds(60)) {
            site.folder.read("runs").split(separator: "\n").count >= 2
        }
        #expect(try await first.stop() == .exit(0))
        let second = try runner(site)
        try await site.awaitAlert { $0["state"]?.stringValue == "delivered" }
        #expect(try await second.stop() == .exit(0))

        let id = try #require(try await site.history().first?.id)
        let shown = try await site.run("alerts", "show", id)
        #expect(shown.output.contains("> not yet"))
        #expect(shown.output.contains("the hooks runner was stopped"))
        #expect(shown.output.contains("> failed \(Self.task) \(id)"))
        let input = try JSONValue(parsing: Array(site.folder.read("input").utf8))
        #expect(input["data"]?["id"]?.stringValue == id)
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `a refused message is dead at once, and test-alert says why`() async throws {
        let simulator = try await Simulator(scenario: "{}")
        let site = try Site()
        try site.folder.write(
            "hook.sh", "echo \"cannot deploy $POLARAI_NAME\" >&2; echo x >> '\(site.folder.file("runs"))'; exit 2")
        try site.configure(config(simulator, site, hook: "hook.sh"))
        let runner = try runner(site)
        try await eventually("the socket") { FileManager.default.fileExists(atPath: site.folder.file("h.sock")) }
        let tested = try await site.run("test-alert", "deploy")
        #expect(tested.exitCode == 1)
        #expect(tested.output.contains("deploy: message refused (exit 2): the hook failed with exit status 2"))
        #expect(tested.output.contains("  > cannot deploy polarai-daemon test"))
        // Not once more in another form: it may have done its work.
        #expect(site.folder.read("runs") == "x\n")
        let taken = try await run(
            ProgramPath.built("polarai-daemon"), ["hooks", "--socket", site.folder.file("h.sock")],
            environment: ["POLARAI_CONFIG": site.configFile])
        #expect(taken.exitCode == 75)
        try await runner.stop()
        let absent = try await site.run("test-alert", "deploy")
        #expect(absent.exitCode == 69)
        #expect(absent.output.contains("no hooks runner answers at"))
    }

    @Test func `hooks alone are read, from a file or from standard input`() async throws {
        let site = try Site()
        try site.configure(
            #"{"api": {"credentials": {"type": "uri"}}, "targets": {"t": {"url": {"credential": "x"}}}, "hooks": {"a": {"command": ["relative"]}}}"#
        )
        let bad = try await site.run("hooks", "--socket", site.folder.file("h.sock"))
        #expect(bad.exitCode == 78)
        #expect(bad.errors.contains("hooks.a.command[0]: is not an absolute path"))
        #expect(!bad.errors.contains("credential"))

        let fromInput = try RunningProgram(
            ProgramPath.built("polarai-daemon"), ["hooks", "--socket", site.folder.file("h.sock"), "--config", "-"],
            standardInput: #"{"hooks": {"a": {"command": ["/bin/true"]}}}"#)
        try await eventually("the socket") { FileManager.default.fileExists(atPath: site.folder.file("h.sock")) }
        #expect(try await fromInput.stop() == .exit(0))
        #expect(!FileManager.default.fileExists(atPath: site.folder.file("h.sock")))
    }
}

extension Site {
    /// Waits until the first alert is as `condition` wants it.
    fileprivate func awaitAlert(where condition: (JSONValue) -> Bool) async throws {
        try await eventually("the alert", within: .seconds(60), every: .milliseconds(100)) {
            try await json(["alerts", "list", "--all"]).arrayValue?.first.map(condition) ?? false
        }
    }
}
