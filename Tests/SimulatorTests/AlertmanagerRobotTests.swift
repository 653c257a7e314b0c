import Model
import TestSupport
import Testing

/// The stand-in for Alertmanager keeps what it is sent, as the real one does.
struct AlertmanagerRobotTests {
    @Test func `Alertmanager keeps alerts by their labels, and the valid ones beside an invalid one`() async throws {
        let simulator = try await Simulator(scenario: "{}")
        func post(_ body: String) async throws -> Int {
            try await simulator.client.send(
                "POST", "/robot/alertmanager/a/api/v2/alerts", body: body, headers: ["Content-Type": "application/json"]
            ).status
        }
        func states() async throws -> [String] {
            let list = try await simulator.client.json("GET", "/robot/alertmanager/a/api/v2/alerts").arrayValue ?? []
            return list.compactMap { $0["status"]?["state"]?.stringValue }
        }
        #expect(try await post(#"[{"labels":{"alertname":"A"}},{"labels":{"1":"x"}}]"#) == 400)
        #expect(try await states() == ["active"])
        #expect(try await post(#"[{"labels":{"alertname":"A"},"endsAt":"2020-01-01T00:00:00Z"}]"#) == 200)
        #expect(try await states() == ["resolved"])
    }
}
