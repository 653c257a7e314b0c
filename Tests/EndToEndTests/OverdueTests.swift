import Foundation
import Model
import TestSupport
import Testing

/// A training that runs too long, and what runs cost: real programs, from the API to the receiver.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct OverdueTests {
    private static let cluster = "pm-2ze9overdue00001"

    private static func task(_ overdue: String) -> String {
        #"{"id": "\#(cluster)", "name": "nightly", "overdue": \#(overdue), "cost_per_hour": 98.5}"#
    }

    @Test func `it is reported once, with its cost, and a raised limit ends it`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))], "hooks": [{"name": "ops"}]}"#)
        var config = DaemonConfig(simulator, clusters: [Self.task(#"{"max_runtime": "30m"}"#)])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        config.more = #""overdue": {"max_runtime": "5h"}, "cost": {"currency": "EUR", "per_hour": 50},"#
        let site = try Site(config)
        let first = try await site.start()
        let lines = try await site.awaitHistory("overdue") { $0.contains { $0.event == "overdue" && $0.isDelivered } }
        #expect(lines.words == ["started -→ACTIVATION", "overdue ACTIVATION→ACTIVATION"])
        let delivery = try #require(try await simulator.acceptedDeliveries(to: "ops").last?["json"])
        #expect(delivery["type"] == .string("polardb.ai_task.overdue"))
        #expect(delivery["data"]?["cost"]?["currency"] == .string("EUR"))
        let amount = try #require(delivery["data"]?["cost"]?["amount"]?.numberValue)
        #expect(amount >= 98.5 && amount < 101)
        #expect(delivery["data"]?["message"]?.stringValue?.contains("So far it has cost EUR") == true)
        let status = try #require(try await site.status(of: Self.cluster))
        #expect(status["overdue"]?["limit"] == .string("max_runtime"))
        #expect(status["overdue"]?["since"]?.isTime == true)
        try await first.kill()

        let second = try await site.start()
        try await simulator.awaitCalls(5, of: [Self.cluster])
        config.clusters = [Self.task(#"{"max_runtime": "45m"}"#)]
        try site.configure(config)
        #expect(try await site.run("reload").exitCode == 0)
        try await simulator.awaitCalls(5, of: [Self.cluster])
        #expect(try await site.history().map(\.event) == ["started", "overdue"])
        config.clusters = [Self.task(#"{"max_runtime": "3h"}"#)]
        try site.configure(config)
        #expect(try await site.run("reload").exitCode == 0)
        try await eventually("no longer overdue", within: .seconds(120)) {
            try await site.status(of: Self.cluster)?["overdue"] == .null
        }
        try await simulator.setTask(Self.cluster, status: "COMPLETED")
        let done = try await site.awaitHistory("the end") {
            $0.last?.event == "completed" && $0.last?.isDelivered == true
        }
        #expect(done.map(\.event) == ["started", "overdue", "completed"])
        let end = try #require(try await simulator.acceptedDeliveries(to: "ops").last?["json"])
        #expect(end["data"]?["cost"]?["currency"] == .string("EUR"))
        #expect(end["data"]?["message"]?.stringValue?.contains("It cost EUR") == true)
        try await second.stop()
    }
}
