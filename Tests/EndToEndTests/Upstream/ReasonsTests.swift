import Foundation
import Model
import TestSupport
import Testing

/// The last lines of a failed training's log go with its alert, or the alert goes without them; it is never lost for them.
struct ReasonsTests {
    private static let action = "DescribeAIDBClusterTaskLogFiles"

    /// A simulator with a task that trains, and a daemon that watches it and notifies a webhook.
    private struct Scene {
        let simulator: Simulator
        let daemon: WatchingDaemon

        init(log: String = #"["RuntimeError: CUDA out of memory"]"#, plan: String = "[]") async throws {
            simulator = try await Simulator(
                scenario: """
                    {"tasks": [{"id": "pm-1", "phases": [{"at": "-60s", "status": "ACTIVATION"}],
                                "training": {"failure_log": \(log)}}],
                     "hooks": [{"name": "ops", "plan": \(plan)}]}
                    """)
            daemon = try WatchingDaemon(Self.config(simulator))
            try await daemon.awaitReady()
            try await eventually("the first answer") { try await simulator.calls(cluster: "pm-1").count > 1 }
        }

        static func config(_ simulator: Simulator) -> String {
            """
            "api": {"region": "cn-beijing", "endpoint": "\(simulator.http)", "calls_per_second": 50, "timeout": "60s",
                    "credentials": {"type": "access_key", "access_key_id": "testid", "access_key_secret": "testsecret"}},
            "schedule": {"running": "200ms", "settled": "200ms"}, "clusters": ["pm-1"],
            "delivery": {"retry": ["200ms"]},
            "targets": {"ops": {"url": "\(simulator.http)/hook/ops"}}}
            """
        }

        /// Lets the task fail; the alert's data, and how long it took.
        func fail(within limit: Duration = .seconds(30)) async throws -> (data: JSONValue, after: Duration) {
            let start = ContinuousClock.now
            try await simulator.setTask("pm-1", status: "FAILED")
            let data = try await alert(within: limit)
            return (data, ContinuousClock.now - start)
        }

        func alert(within limit: Duration = .seconds(30)) async throws -> JSONValue {
            try await eventually("the alert", within: limit) {
                let last = try await simulator.deliveries(to: "ops").last { $0["verdict"]?.stringValue == "accepted" }
                return try last?["body"]?.stringValue.flatMap { try JSONValue(parsing: Array($0.utf8))["data"] }
            }
        }
    }

    private func lines(_ value: JSONValue?) -> [String]? { value?.arrayValue?.compactMap(\.stringValue) }

    @Test func `they go with the alert, into history and into show, without secrets`() async throws {
        let scene = try await Scene(
            log:
                #"["Traceback (most recent call last):", "oss key LTAI5tFAKEACCESSKEYID001", "password=hunter2 token: abcdef123", "RuntimeError: CUDA out of memory"]"#
        )
        let (data, _) = try await scene.fail()
        #expect(data["event"]?.stringValue == "failed")
        let reported = try #require(lines(data["log_lines"]))
        #expect(reported.count == 20)
        #expect(
            reported.suffix(4) == [
                "Traceback (most recent call last):", "oss key LTAI***", "password=*** token: ***",
                "RuntimeError: CUDA out of memory",
            ])
        #expect(reported.first?.hasPrefix("step ") == true)
        let stored = try await scene.daemon.history(of: "failed")
        #expect(stored.count == 1)
        #expect(lines(stored.first?["log_lines"]) == reported)
        #expect(lines(try await scene.daemon.json("show", "pm-1")["log_lines"]) == reported)
        let table = try await scene.daemon.run("show", "pm-1").output
        #expect(table.contains("Last lines of the log\n"))
        #expect(table.contains("  RuntimeError: CUDA out of memory\n"))
        #expect(try await scene.simulator.calls(action: Self.action).count == 1)
        // The stored answer says no more of it once another run goes on.
        try await scene.simulator.setTask("pm-1", status: "ACTIVATION")
        try await eventually("the new run") { try await scene.daemon.history(of: "restarted").count == 1 }
        #expect(try await scene.daemon.json("show", "pm-1")["log_lines"] == nil)
    }

    @Test func `the same body at every attempt`() async throws {
        let scene = try await Scene(plan: #"[{"status": 503, "times": 3}, {"status": 200}]"#)
        _ = try await scene.fail()
        let deliveries = try await scene.simulator.deliveries(to: "ops")
        #expect(deliveries.count == 4)
        #expect(Set(deliveries.compactMap { $0["body"]?.stringValue }).count == 1)
        #expect(Set(deliveries.compactMap { $0["headers"]?["webhook-id"]?.stringValue }).count == 1)
        #expect(deliveries.first?["body"]?.stringValue?.contains("CUDA out of memory") == true)
    }

    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: String
        /// What the log of the daemon says of it.
        let words: String
    }

    static let troubles = [
        Trouble(
            testDescription: "refused",
            fault: #""kind": "error", "http": 403, "code": "Forbidden.RAM", "message": "no""#, words: "may not call"),
        Trouble(testDescription: "throttled", fault: #""kind": "throttle""#, words: "throttles"),
        Trouble(testDescription: "huge", fault: #""kind": "huge_body""#, words: "its body is over the limit of"),
        Trouble(testDescription: "cut", fault: #""kind": "cut_connection""#, words: "closed the connection"),
        Trouble(testDescription: "rubbish", fault: #""kind": "html_502""#, words: "status 502"),
        Trouble(testDescription: "no JSON", fault: #""kind": "not_json""#, words: "not JSON"),
    ]

    @Test(arguments: troubles)
    func `a log call that fails costs the alert nothing`(trouble: Trouble) async throws {
        let scene = try await Scene()
        try await scene.simulator.addFault(#"{\#(trouble.fault), "action": "\#(Self.action)"}"#)
        let (data, _) = try await scene.fail()
        #expect(data["log_lines"]?.arrayValue?.isEmpty == true)
        let line = try await scene.daemon.program.awaitLine(onErrors: true) {
            $0.contains("The failure of pm-1 is reported without the last lines of its log")
        }
        #expect(line.contains(trouble.words), "\(line)")
        #expect(try await scene.daemon.history(of: "failed").count == 1)
        #expect(try await scene.daemon.history(of: "poll_failing").isEmpty)
    }

    @Test func `a log call that hangs delays the alert by ten seconds, and its time stays that of the answer`()
        async throws
    {
        let scene = try await Scene()
        try await scene.simulator.addFault(#"{"kind": "mute", "action": "\#(Self.action)"}"#)
        let (data, after) = try await scene.fail()
        #expect(data["log_lines"]?.arrayValue?.isEmpty == true)
        #expect(after > .seconds(9) && after < .seconds(60), "\(after)")
        let stored = try #require(try await scene.daemon.history(of: "failed").first)
        let observed = try #require(stored["observed_at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        let call = try #require(try await scene.simulator.calls(action: Self.action).first)
        let asked = try #require(call["at"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        let distance = asked.since(observed)
        #expect(distance < .seconds(60) && distance > .seconds(-2), "\(distance)")
    }

    @Test func `killed while it looks for them, the next one finds them`() async throws {
        let scene = try await Scene()
        try await scene.simulator.addFault(#"{"kind": "mute", "action": "\#(Self.action)"}"#)
        try await scene.simulator.setTask("pm-1", status: "FAILED")
        try await eventually("the log call") { try await !scene.simulator.calls(action: Self.action).isEmpty }
        scene.daemon.program.signal(SIGKILL)
        try await scene.daemon.program.waitUntilEnded()
        #expect(try await scene.daemon.history(of: "failed").isEmpty)
        try await scene.simulator.removeFaults()
        let second = try WatchingDaemon(Scene.config(scene.simulator), in: scene.daemon.folder)
        try await second.awaitReady()
        let data = try await scene.alert()
        #expect(lines(data["log_lines"])?.last == "RuntimeError: CUDA out of memory")
        #expect(data["kind"]?.stringValue == "late")
        #expect(try await second.history(of: "failed").count == 1)
        #expect(try await scene.simulator.acceptedDeliveries(to: "ops").count == 1)
    }

    @Test func `a stop does not wait for them`() async throws {
        let scene = try await Scene()
        try await scene.simulator.addFault(#"{"kind": "mute", "action": "\#(Self.action)"}"#)
        try await scene.simulator.setTask("pm-1", status: "FAILED")
        try await eventually("the log call") { try await !scene.simulator.calls(action: Self.action).isEmpty }
        // It would end by itself after 4.5 s, but not with 0.
        #expect(try await scene.daemon.program.stop() == .exit(0))
    }
}
