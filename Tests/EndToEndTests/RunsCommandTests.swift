import Foundation
import Model
import TestSupport
import Testing

/// `runs`, and what `show` compares, by real programs.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RunsCommandTests {
    @Test func `runs in every format, and compared`() async throws {
        let cluster = "pm-2ze9runs000001"
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster))]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [cluster]))
        let daemon = try await site.start()
        for status in ["COMPLETED", "ACTIVATION", "FAILED"] {
            let count = try await site.history().count
            try await site.awaitHistory("an answer before \(status)") { $0.count >= max(1, count) }
            try await simulator.setTask(cluster, status: status)
            try await site.awaitHistory(status) { $0.last?.to == status }
        }
        let runs = try await site.json(["runs"]).arrayValue ?? []
        #expect(runs.map { $0["outcome"]?.stringValue } == ["completed", "failed"])
        #expect(
            runs.first?.keys == [
                "account", "cluster", "cost", "duration_seconds", "ended_at", "last_loss", "name", "outcome", "region",
                "source", "started_at", "steps",
            ])
        let table = try await site.run("runs", cluster, "--limit", "1")
        #expect(table.exitCode == 0 && table.output.contains("failed") && !table.output.contains("completed"))
        #expect(try await site.run("runs", "--format", "jsonl").output.split(separator: "\n").count == 2)
        #expect(
            try await site.run("runs", "--format", "csv").output.hasPrefix("cluster,name,account,region,started_at"))
        let none = try await site.run("runs", "pm-2ze9nobody0001", "--format", "json")
        #expect(none.exitCode == 0 && none.output == "[]\n" && none.errors.contains("was ever watched"))
        let shown = try await site.run("show", cluster)
        #expect(shown.output.contains("Last runs") && shown.output.contains("Difference"), "\(shown.output)")
        #expect(try await site.json(["show", cluster])["runs"]?.arrayValue?.count == 2)
        try await daemon.stop()
    }
}
