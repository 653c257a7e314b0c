import Foundation
import Model
import TestSupport
import Testing

/// 404 means two things: a cluster that is gone, and a key that is wrong.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct GoneTests {
    private static let staying = "pm-2ze9staying0001"
    private static let leaving = "pm-2ze9leaving0001"

    @Test func `a cluster that the API no longer knows is gone after three answers`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Simulator.training(Self.staying)), \#(Simulator.training(Self.leaving))]}"#)
        var config = DaemonConfig(simulator, clusters: [Self.staying, Self.leaving])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let daemon = try await site.start()
        try await site.awaitHistory("first answers") { $0.count == 2 }

        try await simulator.removeTask(Self.leaving)
        let lines = try await site.awaitHistory("the alert") { $0.changes.count == 1 && $0.changes[0].isDelivered }
        #expect(lines.changes.words == ["gone ACTIVATION→GONE"])
        #expect(lines.changes[0].cluster == Self.leaving)
        #expect(lines.changes[0].kind == "observed")
        let observedAt = try #require(lines.changes[0].json["observed_at"]?.stringValue)
        let refusals = try await simulator.calls(cluster: Self.leaving).filter {
            $0["code"] == .string("InvalidDBClusterId.NotFound")
        }
        #expect(refusals.filter { ($0["at"]?.stringValue ?? "") <= observedAt }.count == 3)

        // It stays known as gone, without another word, until it is back.
        try await simulator.awaitCalls(4, of: [Self.staying, Self.leaving])
        #expect(try await site.history() == lines)
        #expect(try await simulator.deliveries(to: "ops").count == 1)
        try await simulator.addTask(Simulator.training(Self.leaving))
        let after = try await site.awaitHistory("its return") { $0.changes.count == 2 }
        #expect(after.changes.last?.from == "GONE" && after.changes.last?.to == "ACTIVATION")
        try await daemon.stop()
    }

    @Test func `a key that nobody knows is one poll_failing of the account, and nothing is gone`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Simulator.training(Self.staying)), \#(Simulator.training(Self.leaving))]}"#)
        var config = DaemonConfig(simulator, clusters: [Self.staying, Self.leaving])
        config.failingAfter = "1s"
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let daemon = try await site.start()
        try await site.awaitHistory("first answers") { $0.count == 2 }

        try await simulator.setAccounts(#"[{"access_key_id": "another", "access_key_secret": "another"}]"#)
        try await site.awaitHistory("poll_failing") { $0.changes.count == 1 && $0.changes[0].isDelivered }
        try await simulator.awaitCalls(3, of: [Self.staying, Self.leaving])
        let codes = try await simulator.calls(cluster: Self.leaving).compactMap { $0["code"]?.stringValue }
        #expect(codes.count > 3 && Set(codes) == ["InvalidAccessKeyId.NotFound"])
        for cluster in [Self.staying, Self.leaving] {
            let line = try await site.status(of: cluster)
            #expect(line?["last_error"]?.stringValue?.contains("InvalidAccessKeyId.NotFound") == true)
            #expect(line?["status"] == .string("ACTIVATION"))
        }

        try await simulator.setAccounts(#"[{"access_key_id": "testid", "access_key_secret": "testsecret"}]"#)
        try await site.awaitHistory("poll_recovered") { $0.changes.count == 2 && $0.changes[1].isDelivered }
        try await simulator.awaitCalls(3, of: [Self.staying, Self.leaving])
        let lines = try await site.history().changes
        #expect(lines.map(\.event) == ["poll_failing", "poll_recovered"])
        for line in lines {
            #expect(line.json["cluster"] == .null && line.json["name"] == .null)
            #expect(line.json["account"] == .string("default") && line.json["region"] == .string("cn-beijing"))
            #expect(line.from == line.to)
        }
        let deliveries = try await simulator.deliveries(to: "ops")
        #expect(deliveries.map { $0["headers"]?["webhook-id"]?.stringValue } == lines.map(\.id))
        #expect(deliveries.first?["json"]?["data"]?["cluster"] == .null)
        try await daemon.stop()
    }
}
