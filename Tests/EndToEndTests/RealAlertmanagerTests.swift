import Foundation
import Model
import TestSupport
import Testing

/// Side by side with Debian's own Alertmanager: it takes what we send, and what becomes of an alert that was over before
/// its receiver came back.
@Suite(.timeLimit(.minutes(10)))
struct RealAlertmanagerTests {
    private static func config(
        _ folder: TemporaryFolder, api: String = #"{"region": "cn-beijing"}"#, targets: String, more: String = ""
    ) throws -> String {
        try folder.write(
            "config.json",
            """
            {"api": \(api), "clusters": [{"id": "pm-2ze9examp1e00001", "name": "nightly"}], "targets": \(targets),
             "storage": {"path": "\(folder.file("polarai.db"))"}\(more)}
            """, permissions: 0o600)
    }

    private static let keys = ["ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret"]

    @Test func `the real Alertmanager fires what a test-alert opens, and ends what another closes`() async throws {
        let receiver = try await Simulator(scenario: "{}")
        let real = try await RealAlertmanager(receiver: receiver.http + "/hook/theirs")
        let folder = try TemporaryFolder()
        let config = try Self.config(
            folder,
            targets: #"{"am": {"type": "alertmanager", "urls": ["\#(real.url)", "\#(real.url)/"], "hold": "30m"}}"#)
        func testAlert(_ event: String) async throws {
            let result = try await run(
                try ProgramPath.built("polarai-daemon"),
                ["test-alert", "am", "--event", event, "--config", config], environment: Self.keys)
            #expect(result.exitCode == 0, "\(event): \(result.output)\(result.errors)")
        }

        try await testAlert("failed")
        let alert = try #require(try await real.alerts().first)
        #expect(alert["labels"]?["alertname"]?.stringValue == "PolarAITaskFailed")
        #expect(alert["labels"]?["severity"]?.stringValue == "critical")
        #expect(alert["labels"]?["cluster"]?.stringValue == "pm-test0000000000000")
        #expect(alert["status"]?["state"]?.stringValue == "active")
        #expect(alert["annotations"]?["summary"]?.stringValue?.contains("polarai-daemon test") == true)
        let ends = try #require(alert["endsAt"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        let starts = try #require(alert["startsAt"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
        #expect(ends.since(starts) > .seconds(1790) && ends.since(starts) <= .seconds(1830))

        // The same again is the same alert, and its end ends it.
        try await testAlert("failed")
        #expect(try await real.alerts().count == 1)
        try await testAlert("restarted")
        try await eventually("the alert to be over") { try await real.alerts().isEmpty }

        // Every other trouble, and its end: none is refused.
        for (event, end) in [("stalled", "stall_ended"), ("poll_failing", "poll_recovered")] {
            try await testAlert(event)
            #expect(try await real.alerts().count == 1, "\(event)")
            try await testAlert(end)
            try await eventually("\(event) to be over") { try await real.alerts().isEmpty }
        }
        for event in ["gone", "target_failing"] { try await testAlert(event) }
        #expect(try await real.alerts().count == 2)
    }

    /// A task fails, and is started again five seconds later; the receiver is down all the while. Alertmanager sends
    /// the state of things: its first notification fails until its time is over, at the next there is nothing to tell,
    /// and nobody ever hears of the failure. We send events: it is reported as soon as the receiver is back.
    @Test func `a failure of five seconds while the receiver is down`() async throws {
        let simulator = try await Simulator(
            scenario: """
                {"accounts": [{"access_key_id": "id", "access_key_secret": "secret"}],
                 "tasks": [{"id": "pm-2ze9examp1e00001", "description": "nightly",
                            "phases": [{"at": "0s", "status": "ACTIVATION"}]}],
                 "hooks": [{"name": "ours"}, {"name": "theirs"}]}
                """)
        let real = try await RealAlertmanager(receiver: simulator.http + "/hook/theirs")
        let folder = try TemporaryFolder()
        let config = try Self.config(
            folder, api: #"{"region": "cn-beijing", "endpoint": "\#(simulator.http)"}"#,
            targets: #"{"ours": {"url": "\#(simulator.http)/hook/ours", "retry": ["500ms"]}}"#,
            more: #", "schedule": {"running": "300ms", "settled": "300ms", "jitter": 0}"#)
        let daemon = try RunningProgram(
            try ProgramPath.built("polarai-daemon"), ["run", "--config", config], environment: Self.keys)
        try await eventually("a first poll", within: .seconds(120)) { try await !simulator.calls().isEmpty }

        try await simulator.setHook("ours", down: true)
        try await simulator.setHook("theirs", down: true)
        func send(_ more: String) async throws {
            let labels = #""labels": {"alertname": "TaskFailed", "cluster": "pm-2ze9examp1e00001"}"#
            let answer = try await real.client.send(
                "POST", "/api/v2/alerts", body: "[{\(labels), \(more)}]",
                headers: ["Content-Type": "application/json"])
            #expect(answer.status == 200, "\(answer.text)")
        }
        let failedAt = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try await simulator.setTask("pm-2ze9examp1e00001", status: "FAILED")
        try await send(#""startsAt": "\#(failedAt.rfc3339)""#)
        try await eventually("our first attempt", within: .seconds(120)) {
            try await !simulator.deliveries(to: "ours").isEmpty
        }
        try await eventually("five seconds of failure") {
            Date().timeIntervalSince1970 * 1000 - Double(failedAt.milliseconds) >= 5000
        }
        let endedAt = failedAt.advanced(by: .seconds(5))
        try await simulator.setTask("pm-2ze9examp1e00001", status: "ACTIVATION")
        try await send(#""startsAt": "\#(failedAt.rfc3339)", "endsAt": "\#(endedAt.rfc3339)""#)

        // Until Alertmanager gives its notification up.
        try await eventually("Alertmanager's failed notification", within: .seconds(120), every: .milliseconds(200)) {
            try await real.metric("alertmanager_notifications_failed_total", label: #"integration="webhook""#) >= 1
        }
        try await simulator.setHook("ours", down: false)
        try await simulator.setHook("theirs", down: false)

        try await eventually("our delivery", within: .seconds(120)) {
            try await !simulator.acceptedDeliveries(to: "ours").isEmpty
        }
        let ours = try await simulator.acceptedDeliveries(to: "ours").compactMap {
            try JSONValue(parsing: Array(($0["body"]?.stringValue ?? "").utf8))["data"]?["event"]?.stringValue
        }
        #expect(ours.first == "failed")

        // When the group is gone, Alertmanager has nothing more to say.
        try await eventually("Alertmanager to be done with it", within: .seconds(60), every: .milliseconds(500)) {
            try await real.metric("alertmanager_dispatcher_aggregation_groups") == 0
        }
        let theirs = try await simulator.acceptedDeliveries(to: "theirs").compactMap { $0["body"]?.stringValue }
        #expect(
            !theirs.contains { $0.contains(#""status":"firing""#) }, "Debian's Alertmanager 0.25 showed the failure")
        try await daemon.stop()
    }
}
