import Foundation
import HTTPTransport
import Model
import TestSupport
import Testing

/// Receivers that fail on plan.
struct HookTests {
    private static let key = "0123456789abcdef0123456789abcdef"
    private static var secret: String { WebhookSigning.secret(key: key) }

    private func post(
        _ simulator: Simulator, _ name: String, _ body: String = "{}", headers: [String: String] = [:]
    ) async throws -> HTTPResponse {
        let client = CurlClient(userAgent: "test")
        return try await client.send(
            HTTPRequest(
                method: .post, url: "\(simulator.http)/hook/\(name)",
                headers: headers.map { HTTPHeader($0.key, $0.value) }, body: Array(body.utf8),
                connection: ConnectionOptions(timeout: .seconds(2)), allowsResend: false))
    }

    @Test func `a plan is followed step by step`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"hooks": [{"name": "ops", "plan": [
                   {"status": 500, "times": 2}, {"status": 429, "retry_after": "7s", "times": 1},
                   {"status": 503, "retry_after_date": "60s", "times": 1},
                   {"status": 302, "location": "http://127.0.0.1:1/", "times": 1}, {"status": 410, "times": 1},
                   {"status": 204}]}]}
                """)
        var answers: [HTTPResponse] = []
        for _ in 0..<8 { answers.append(try await post(simulator, "ops")) }
        #expect(answers.map(\.status) == [500, 500, 429, 503, 302, 410, 204, 204])
        #expect(answers[2].headers["retry-after"] == "7")
        #expect(answers[3].headers["retry-after"]?.hasSuffix(" GMT") == true)
        #expect(answers[4].headers["location"] == "http://127.0.0.1:1/")
        let verdicts = try await simulator.deliveries(to: "ops").map { $0["verdict"]?.stringValue }
        #expect(verdicts == Array(repeating: "refused by plan", count: 6) + ["accepted", "accepted"])
    }

    @Test func `a receiver can hang, reset, or be late`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"hooks": [{"name": "ops", "plan": [
                   {"mute": true, "times": 1}, {"reset": true, "times": 1}, {"delay": "300ms"}]}]}
                """)
        #expect(await #expect(throws: TransportError.self) { try await post(simulator, "ops") }?.kind == .timeout)
        #expect(await #expect(throws: TransportError.self) { try await post(simulator, "ops") }?.kind == .reset)
        #expect(try await post(simulator, "ops").duration >= .milliseconds(300))
    }

    @Test func `a receiver is switched off and on`() async throws {
        let simulator = try await Simulator(scenario: "{}")
        try await simulator.setHook("any", down: true)
        await #expect(throws: TransportError.self) { try await post(simulator, "any") }
        try await simulator.setHook("any", down: false)
        #expect(try await post(simulator, "any").status == 200)
        try await simulator.setHook("any", script: #"{"plan": [{"status": 401}]}"#)
        #expect(try await post(simulator, "any").status == 401)
    }

    @Test func `deliveries are kept as they came`() async throws {
        let simulator = try await Simulator(scenario: "{}")
        _ = try await post(simulator, "a", #"{"text": "测试"}"#, headers: ["webhook-id": "x-1"])
        _ = try await post(simulator, "b", "not JSON")
        let delivery = try #require(try await simulator.deliveries(to: "a").first)
        #expect(delivery["headers"]?["webhook-id"] == .string("x-1"))
        #expect(delivery["body"] == .string(#"{"text": "测试"}"#))
        #expect(delivery["json"]?["text"] == .string("测试"))
        let lines = try String(contentsOfFile: simulator.logFile, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(try await simulator.deliveries().count == 2)
    }

    @Test func `signatures are checked by Standard Webhooks`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"hooks": [{"name": "ops", "secret": "\#(Self.secret)"}]}"#)
        let now = Int(Date().timeIntervalSince1970)
        func headers(at time: Int, signing body: String) -> [String: String] {
            WebhookSigning.headers(key: Self.key, id: "x-1", at: time, body: body)
        }
        #expect(try await post(simulator, "ops", "{}", headers: headers(at: now, signing: "{}")).status == 200)
        #expect(try await post(simulator, "ops", "{ }", headers: headers(at: now, signing: "{}")).status == 401)
        #expect(try await post(simulator, "ops", "{}", headers: headers(at: now - 301, signing: "{}")).status == 401)
        #expect(try await post(simulator, "ops", "{}").status == 401)
        let verdicts = try await simulator.deliveries(to: "ops").compactMap { $0["verdict"]?.stringValue }
        #expect(
            verdicts == ["accepted", "no signature fits a secret", "webhook-timestamp is too far off", "no webhook-id"])
    }
}
