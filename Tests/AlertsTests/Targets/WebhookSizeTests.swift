import Model
import Testing

@testable import Alerts

/// The body of a webhook stays below 20 KB, and what was refused is sent once more with what is necessary only.
struct WebhookSizeTests {
    private func body(_ event: Event, isMinimal: Bool = false) throws -> (bytes: Int, data: JSONValue) {
        let request = try #require(
            try TargetSample.requests(
                .alert(Sample.stored(event)), to: TargetSample.settings(.webhook), asPlainText: isMinimal
            ).first)
        return (request.body.count, try #require(try JSONValue(parsing: request.body)["data"]))
    }

    private func strings(_ value: JSONValue?) -> [String] {
        value?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test(arguments: ["/models/checkpoint-", "训练模型", "👩‍💻", "\u{1}", "\"\\", "e\u{301}"])
    func `stays below 20 KB in bytes, whatever it is made of`(unit: String) throws {
        for (paths, lines) in [(0, 0), (3, 3), (300, 0), (0, 300), (300, 300), (1, 1)] {
            for long in [20, 1500] {
                let text = String(repeating: unit, count: long)
                var event = Sample.event(
                    .failed, name: text, labels: Dictionary(uniqueKeysWithValues: (0..<50).map { ("k\($0)", text) }),
                    detail: text,
                    facts: TaskFacts(
                        description: text, baseModel: text, trainMode: text, trainType: text,
                        modelPaths: (0..<paths).map { "\(text)\($0)" }))
                event.logLines = (0..<lines).map { "\(text)\($0)" }
                event.requestID = text
                event.progress = TrainingProgress(step: 1, metrics: ["m": .string(text)])
                let (bytes, data) = try body(event)
                #expect(bytes < 20_000, "\(paths) paths, \(lines) lines of \(long)")
                #expect(data["model_paths_total"] == .integer(Int64(paths)))
                // Whole paths from the first on, and the last lines.
                let shown = strings(data["model_paths"])
                #expect(shown == Array(event.facts.modelPaths.prefix(shown.count)))
                let log = strings(data["log_lines"])
                #expect(log == Array(event.logLines.suffix(log.count)))
            }
        }
    }

    /// Any number of silences may hold an alert, each with a comment of up to 2000 bytes.
    @Test(arguments: ["because the hosts move ", "数据库搬迁", "\u{1}", "\"\\"])
    func `what held an alert does not make its body longer than 20 KB`(unit: String) throws {
        let text = String(repeating: unit, count: 1900 / unit.utf8.count)
        let reasons = [HoldReason.hours(route: 1)] + (Int64(1)...40).map { HoldReason.silence(id: $0, comment: text) }
        var event = Sample.event(
            .failed, name: text, labels: Dictionary(uniqueKeysWithValues: (0..<50).map { ("k\($0)", text) }),
            facts: TaskFacts(
                description: text, baseModel: text, trainMode: text, trainType: text,
                modelPaths: (0..<100).map { "\(text)\($0)" }))
        event.logLines = (0..<100).map { "\(text)\($0)" }
        event.requestID = text
        event.progress = TrainingProgress(step: 1, metrics: ["m": .string(String(text.prefix(300)))])
        var stored = Sample.stored(event)
        stored.heldBy = reasons
        for isMinimal in [false, true] {
            let data = try heldData(.alert(stored), isMinimal: isMinimal)
            let shown = try #require(data["held_by"]?.arrayValue)
            #expect(shown.count == 10 && shown.first?["hours"] == "routes[1]", "\(shown.count)")
            #expect(shown.dropFirst().compactMap { $0["silence"]?.integerValue } == Array(1..<shown.count))
            let comment = try #require(shown.last?["comment"]?.stringValue)
            #expect(text.hasPrefix(String(comment.dropLast())) && comment.hasSuffix("…") && comment.utf8.count <= 200)
        }
        // In a digest each of them has its part of the room: comments are cut, and every silence is named.
        let digest = Digest(Array(repeating: stored, count: 20), reason: .held(by: reasons))
        let held = try heldData(.digest(digest), isMinimal: true)
        #expect(held["held_by"]?.arrayValue?.count == 10)
        for one in held["events"]?.arrayValue ?? [] {
            let shown = try #require(one["held_by"]?.arrayValue)
            #expect(shown.count == 10 && shown.first?["hours"] == "routes[1]")
            #expect(shown.dropFirst().compactMap { $0["silence"]?.integerValue } == Array(1..<10))
            #expect((one["held_by"]?.text().utf8.count ?? 0) <= 500)
        }
    }

    /// The data of a body that is short enough, if it is that of one alert.
    private func heldData(_ message: Message, isMinimal: Bool) throws -> JSONValue {
        let request = try #require(
            try TargetSample.requests(message, to: TargetSample.settings(.webhook), asPlainText: isMinimal).first)
        if case .alert = message { #expect(request.body.count < 20_000, "\(request.body.count)") }
        return try #require(try JSONValue(parsing: request.body)["data"])
    }

    @Test func `short comments are sent whole`() throws {
        var stored = Sample.stored(Sample.event(.failed))
        stored.heldBy = (Int64(1)...8).map { HoldReason.silence(id: $0, comment: "host \($0) moves") }
        let data = try heldData(.alert(stored), isMinimal: false)
        #expect(data["held_by"] == stored.heldBy.json)
    }

    @Test func `what fits is sent whole`() throws {
        var event = Sample.event(.completed, facts: TaskFacts(description: String(repeating: "d", count: 900)))
        event.facts.modelPaths = (0..<40).map { "/models_train/pm-1/merged_models_checkpoint-\($0)" }
        event.logLines = (0..<20).map { "step \($0) loss 0.1" }
        let (_, data) = try body(event)
        #expect(strings(data["model_paths"]) == event.facts.modelPaths)
        #expect(strings(data["log_lines"]) == event.logLines)
        #expect(data["description"]?.stringValue == event.facts.description)
    }

    @Test func `neither list takes all the room from the other`() throws {
        var event = Sample.event(.failed)
        event.facts.modelPaths = (0..<1000).map { "/models/\($0)/\(String(repeating: "p", count: 100))" }
        event.logLines = (0..<1000).map { "line \($0) \(String(repeating: "l", count: 100))" }
        let (bytes, data) = try body(event)
        #expect(bytes > 15_000, "the room is used")
        #expect(strings(data["model_paths"]).count > 50 && strings(data["log_lines"]).count > 50)
    }

    @Test(arguments: [400, 413])
    func `what is refused is sent once more without paths, lines, description and facts`(status: Int) throws {
        #expect(Webhook().judge(Answer(status: status, receivedAt: Sample.now)).outcome == .messageRefused)
        var event = Sample.event(.failed, name: nil, detail: "d")
        event.facts.description = "secret plan"
        event.logLines = ["a line"]
        event.progress = TrainingProgress(step: 7)
        let (bytes, data) = try body(event, isMinimal: true)
        #expect(bytes < 1500)
        for key in ["description", "created_at", "started_at", "completed_at", "duration_seconds", "base_model"] {
            #expect(data[key] == .null, "\(key)")
        }
        #expect(data["progress"] == .null && data["train_mode"] == .null && data["train_type"] == .null)
        #expect(data["model_paths"] == .array([]) && data["log_lines"] == .array([]))
        #expect(data["model_paths_total"] == .integer(1))
        #expect(data["event"] == "failed" && data["to"] == "FAILED" && data["cluster"] == "pm-2ze9examp1e00001")
        #expect(data["message"]?.stringValue?.contains("secret plan") == false)
        #expect(try Set(self.body(event).data.objectValue?.keys ?? [:].keys) == Set(data.objectValue?.keys ?? [:].keys))
    }

    @Test func `a digest is one body with each event's data, failures first`() throws {
        let events = [Sample.stored(Sample.event(.completed), seq: 20), Sample.stored(Sample.event(.failed), seq: 21)]
        let request = try #require(
            try TargetSample.requests(
                .digest(Digest(events, reason: .endedBefore)), to: TargetSample.settings(.webhook)
            ).first)
        let body = try JSONValue(parsing: request.body)
        #expect(body["type"] == "polardb.ai_task.digest")
        let data = body["data"]
        #expect(data?["id"] == "k3v9x2ab-20..21" && data?["event"] == "digest" && data?["cluster"] == .null)
        #expect(data?["count"] == .integer(2) && data?["held_by"] == .array([]))
        #expect(data?["events"]?.arrayValue?.map { $0["event"] } == ["failed", "completed"])
        let message = "2 trainings ended before monitoring began, including 1 failed training."
        #expect(data?["message"]?.stringValue?.hasPrefix(message) == true)
    }

    @Test func `a text is cut at its size in JSON, never within a character's bytes`() {
        for limit in 0..<40 {
            let text = BoundedJSON.text("训\u{1}\"é👩‍💻\u{1}\u{1}abc", upTo: limit)
            var json = ""
            OrderedJSON.escape(text, into: &json)
            #expect(json.utf8.count <= limit)
        }
        #expect(BoundedJSON.text("abc", upTo: 3) == "abc")
        #expect(BoundedJSON.text("abcd", upTo: 3) == "…")
    }
}
