import Foundation
import Model
import TestSupport
import Testing

/// The main job: a training that completes and one that fails, from the signed poll to the alert and the history.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct OutcomeTests {
    private static let completing = "pm-2ze9completing1"
    private static let failing = "pm-2ze9failing0001"
    private static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    @Test func `each outcome gives one transition, one webhook, one STATUS line, one log entry`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Simulator.training(Self.completing)), \#(Simulator.training(Self.failing))]}"#)
        let receiver = try await StandardWebhooksReceiver(secrets: [Self.secret])
        let site = try Site(Self.config(simulator, receiver))
        let daemon = try await site.start()
        try await site.awaitHistory("both first answers") { $0.count == 2 }
        let changes = try await Self.letBothEnd(site, simulator)

        try Self.expectTransitions(changes)
        let deliveries = try await receiver.deliveries()
        #expect(deliveries.count == 2)
        for (delivery, change) in zip(deliveries, changes) { try Self.expectDelivery(delivery, of: change) }
        #expect(
            daemon.toldChanges.suffix(2) == [
                "\(Self.completing) ACTIVATION → COMPLETED", "nightly (\(Self.failing)) ACTIVATION → FAILED",
            ])
        #expect(daemon.logLines(event: "completed", cluster: Self.completing).count == 1)
        let failure = daemon.logLines(event: "failed", cluster: Self.failing)
        #expect(failure.count == 1)
        #expect(failure.first?.split(separator: " ").dropFirst().first == "error")

        try await Self.expectStatus(site, daemon)
        try await Self.expectShow(site)
        #expect(try await daemon.stop().ending == .exit(0))
        #expect(try await site.history().changes.words == changes.words)
    }

    @Test(.enabled("no mount namespace for a journal of one's own") { await JournalStandIn.isPossible() })
    func `under systemd each outcome is one entry of the journal`() async throws {
        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Simulator.training(Self.completing)), \#(Simulator.training(Self.failing))]}"#)
        let receiver = try await StandardWebhooksReceiver(secrets: [Self.secret])
        let site = try Site(Self.config(simulator, receiver))
        let journal = JournalStandIn()
        let daemon = try journal.start(site)
        try await daemon.awaitReady()
        try await site.awaitHistory("both first answers") { $0.count == 2 }
        let changes = try await Self.letBothEnd(site, simulator)
        #expect(try await daemon.stop().ending == .exit(0))

        let entries = try journal.entries()
        let completed = entries.filter { $0["MESSAGE_ID"] == "590447217245427693238a8bd32878a0" }
        let failed = entries.filter { $0["MESSAGE_ID"] == "703fff2077b4461ba1674e29a871b2b0" }
        #expect(completed.count == 1)
        #expect(completed.first?["PRIORITY"] == "5")
        #expect(completed.first?["POLARAI_TASK_ID"] == Self.completing)
        #expect(failed.count == 1)
        #expect(failed.first?["PRIORITY"] == "3")
        #expect(failed.first?["POLARAI_EVENT"] == "failed")
        #expect(failed.first?["POLARAI_TASK_ID"] == Self.failing)
        #expect(failed.first?["POLARAI_ALERT_ID"] == changes.last?.id)
        #expect(failed.first?["POLARAI_STATUS_OLD"] == "ACTIVATION")
        #expect(failed.first?["POLARAI_STATUS_NEW"] == "FAILED")
        #expect(failed.first?["SYSLOG_IDENTIFIER"] == "polarai-daemon")
        #expect(daemon.log.isEmpty, "standard error is not a place for a log that is in the journal")
    }

    @Test func `what is stored is what the API said`() async throws {
        let id = "pm-2ze9stored00001"
        let simulator = try await Simulator(scenario: #"{"tasks": [{"id": "\#(id)"}]}"#)
        let site = try Site(DaemonConfig(simulator, clusters: [id]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await daemon.stop()
        // Asked again without the daemon, the API says the same but for the request's id.
        let stored = try await site.run("show", id, "--raw")
        let asked = try await site.run("poll", id, "--raw")
        #expect(try Self.withoutRequestID(stored.output) == Self.withoutRequestID(asked.output))
        #expect(asked.errors.contains(simulator.https.replacing("https://", with: "")))
        #expect(!(asked.output + asked.errors).contains("testsecret"))
    }

    // MARK: - Steps

    private static func config(_ simulator: Simulator, _ receiver: StandardWebhooksReceiver) -> DaemonConfig {
        var config = DaemonConfig(
            simulator, clusters: [completing, #"{"id": "\#(failing)", "name": "nightly", "labels": {"team": "nlp"}}"#])
        config.targets = #"{"ops": {"url": "\#(receiver.url)", "secret": "\#(secret)", "retry": ["200ms"]}}"#
        return config
    }

    /// One completes, then the other fails; waits until both are reported, and for several polls that bring nothing new.
    private static func letBothEnd(_ site: Site, _ simulator: Simulator) async throws -> [HistoryLine] {
        try await simulator.setTask(completing, status: "COMPLETED")
        try await site.awaitHistory("the completion") { $0.changes.count == 1 }
        try await simulator.setTask(failing, status: "FAILED")
        try await site.awaitHistory("two delivered alerts") { $0.changes.filter(\.isDelivered).count == 2 }
        try await simulator.awaitCalls(5, of: [completing, failing])
        return try await site.history().changes
    }

    private static func withoutRequestID(_ answer: String) throws -> JSONValue {
        guard var members = try JSONValue(parsing: Array(answer.utf8)).objectValue else { return .null }
        members["RequestId"] = nil
        return .object(members)
    }

    // MARK: - Expectations

    private static func expectTransitions(_ changes: [HistoryLine]) throws {
        #expect(changes.words == ["completed ACTIVATION→COMPLETED", "failed ACTIVATION→FAILED"])
        #expect(changes.map(\.cluster) == [completing, failing])
        for change in changes {
            // Beside these only a failure has more: who has it in hand, and the end of its log.
            var fields = [
                "account", "alerts", "api_time", "cluster", "description", "event", "from", "id", "kind", "name",
                "not_before", "observed_at", "region", "request_id", "seq", "to",
            ]
            if change.json["to"] == .string("FAILED") {
                fields.insert("log_lines", at: 9)
                fields.insert("acknowledged", at: 1)
            }
            #expect(change.json.keys == fields)
            #expect(change.id.wholeMatch(of: /[a-z0-9]{8}-\d+/) != nil && change.id.hasSuffix("-\(change.seq)"))
            #expect(change.kind == "observed")
            #expect(change.json["account"] == .string("default") && change.json["region"] == .string("cn-beijing"))
            for key in ["observed_at", "not_before", "api_time"] {
                #expect(change.json[key]?.isTime == true, "\(key) of \(change)")
            }
            let notBefore = try #require(change.json["not_before"]?.stringValue)
            let observedAt = try #require(change.json["observed_at"]?.stringValue)
            #expect(notBefore < observedAt)
            #expect(change.json["request_id"]?.stringValue?.isEmpty == false)
            #expect(change.alerts.count == 1)
            let alert = try #require(change.alerts.first)
            #expect(alert.keys == ["attempts", "state", "target", "updated_at"])
            #expect(
                alert["target"] == .string("ops") && alert["state"] == .string("delivered")
                    && alert["attempts"] == .integer(1))
            #expect(alert["updated_at"]?.isTime == true)
        }
        #expect(changes.first?.json["name"] == .null)
        #expect(changes.last?.json["name"] == .string("nightly"))
    }

    private static func expectDelivery(_ delivery: JSONValue, of change: HistoryLine) throws {
        #expect(delivery["verdict"] == .string("accepted"))
        #expect(delivery["headers"]?["webhook-id"] == .string(change.id))
        #expect(delivery["headers"]?["content-type"] == .string("application/json"))
        let body = try JSONValue(parsing: Array((delivery["body"]?.stringValue ?? "").utf8))
        #expect(body["type"] == .string("polardb.ai_task.\(change.event)"))
        #expect(body["timestamp"] == change.json["observed_at"])
        let data = try #require(body["data"])
        let fields = [
            "account", "base_model", "cluster", "completed_at", "cost", "created_at", "description",
            "duration_seconds", "event", "from", "held_by", "id", "kind", "labels", "log_lines", "message",
            "model_paths", "name", "not_before",
            "observed_at", "progress", "region", "request_id", "started_at", "to", "train_mode", "train_type",
        ]
        #expect(Set(fields).isSubset(of: data.keys))
        for key in [
            "id", "event", "cluster", "name", "account", "region", "from", "to", "kind", "observed_at",
            "not_before", "request_id",
        ] {
            #expect(data[key] == change.json[key], "\(key)")
        }
        #expect(data["completed_at"] == change.json["api_time"])
        #expect(data["message"]?.stringValue?.isEmpty == false)
        if change.cluster == failing { #expect(data["labels"] == .object(["team": .string("nlp")])) }
    }

    private static func expectStatus(_ site: Site, _ daemon: RunningDaemon) async throws {
        let status = try await site.status()
        #expect(status.keys == ["alerts", "clusters", "daemon", "database", "targets"])
        #expect(status["daemon"]?.keys == ["config_loaded_at", "pid", "running", "started_at"])
        #expect(status["daemon"]?["running"] == .bool(true))
        #expect(status["daemon"]?["pid"] == .integer(Int64(daemon.pid)))
        #expect(status["daemon"]?["started_at"]?.isTime == true)
        #expect(status["daemon"]?["config_loaded_at"]?.isTime == true)
        #expect(status["alerts"] == .object(["pending": .integer(0), "held": .integer(0), "dead": .integer(0)]))
        let clusters = try #require(status["clusters"]?.arrayValue)
        #expect(clusters.count == 2)
        for cluster in clusters {
            #expect(
                cluster.keys == [
                    "account", "cluster", "description", "last_error", "last_poll_at", "name", "next_poll_at",
                    "overdue", "progress", "region", "since", "status",
                ])
            #expect(cluster["last_error"] == .null)
            for key in ["since", "last_poll_at", "next_poll_at"] { #expect(cluster[key]?.isTime == true, "\(key)") }
        }
        #expect(clusters.map { $0["status"]?.stringValue } == ["FAILED", "COMPLETED"], "those with a name come first")
    }

    private static func expectShow(_ site: Site) async throws {
        let shown = try await site.json(["show", "nightly"])
        // A training that lasts long enough on a slow machine has progress, too.
        #expect(shown.keys.filter { $0 != "progress" } == ["answer", "cluster", "log_lines", "name", "observed_at"])
        #expect(shown["cluster"] == .string(failing) && shown["name"] == .string("nightly"))
        #expect(shown["observed_at"]?.isTime == true)
        #expect(shown["answer"]?["DBClusterId"] == .string(failing), "trimmed")
        #expect(shown["answer"]?["DBClusterStatus"] == .string("FAILED"))
        #expect(shown["answer"]?["ModelPath"]?.arrayValue != nil)
        #expect(shown["answer"]?["AccessInfo"]?.objectValue != nil)
        #expect(shown["answer"]?["TaskInfo"]?.arrayValue?.first?["RunningTimes"]?.objectValue != nil)
        let raw = try await site.run("show", failing, "--raw")
        #expect(raw.output.contains(#""DBClusterId":"\#(failing)\n""#), "as it came, newline and all")
    }
}
