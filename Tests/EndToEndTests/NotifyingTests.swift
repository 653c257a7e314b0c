import Foundation
import Model
import TestSupport
import Testing

/// Silences, acknowledgements and runs, by the command line of an operator.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct NotifyingTests {
    private func simulator(_ clusters: [String], hooks: [String] = ["ops"]) async throws -> Simulator {
        let tasks = clusters.map(Simulator.training).joined(separator: ", ")
        let receivers = hooks.map { #"{"name": "\#($0)"}"# }.joined(separator: ", ")
        return try await Simulator(scenario: #"{"tasks": [\#(tasks)], "hooks": [\#(receivers)]}"#)
    }

    private func site(_ simulator: Simulator, _ clusters: [String], hooks: [String] = ["ops"]) throws -> (
        Site, DaemonConfig
    ) {
        var config = DaemonConfig(simulator, clusters: clusters)
        config.targets = "{\(hooks.map { #""\#($0)": \#(simulator.target($0))"# }.joined(separator: ", "))}"
        return (try Site(config), config)
    }

    private func alerts(_ site: Site, _ options: String...) async throws -> [JSONValue] {
        try await site.json(["alerts", "list"] + options).arrayValue ?? []
    }

    @Test func `a silenced night ends with one message`() async throws {
        let clusters = ["pm-2ze9quiet00001", "pm-2ze9quiet00002", "pm-2ze9loud000001"]
        let simulator = try await simulator(clusters)
        let (site, _) = try site(simulator, clusters)
        let daemon = try await site.start()
        try await site.awaitHistory("first answers") { $0.count == 3 }

        let added = try await site.run(
            "silence", "add", "--cluster", "pm-2ze9quiet*", "--event", "failed", "--for", "8h", "--comment",
            "moving data", "--by", "alice")
        #expect(added.exitCode == 0 && added.output == "1\n", "\(added.errors)")
        for cluster in clusters { try await simulator.setTask(cluster, status: "FAILED") }
        let lines = try await site.awaitHistory("three failures, one of them delivered") { lines in
            lines.changes.count == 3 && lines.changes.of(clusters[2]).allSatisfy(\.isDelivered)
        }
        #expect(lines.changes.of(clusters[0]).map(\.alertStates) == [["held"]])
        let held = try await alerts(site, "--state", "held")
        #expect(held.count == 2)
        #expect(held.first?["held_until"]?.isTime == true)
        #expect(
            held.first?["held_by"] == (try JSONValue(parsing: Array(#"[{"silence":1,"comment":"moving data"}]"#.utf8))))
        #expect(try await site.status()["alerts"]?["held"] == .integer(2))
        #expect(try await simulator.acceptedDeliveries(to: "ops").count == 1)

        let list = try await site.json(["silence", "list"]).arrayValue
        #expect(list?.count == 1)
        #expect(
            list?.first?.keys == [
                "by", "comment", "drop", "ends_at", "held", "id", "matchers", "starts_at", "state",
            ])
        #expect(list?.first?["held"] == .integer(2) && list?.first?["state"] == .string("active"))
        #expect(list?.first?["by"] == .string("alice"))

        let ended = try await site.run("silence", "end", "1")
        #expect(ended.exitCode == 0 && ended.output.contains("It held 2 alerts"), "\(ended.output)\(ended.errors)")
        try await eventually("the digest", within: .seconds(60)) {
            try await simulator.acceptedDeliveries(to: "ops").count == 2
        }
        let digest = try await simulator.acceptedDeliveries(to: "ops").last?["json"]?["data"]
        #expect(digest?["event"] == .string("digest") && digest?["count"] == .integer(2))
        #expect(digest?["held_by"]?.arrayValue?.first?["silence"] == .integer(1))
        #expect(try await site.json(["silence", "list"]).arrayValue?.first?["state"] == .string("ended"))
        let again = try await site.run("silence", "end", "1")
        #expect(again.exitCode == 0 && again.output.contains("had already ended"))
        #expect(try await site.run("silence", "end", "2").exitCode == 1)
        try await daemon.stop()
    }

    @Test func `who acknowledges is left in peace, and nobody else`() async throws {
        let clusters = ["pm-2ze9mine000001", "pm-2ze9nobodys001"]
        let simulator = try await simulator(clusters, hooks: ["ops", "oncall"])
        var (site, config) = try site(simulator, clusters, hooks: ["ops", "oncall"])
        config.routes =
            #"[{"events": ["failed"], "targets": ["ops"], "remind": "4s", "escalate": {"after": "3s", "targets": ["oncall"]}}]"#
        try site.configure(config)
        let daemon = try await site.start()
        try await site.awaitHistory("first answers") { $0.count == 2 }
        try await simulator.setTask(clusters[0], status: "FAILED")
        try await site.awaitHistory("the failure") { $0.changes.count == 1 }
        let acked = try await site.run("ack", clusters[0], "--comment", "restarting it", "--by", "alice")
        #expect(acked.exitCode == 0 && acked.output.contains("is acknowledged"), "\(acked.errors)")
        let again = try await site.run("ack", clusters[0], "--by", "bob")
        #expect(again.exitCode == 0 && again.output.contains("by alice"), "\(again.output)")
        let nobody = try await site.run("ack", "pm-2ze9unknown0001")
        #expect(nobody.exitCode == 1)
        #expect(
            nobody.errors
                == "No task with the id or the name pm-2ze9unknown0001 has an event that can be acknowledged.\n")

        try await simulator.setTask(clusters[1], status: "FAILED")
        let lines = try await site.awaitHistory("escalation and reminder of the other") { lines in
            lines.contains { $0.event == "escalated" } && lines.contains { $0.event == "reminder" }
        }
        let mine = try #require(lines.changes.of(clusters[0]).first { $0.event == "failed" })
        #expect(mine.json["acknowledged"]?["by"] == .string("alice"))
        #expect(mine.json["acknowledged"]?["comment"] == .string("restarting it"))
        #expect(mine.json["acknowledged"]?["at"]?.isTime == true)
        #expect(lines.filter { $0.event == "escalated" }.map(\.cluster) == [clusters[1]])
        #expect(lines.of(clusters[1]).first { $0.event == "failed" }?.json["acknowledged"] == .null)
        try await eventually("the messages", within: .seconds(60)) {
            let events = try await simulator.acceptedDeliveries(to: "ops").compactMap {
                $0["json"]?["data"]?["event"]?.stringValue
            }
            let escalated = try await simulator.acceptedDeliveries(to: "oncall").count
            return events.contains("reminder") && escalated == 1
        }
        let reminder = try await simulator.acceptedDeliveries(to: "ops")
            .first { $0["json"]?["data"]?["event"] == .string("reminder") }?["json"]?["data"]
        #expect(reminder?["open"]?.arrayValue?.map { $0["cluster"] } == [.string(clusters[1])])
        try await daemon.stop()
    }

    @Test func `without a daemon the commands write the database themselves`() async throws {
        let cluster = "pm-2ze9alone00001"
        let simulator = try await simulator([cluster])
        let (site, _) = try site(simulator, [cluster])
        #expect(try await site.run("ack", cluster).exitCode == 1, "there is no database yet")
        #expect(try await site.run("silence", "list").exitCode == 1)
        let first = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await simulator.setTask(cluster, status: "FAILED")
        let failure = try #require(
            try await site.awaitHistory("the failure") { $0.changes.contains(where: \.isDelivered) }.changes.first)
        try await first.stop()

        #expect(try await site.run("ack", failure.id, "pm-2ze9nobody0001").exitCode == 1)
        #expect(try await site.history().last?.json["acknowledged"]?["by"]?.stringValue?.isEmpty == false)
        #expect(try await site.run("ack", failure.id).exitCode == 0)
        #expect(try await site.run("ack", try #require(try await site.history().first?.id)).exitCode == 1)
        let added = try await site.run("silence", "add", "--all", "--for", "2d", "--comment", "holidays")
        #expect(added.exitCode == 0 && added.output == "1\n", "\(added.errors)")

        try await simulator.setTask(cluster, status: "ACTIVATION")
        let second = try await site.start()
        try await site.awaitHistory("the restart") { $0.last?.to == "ACTIVATION" }
        try await simulator.setTask(cluster, status: "COMPLETED")
        try await site.awaitHistory("the held end") { $0.last?.alertStates == ["held"] }
        try await second.stop()
        #expect(try await site.run("silence", "end", "1").exitCode == 0)
        let third = try await site.start()
        try await site.awaitHistory("the release") { $0.last?.isDelivered == true }
        try await third.stop()
        let last = try await simulator.acceptedDeliveries(to: "ops").last?["json"]?["data"]
        #expect(last?["event"] == .string("completed"))
        #expect(last?["held_by"]?.arrayValue?.first?["comment"] == .string("holidays"))
    }

    @Test func `usage mistakes exit 64 and change nothing`() async throws {
        let cluster = "pm-2ze9usage00001"
        let simulator = try await simulator([cluster])
        let (site, _) = try site(simulator, [cluster])
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let why = ["--comment", "c"]
        let wrong: [[String]] = [
            ["silence", "add", "--all", "--for", "1h"], ["silence", "add", "--for", "1h"] + why,
            ["silence", "add", "--all"] + why, ["silence", "add", "--all", "--cluster", "x", "--for", "1h"] + why,
            ["silence", "add", "--all", "--for", "1h", "--until", "2030-01-01T00:00:00Z"] + why,
            ["silence", "add", "--all", "--until", "2020-01-01T00:00:00Z"] + why,
            ["silence", "add", "--all", "--until", "2030-01-01T00:00:00"] + why,
            ["silence", "add", "--all", "--for", "soon"] + why, ["silence", "add", "--all", "--for", "0s"] + why,
            ["silence", "add", "--event", "exploded", "--for", "1h"] + why,
            ["silence", "add", "--target", "nobody", "--for", "1h"] + why,
            ["silence", "add", "--label", "team", "--for", "1h"] + why,
            ["silence", "add", "--all", "--for", "1h", "--comment", ""], ["silence", "end", "x"],
            ["silence", "end"], ["ack"], ["ack", cluster, "--by", ""], ["runs", "--limit", "-1"],
            ["runs", "--since", "soon"],
        ]
        for command in wrong {
            let result = try await site.run(command)
            #expect(result.exitCode == 64, "\(command): \(result.ending) \(result.errors)")
            #expect(!result.errors.isEmpty && result.output.isEmpty)
        }
        #expect(try await site.json(["silence", "list", "--all"]) == .array([]))
        #expect(try await site.run("ack", cluster).exitCode == 1, "nothing of it can be acknowledged")
        try await daemon.stop()
    }

    @Test func `a summary is printed and sent`() async throws {
        let cluster = "pm-2ze9summary001"
        let simulator = try await simulator([cluster])
        let (site, _) = try site(simulator, [cluster])
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await simulator.setTask(cluster, status: "FAILED")
        try await site.awaitHistory("the failure") { $0.changes.contains(where: \.isDelivered) }
        let figures = try await site.json(["summary", "--since", "1h"])
        #expect(figures["failed"] == .integer(1) && figures["completed"] == .integer(0))
        #expect(figures["failures"]?.arrayValue?.first?["acknowledged"] == .null)
        #expect(try await site.run("summary").output.contains("0 completed, 1 failed"))
        let sent = try await site.run("summary", "--to", "ops")
        #expect(sent.exitCode == 0 && sent.output.contains("delivered"), "\(sent.errors)")
        let data = try await simulator.acceptedDeliveries(to: "ops").last?["json"]?["data"]
        #expect(data?["event"] == .string("summary") && data?["cluster"] == .null)
        #expect(data?["summary"]?["failed"] == .integer(1))
        #expect(data?["message"]?.stringValue?.isEmpty == false)
        #expect(try await site.run("summary", "--to", "nobody").exitCode == 64)
        #expect(try await site.run("summary", "--since", "soon").exitCode == 64)
        #expect(try await site.history().filter { $0.event == "summary" }.isEmpty, "nothing is stored by it")
        try await daemon.stop()
    }
}
