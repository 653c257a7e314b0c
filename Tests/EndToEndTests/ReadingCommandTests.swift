import Foundation
import Model
import TestSupport
import Testing

/// Commands that only need the database, for a user who may read nothing else.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct ReadingCommandTests {
    private static let cluster = "pm-2ze9reading0001"

    @Test func `secrets that cannot be read stop no command that reads the database`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let daemon = try await site.start()
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await site.awaitHistory("a delivery") { $0.last?.isDelivered == true }

        // What the same user sees whose groups let him read the config and the database, and no secret.
        config.credentials =
            #"{"type": "access_key", "access_key_id": {"file": "/nonexistent/id"}, "access_key_secret": {"env": "NOT_SET"}}"#
        config.targets =
            #"{"ops": {"url": {"credential": "ops-url"}}, "chat": {"type": "telegram", "token": "?", "chat_id": 0}}"#
        try site.configure(config)
        for arguments in [
            ["history"], ["history", "--format", "json"], ["status"], ["show", Self.cluster],
            ["alerts", "list", "--all"],
            ["backup", site.folder.file("copy.db")],
        ] {
            let result = try await site.run(arguments)
            #expect(result.exitCode == 0, "\(arguments): \(result.errors)")
            #expect(!result.errors.contains("secret"), "\(arguments): \(result.errors)")
        }
        let listed = try await site.run(
            "alerts", "list", "--all", "--target", "chat", "--target", "pager", "--target", "ops")
        #expect(listed.exitCode == 0 && listed.output.contains("ops"))
        #expect(listed.errors.contains("no target pager") && !listed.errors.contains("chat"), "\(listed.errors)")
        #expect(try await site.run("check-config").exitCode == 78)
        #expect(try await daemon.stop().ending == .exit(0))
        // Without a daemon, an order is noted in the database; which targets there are is in the config.
        let unknown = try await site.run("alerts", "retry", "--target", "pager")
        #expect(unknown.exitCode == 1)
        #expect(try await site.run("alerts", "retry", "--target", "chat").exitCode == 0)
    }

    @Test func `where the config cannot be read, the hint names a database that is there`() async throws {
        let state = try TemporaryFolder()
        let site = try Site(environment: ["STATE_DIRECTORY": state.path])
        try Data("{".utf8).write(to: URL(filePath: site.configFile))
        let without = try await site.run("history")
        #expect(without.exitCode == 78)
        #expect(without.errors.contains("--database PATH"), "\(without.errors)")
        try state.write("polarai.db", "")
        #expect(try await site.run("history").errors.contains("--database \(state.file("polarai.db"))"))
    }

    @Test func `an option without its value is named`() async throws {
        let result = try await Site().run("history", "--since=", "--limit", "5")
        #expect(result.exitCode == 64)
        #expect(result.errors.contains("--since has no value"))
        #expect(!result.errors.contains("--limit"))
    }

    @Test func `reload refuses another config than the daemon's`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        let other = try site.folder.write("other.json", "{}")
        let refused = try await site.run("reload", "--config", other)
        #expect(refused.exitCode == 1)
        #expect(refused.errors.contains(site.configFile) && refused.errors.contains(other))
        #expect(try await site.run("reload", "--config", site.configFile).exitCode == 0)
        #expect(try await site.run("reload").exitCode == 0)
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `the control socket's status has the fields of the contract`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let socket = site.folder.file("run/control.sock")
        let answer = try await TestSupport.run(
            ProgramPath.system("curl"), ["-sf", "--unix-socket", socket, "http://localhost/v1/status"])
        #expect(answer.exitCode == 0)
        let status = try JSONValue(parsing: Array(answer.output.utf8))
        let daemonFields: Set = ["running", "pid", "started_at", "config_loaded_at"]
        #expect(daemonFields.isSubset(of: (status["daemon"]?.objectValue ?? [:]).keys))
        #expect(status["daemon"]?["pid"] == .integer(Int64(daemon.pid)))
        let clusterFields: Set = [
            "cluster", "name", "account", "region", "status", "since", "last_poll_at", "next_poll_at", "last_error",
            "progress",
        ]
        let cluster = try #require(status["clusters"]?.arrayValue?.first?.objectValue)
        #expect(clusterFields.isSubset(of: cluster.keys))
        #expect(cluster["status"] == .string("ACTIVATION"))
        #expect(Set(["pending", "dead"]).isSubset(of: (status["alerts"]?.objectValue ?? [:]).keys))
        #expect(status["database"]?["reachable"] == .bool(true))
        #expect(status["database"]?["since"] == .null && status["database"]?["error"] == .null)
        #expect(status["targets"] == .array([]))
        // The command prints the same object.
        let printed = try await site.run("status", "--format", "json")
        let members = try JSONValue(parsing: Array(printed.output.utf8)).objectValue ?? [:]
        #expect(Set(members.keys) == Set((status.objectValue ?? [:]).keys))
        #expect(try await daemon.stop().ending == .exit(0))
    }
}
