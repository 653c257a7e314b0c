import HTTPTransport
import Model
import Testing

@testable import Alerts

struct WebhookTests {
    private func request(
        _ event: Event = Sample.event(.failed), secrets: [String] = [], options: TargetOptions = TargetOptions(),
        headers: [HTTPHeader] = [], now: Timestamp = Sample.now
    ) throws -> TargetRequest {
        let context = RenderContext(
            target: "hook", urls: ["https://example.com/hook"], secrets: secrets, headers: headers, options: options,
            now: now)
        let requests = try Webhook().requests(for: .alert(Sample.stored(event)), in: context)
        return try #require(requests.first)
    }

    @Test func `signs as the upstream library's own test does`() throws {
        let key = try StandardWebhook.key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let signature = StandardWebhook.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8),
            keys: [key])
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `the body has the contract's keys in its order, null where nothing is known`() throws {
        let body = String(decoding: try request().body, as: UTF8.self)
        #expect(
            body.hasPrefix(
                #"{"type":"polardb.ai_task.failed","timestamp":"2026-11-24T08:00:00.123Z","data":{"id":"k3v9x2ab-17","#
                    + #""event":"failed","cluster":"pm-2ze9examp1e00001","name":"nightly","description":"task01","#))
        let keys = [
            "id", "event", "cluster", "name", "description", "account", "region", "labels", "from", "to", "kind",
            "observed_at", "not_before", "api_time", "request_id", "created_at", "started_at", "completed_at",
            "duration_seconds", "cost",
            "base_model", "train_mode", "train_type", "model_paths", "model_paths_total", "progress", "log_lines",
            "held_by", "message",
        ]
        let own: [EventKind: [String]] = [
            .escalated: ["of"], .reminder: ["open", "open_total"], .summary: ["summary"],
        ]
        for event in Sample.every {
            guard case .object(let members)? = WebhookBody.json(event, texts: English())["data"] else {
                Issue.record("no data")
                continue
            }
            #expect(members.map(\.key) == keys + (own[event.event.kind] ?? []))
        }
        let target = WebhookBody.json(
            Sample.stored(Sample.event(.targetFailing, cluster: nil, target: "chat")), texts: English())
        #expect(target["data"]?["cluster"] == .null)
        #expect(target["data"]?["duration_seconds"] == .null)
        #expect(target["data"]?["progress"] == .null)
    }

    @Test func `an escalation has the data of its original, and says when it was made`() {
        let original = Sample.stored(Sample.event(.failed), seq: 12)
        var event = original.event.escalated(of: original.id)
        event.observedAt = Sample.now.advanced(by: .seconds(1800))
        let body = WebhookBody.json(Sample.stored(event), texts: English())
        #expect(body["timestamp"] == OrderedJSON(event.observedAt))
        #expect(body["data"]?["of"] == "k3v9x2ab-12")
        #expect(body["data"]?["id"] == "k3v9x2ab-17")
        #expect(body["data"]?["event"] == "escalated")
        guard case .object(let members)? = WebhookBody.json(original, texts: English())["data"] else {
            Issue.record("no data")
            return
        }
        for member in members where !["id", "event", "message"].contains(member.key) {
            #expect(body["data"]?[member.key] == member.value, "\(member.key)")
        }
    }

    @Test func `id and time are in the headers, and one signature for each secret`() throws {
        let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
        let request = try request(
            secrets: secrets, headers: [HTTPHeader("X-Team", "nlp"), HTTPHeader("Webhook-Id", "x")])
        let headers = HTTPHeaders(request.headers)
        #expect(headers["webhook-id"] == "k3v9x2ab-17")
        #expect(headers["webhook-timestamp"] == "1795507200")
        #expect(headers["X-Team"] == "nlp")
        let signatures = try #require(headers["webhook-signature"]).split(separator: " ")
        #expect(signatures.count == 2)
        for (secret, signature) in zip(secrets, signatures) {
            let expected = StandardWebhook.signature(
                id: "k3v9x2ab-17", seconds: 1_795_507_200, body: request.body, keys: [try StandardWebhook.key(secret)])
            #expect(signature == expected)
        }
        #expect(HTTPHeaders(try self.request().headers)["webhook-signature"] == nil)
    }

    @Test(arguments: ["hunter2", "whsec_", "whsec_c2hvcnQ=", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***"])
    func `a secret that is none is refused in words that do not repeat it`(secret: String) throws {
        let problem = #expect(throws: TargetProblem.self) { try request(secrets: [secret]) }
        let words = try #require(problem).reason
        #expect(!words.contains("hunter2") && !words.contains("c2hvcnQ") && words.contains("its secret"))
    }

    @Test func `a JSON template is filled with escaped texts and whole values`() throws {
        let template =
            #"{"text": "{{data.name}} is {{ data.to }}", "s": {{data.duration_seconds}}, "p": {{data.progress}}, "m": {{data.model_paths}}}"#
        var event = Sample.event(.failed)
        event.name = "a \"quoted\"\n\\ name"
        let body = String(decoding: try request(event, options: TargetOptions(template: template)).body, as: UTF8.self)
        #expect(
            body == #"{"text": "a \"quoted\"\n\\ name is FAILED", "s": 5400, "p": null, "#
                + #""m": ["/models_train/pm-2ze9examp1e00001/merged_models_checkpoint-10"]}"#)
        let parsed = try JSONValue(parsing: Array(body.utf8))
        #expect(parsed["text"]?.stringValue == "a \"quoted\"\n\\ name is FAILED")
    }

    @Test func `a plain template is filled as it is`() throws {
        let request = try request(
            options: TargetOptions(template: "{{type}}: {{data.name}} {{data.progress}}{{x}}{ {{"))
        #expect(String(decoding: request.body, as: UTF8.self) == "polardb.ai_task.failed: nightly { {{")
        #expect(HTTPHeaders(request.headers)["content-type"] == "text/plain; charset=utf-8")
    }

    @Test func `the fields that a template may name are those of the body`() throws {
        let body = WebhookBody.json(
            StoredEvent(seq: 1, id: "k3v9x2ab-1", event: Sample.event(.failed)), texts: English())
        let parsed = try JSONValue(parsing: Array(body.text.utf8))
        #expect(Set(parsed["data"]?.objectValue?.keys.map { $0 } ?? []) == Set(WebhookFields.data))
    }

    @Test(arguments: [
        (200, DeliveryOutcome.delivered), (202, .delivered), (204, .delivered), (301, .targetBroken),
        (400, .messageRefused), (401, .targetBroken), (403, .targetBroken), (404, .targetBroken),
        (405, .targetBroken), (408, .tryAgain(retryAfter: nil)), (410, .targetBroken), (413, .messageRefused),
        (422, .messageRefused), (425, .tryAgain(retryAfter: nil)), (429, .throttled(retryAfter: nil)),
        (500, .tryAgain(retryAfter: nil)), (502, .tryAgain(retryAfter: nil)), (504, .tryAgain(retryAfter: nil)),
    ])
    func `judges by status`(status: Int, outcome: DeliveryOutcome) {
        #expect(Webhook().judge(Answer(status: status, receivedAt: Sample.now)).outcome == outcome)
    }

    @Test(arguments: [
        ("120", 120.0), ("0", 0), ("1.5", 1.5), ("Tue, 24 Nov 2026 08:02:00 GMT", 119.877),
        ("Tue, 24 Nov 2026 07:00:00 GMT", 0),
    ])
    func `obeys Retry-After in both forms`(value: String, seconds: Double) {
        let headers = HTTPHeaders([HTTPHeader("retry-after", value)])
        let answer = Answer(status: 429, headers: headers, receivedAt: Sample.now)
        #expect(Webhook().judge(answer).outcome == .throttled(retryAfter: .milliseconds(Int64(seconds * 1000))))
    }

    @Test(arguments: ["soon", "-5", "nan", "Tue, 31 Feb 2026 08:02:00 GMT"])
    func `ignores a Retry-After that is none`(value: String) {
        let headers = HTTPHeaders([HTTPHeader("retry-after", value)])
        let answer = Answer(status: 429, headers: headers, receivedAt: Sample.now)
        #expect(Webhook().judge(answer).outcome == .throttled(retryAfter: nil))
    }
}
