import Foundation
import Model
import TestSupport
import Testing

/// Daemon or receiver were away for a while.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SilenceTests {
    private static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    private static let cluster = "pm-2ze9silence0001"

    @Test func `a receiver that is away longer than the retries, and a daemon killed meanwhile`() async throws {
        let other = "pm-2ze9silence0002"
        let simulator = try await Simulator(
            scenario: """
                {"tasks": [\(Simulator.training(Self.cluster)), \(Simulator.training(other))],
                 "hooks": [{"name": "ops", "secret": "\(Self.secret)"}]}
                """)
        var config = DaemonConfig(simulator, clusters: [Self.cluster, other])
        config.targets = #"{"ops": \#(simulator.target("ops", secret: Self.secret, retry: #"["100ms", "200ms"]"#))}"#
        config.routes = #"[{"events": ["failed", "restarted", "completed"]}]"#
        let site = try Site(config)
        let first = try await site.start()
        try await site.awaitHistory("first answers") { $0.count == 2 }
        try await simulator.setHook("ops", down: true)
        for status in ["FAILED", "ACTIVATION", "COMPLETED"] {
            try await simulator.setTask(Self.cluster, status: status)
            try await site.awaitHistory(status) { $0.of(Self.cluster).last?.to == status }
        }
        try await simulator.setTask(other, status: "FAILED")
        try await site.awaitHistory("more attempts than the list has waits") { lines in
            lines.changes.count == 4 && lines.changes.contains { ($0.alerts.first?["attempts"]?.integerValue ?? 0) > 3 }
        }
        try await first.kill()
        let atKill = try await site.history()

        // Still away when the daemon comes back; it goes on where the killed one was.
        let second = try await site.start()
        let refused = try await simulator.deliveries(to: "ops").count
        try await eventually("an attempt of the new daemon", within: .seconds(60)) {
            try await simulator.deliveries(to: "ops").count > refused
        }
        #expect(try await site.history().map(\.facts) == atKill.map(\.facts))
        try await simulator.setHook("ops", down: false)
        let lines = try await site.awaitHistory("all delivered") { $0.changes.allSatisfy(\.isDelivered) }
        try await second.stop()

        #expect(lines.map(\.facts) == atKill.map(\.facts))
        let accepted = try await simulator.acceptedDeliveries(to: "ops")
        for cluster in [Self.cluster, other] {
            let ids = accepted.filter { $0["json"]?["data"]?["cluster"] == .string(cluster) }
                .compactMap { $0["headers"]?["webhook-id"]?.stringValue }
            #expect(ids == lines.changes.of(cluster).map(\.id))
        }
        var bodies: [String: Set<String>] = [:]
        for delivery in try await simulator.deliveries(to: "ops") {
            bodies[delivery["headers"]?["webhook-id"]?.stringValue ?? "", default: []]
                .insert(delivery["body"]?.stringValue ?? "")
        }
        #expect(bodies.values.allSatisfy { $0.count == 1 }, "an id has one body at every attempt")
    }

    @Test func `a change is made in the database that is named, or nowhere`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        let sites = try (0..<2).map { _ in try Site(DaemonConfig(simulator, clusters: [Self.cluster])) }
        let (production, trial) = (sites[0], sites[1])
        let first = try await production.start()
        let second = try await trial.start()
        for site in sites { try await site.awaitHistory("the first answer") { $0.count == 1 } }
        // The socket is the first one's.
        let order = [
            "silence", "add", "--all", "--drop", "--for", "1h", "--comment", "trial", "--database", trial.database,
        ]
        let refused = try await production.run(order)
        #expect(refused.exitCode == 69)
        #expect(refused.errors.contains("works on another database"), "\(refused.errors)")
        for site in sites { #expect(try await site.json(["silence", "list", "--all"]) == .array([])) }
        #expect(try await trial.run(order).exitCode == 0, "by its own socket")
        #expect(try await production.json(["silence", "list"]) == .array([]))
        #expect(try await trial.json(["silence", "list"]).arrayValue?.count == 1)
        // A database on which no daemon works takes it itself.
        #expect(try await second.stop().ending == .exit(0))
        #expect(try await production.run("silence", "end", "1", "--database", trial.database).exitCode == 0)
        let again = try await trial.run("silence", "end", "1")
        #expect(again.output.contains("had already ended"), "\(again.output)")
        // That of a server that cannot be reached is not the running daemon's.
        let away = "postgresql://nobody@127.0.0.1:1/none"
        #expect(try await production.run(order.dropLast() + [away]).exitCode == 69)
        #expect(try await production.json(["silence", "list", "--all"]) == .array([]))
        #expect(try await first.stop().ending == .exit(0))
    }

    @Test func `what happens while the daemon is down is reported late, and once`() async throws {
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))]}"#)
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let first = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        #expect(try await first.stop().ending == .exit(0))
        try await simulator.setTask(Self.cluster, status: "FAILED")

        let second = try await site.start()
        let lines = try await site.awaitHistory("the late failure") {
            $0.changes.count == 1 && $0.changes[0].isDelivered
        }
        #expect(lines.changes.words == ["failed ACTIVATION→FAILED"])
        #expect(lines.changes[0].kind == "late")
        #expect(try await second.stop().ending == .exit(0))
        let deliveries = try await simulator.deliveries(to: "ops")
        #expect(deliveries.count == 1)
        #expect(deliveries.first?["json"]?["data"]?["kind"] == .string("late"))

        let third = try await site.start()
        try await simulator.awaitCalls(4, of: [Self.cluster])
        try await third.stop()
        #expect(try await site.history() == lines, "a restart with nothing new is not news")
        #expect(try await simulator.deliveries(to: "ops").count == 1)
    }

    @Test func `ready while the API is down, and at work once it is up`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Simulator.training(Self.cluster))], "faults": [{"kind": "reset"}]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await eventually("the error in status", within: .seconds(60)) {
            try await site.status(of: Self.cluster)?["last_error"]?.stringValue != nil
        }
        #expect(try await site.history().isEmpty)
        try await simulator.removeFaults()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        #expect(try await site.status(of: Self.cluster)?["last_error"] == .null)
        try await daemon.stop()
    }
}
