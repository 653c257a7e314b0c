import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

/// `polarai-daemon metrics` and the status socket of a real daemon.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct MetricsTests {
    private static let cluster = "pm-2ze9metrics0001"

    /// The value of the one series that begins with `start`; nil if there is none.
    private static func value(_ start: String, in text: String) -> Double? {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix(start) }
        guard lines.count == 1 else { return nil }
        return lines[0].split(separator: " ").last.flatMap { Double($0) }
    }

    @Test func `the figures of a running daemon, and what is left without it`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        var config = DaemonConfig(simulator, clusters: [#"{"id": "\#(Self.cluster)", "name": "night\"ly"}"#])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await simulator.setTask(Self.cluster, status: "FAILED")
        let lines = try await site.awaitHistory("the failure is delivered") { $0.changes.first?.isDelivered ?? false }

        let running = try await site.run("metrics")
        #expect(running.exitCode == 0 && running.errors.isEmpty)
        let text = running.output
        let check = try await Prometheus.tool(["check", "metrics"], standardInput: text)
        #expect(check.exitCode == 0, "\(check.output)\(check.errors)")
        #expect(Prometheus.repeatedSeries(in: text).isEmpty)
        #expect(Self.value("polarai_up ", in: text) == 1)
        #expect(Self.value(#"polarai_events_total{event="failed"}"#, in: text) == 1)
        #expect(Self.value(#"polarai_events_total{event="gone"}"#, in: text) == 0)
        #expect(Self.value("polarai_last_event_seq ", in: text) == Double(try #require(lines.last).seq))
        #expect(Self.value(#"polarai_tasks{status="FAILED"}"#, in: text) == 1)
        #expect(Self.value(#"polarai_tasks{status="other"}"#, in: text) == 0)
        #expect(
            text.contains(#"polarai_task_info{task="\#(Self.cluster)",name="night\"ly""#),
            "a failed task has series of its own")
        #expect(Self.value(#"polarai_task_status{task="\#(Self.cluster)",status="FAILED"}"#, in: text) == 1)
        #expect(
            Self.value(#"polarai_delivery_attempts_total{target="ops",outcome="delivered"}"#, in: text) == 1)
        #expect(Self.value(#"polarai_delivery_latency_seconds_count{target="ops"}"#, in: text) == 1)
        #expect(Self.value(#"polarai_outbox_alerts{target="ops",state="dead"}"#, in: text) == 0)
        #expect(Self.value(#"polarai_outbox_alerts{target="ops",state="held"}"#, in: text) == 0)
        #expect(Self.value(#"polarai_target_suspended{target="ops"}"#, in: text) == 0)
        #expect(Self.value(#"polarai_scope_failing{account="default",api_region="cn-beijing"}"#, in: text) == 0)
        let polls = #"polarai_polls_total{account="default",api_region="cn-beijing",call="task",outcome="success"}"#
        #expect(try #require(Self.value(polls, in: text)) > 0)
        #expect(try #require(Self.value("polarai_database_commit_duration_seconds_count", in: text)) > 0)
        #expect(try #require(Self.value("polarai_process_resident_memory_bytes ", in: text)) > 1e6)
        #expect(try #require(Self.value("polarai_database_size_bytes ", in: text)) > 0)

        // Counts go on growing; a refused reload shows.
        try site.configure(#"{"clusters": [}"#)
        #expect(try await site.run("reload").exitCode == 78)
        let later = try await site.run("metrics", "--database", site.database).output
        #expect(try #require(Self.value(polls, in: later)) >= (try #require(Self.value(polls, in: text))))
        #expect(Self.value("polarai_config_last_reload_successful ", in: later) == 0)
        try site.configure(config)

        // A copy beside it: no daemon works on that one.
        let copy = site.folder.file("copy.db")
        #expect(try await site.run("backup", copy).exitCode == 0)
        let beside = try await site.run("metrics", "--database", copy)
        #expect(beside.exitCode == 0)
        #expect(beside.errors.contains("polarai_up is 0: the running daemon"))
        #expect(beside.errors.contains("(pid \(daemon.pid)) uses another database than \(copy)"))
        #expect(Self.value("polarai_up ", in: beside.output) == 0)

        try await daemon.kill()
        let stopped = try await site.run("metrics")
        #expect(stopped.exitCode == 0)
        #expect(stopped.errors == "polarai_up is 0: no daemon is using \(site.database).\n")
        #expect(Self.value("polarai_up ", in: stopped.output) == 0)
        #expect(!stopped.output.contains("polarai_polls_total") && !stopped.output.contains("polarai_process_"))
        #expect(Self.value(#"polarai_tasks{status="FAILED"}"#, in: stopped.output) == 1)
        #expect(Self.value(#"polarai_scrape_collector_success{collector="daemon"}"#, in: stopped.output) == 0)
        #expect(Self.value(#"polarai_scrape_collector_success{collector="database"}"#, in: stopped.output) == 1)
    }

    @Test func `the status socket is for owner and group and changes nothing`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        let socket = site.folder.file("run/status.sock")
        let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
        #expect(mode == 0o660)
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        func ask(_ arguments: String...) async throws -> FinishedProgram {
            try await TestSupport.run(
                ProgramPath.system("curl"),
                ["--silent", "--write-out", "\n%{http_code}", "--unix-socket", socket] + arguments)
        }
        let status = try await ask("http://localhost/v1/status").output
        #expect(status.hasSuffix("\n200") && status.contains(Self.cluster))
        let metrics = try await ask("http://localhost/v1/metrics").output
        #expect(metrics.hasSuffix("\n200") && metrics.contains(#""pid":\#(daemon.pid)"#))
        #expect(try await ask("--request", "POST", "http://localhost/v1/reload").output.hasSuffix("\n405"))
        #expect(try await ask("--head", "http://localhost/v1/status").output.contains("Allow: GET"))
        #expect(try await daemon.stop().ending == .exit(0))
        #expect(!FileManager.default.fileExists(atPath: socket))
    }

    @Test func `a file is replaced whole, and readable by everybody`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await daemon.stop()
        let folder = try TemporaryFolder()
        let file = try folder.write("polarai.prom", "old", permissions: 0o600)
        let written = try await site.run("metrics", "--output", file)
        #expect(written.exitCode == 0 && written.output.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\npolarai_up 0\n"))
        #expect(
            try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["polarai.prom"])

        let nowhere = try await site.run("metrics", "--output", folder.file("none/polarai.prom"))
        #expect(nowhere.exitCode == 74)
        #expect(nowhere.errors.contains("none/polarai.prom cannot be written: No such file or directory"))
        let full = try await site.run("metrics", "--output", "/dev/full/x")
        #expect(full.exitCode == 74)
        #expect(try await site.run("metrics", "--database", folder.file("none.db")).exitCode == 1)
    }

    @Test func `a file does not go on saying that all is well while the database cannot be read`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let file = site.folder.file("polarai.prom")
        let rubbish = try site.folder.write("rubbish.db", String(repeating: "no database ", count: 1000))
        func written(_ arguments: String..., status: Int32) async throws -> String {
            try Data("polarai_up 7\n".utf8).write(to: URL(fileURLWithPath: file))
            let result = try await site.run(["metrics", "--output", file] + arguments)
            #expect(result.exitCode == status && result.output.isEmpty, "\(result.ending) \(result.errors)")
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let isRead = Self.value(#"polarai_scrape_collector_success{collector="database"}"#, in: text)
            #expect(isRead == 0 && !text.contains("polarai_database_size_bytes"), "\(text)")
            return text
        }
        // The daemon of this host is up, whatever became of the file.
        let unreadable: [(String, Int32)] = [(rubbish, 65), (site.folder.file("none.db"), 1)]
        for (database, status) in unreadable {
            let text = try await written("--database", database, status: status)
            #expect(Self.value("polarai_up ", in: text) == 1)
            #expect(text.contains("polarai_polls_total"))
        }
        try site.configure("{")
        let unnamed = try await written(status: 78)
        #expect(Self.value("polarai_up ", in: unnamed) == 1)
        try await daemon.stop()
        let stopped = [
            try await written("--database", rubbish, status: 65), try await written(status: 78),
        ]
        for text in stopped { #expect(Self.value("polarai_up ", in: text) == 0) }
        // A mistake on the command line is no state of the daemon.
        try Data("polarai_up 7\n".utf8).write(to: URL(fileURLWithPath: file))
        let wrong = try await site.run("metrics", "--output", file, "--database", "postgresql://u:p@127.0.0.1/d")
        #expect(wrong.exitCode == 64)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "polarai_up 7\n")
    }
}
