import HTTPTransport
import Model
import Testing

@testable import Alerts

/// What one attempt comes to, whatever the service.
struct SenderTests {
    @Test(arguments: [true, false])
    func `a systemd target's alert is delivered once the journal has the entry`(isWritten: Bool) async {
        let sender = Sender(
            client: EchoingClient(), read: TargetSample.read, journal: { _ in isWritten }, now: { Sample.now })
        let verdict = await sender.send(
            .alert(Sample.every[0]), to: TargetSettings(name: "systemd", kind: .systemd))
        #expect(verdict?.outcome == (isWritten ? .delivered : .tryAgain(retryAfter: nil)))
        #expect((verdict?.reason == nil) == isWritten)
    }

    private func attempt(_ event: Event, open: Set<EventKind>? = nil) -> Start {
        Start(
            alert: PendingAlert(
                event: Sample.stored(event), target: "chat", attempts: 0, createdAt: Sample.now,
                nextAttemptAt: Sample.now, asPlainText: false), openTroubles: open)
    }

    /// The two replicas of the sample, by what each of them answers; 0: it is down.
    @Test(
        arguments: [
            (200, 200, DeliveryOutcome.delivered), (200, 0, .delivered), (0, 200, .delivered), (200, 404, .delivered),
            (500, 200, .delivered), (200, 400, .delivered), (429, 200, .delivered),
            (0, 0, .tryAgain(retryAfter: nil)), (0, 404, .targetBroken), (400, 500, .messageRefused),
            (429, 0, .throttled(retryAfter: nil)),
        ] as [(Int, Int, DeliveryOutcome)])
    func `an alert is delivered once one replica has it, else the worst verdict counts`(
        first: Int, second: Int, expected: DeliveryOutcome
    ) async {
        let client = HostsClient(["am-1.example.com": first, "am-2.example.com": second])
        let sender = Sender(client: client, read: TargetSample.read, now: { Sample.now })
        let settings = TargetSample.settings(.alertmanager)
        for event in [Sample.event(.failed), Sample.event(.restarted, from: "FAILED")] {
            let finished = await sender.attempt(attempt(event), to: settings)
            #expect(finished?.record.verdict.outcome == expected)
        }
        // A test and the repeats are to find the one that is down.
        let areBothUp = first == 200 && second == 200
        let tested = await sender.send(.alert(Sample.stored(Sample.event(.failed))), to: settings)
        #expect((tested?.outcome == .delivered) == areBothUp)
        var held = FiringAlerts(hold: .seconds(3600))
        held.note(
            Sample.stored(Sample.event(.failed)), deliveredAt: Sample.now,
            at: Moment(monotonic: MonotonicInstant(nanoseconds: 0), wall: Sample.now))
        let batch = held.due(at: MonotonicInstant(nanoseconds: 0).advanced(by: .seconds(60))).first ?? []
        #expect(batch.count == 1)
        let repeated = await sender.remind(batch, to: settings)
        #expect((repeated?.outcome == .delivered) == areBothUp)
    }

    @Test func `requests that are no replicas must all succeed`() async {
        let client = HostsClient(["/v2/enqueue": 202, "/v2/change/enqueue": 500])
        let sender = Sender(client: client, read: TargetSample.read, now: { Sample.now })
        let finished = await sender.attempt(
            attempt(Sample.event(.completed), open: [.stalled]), to: TargetSample.settings(.pagerduty))
        #expect(finished?.record.verdict.outcome == .tryAgain(retryAfter: nil))
    }

    @Test func `the worst verdict is the first of those that weigh most`() {
        let verdicts = [
            Verdict(.delivered), Verdict(.tryAgain(retryAfter: nil), reason: "a"),
            Verdict(.targetBroken, reason: "b"), Verdict(.targetBroken, reason: "c"), Verdict(.accepted),
        ]
        #expect(Verdict.worst(of: verdicts)?.reason == "b")
        #expect(Verdict.worst(of: []) == nil)
    }

    @Test func `a verdict keeps the HTTP status beside the service's own code`() {
        let body = #"{"errcode":310000,"errmsg":"keywords not in content"}"#
        let verdict = DingTalk().judge(Answer(status: 200, body: Array(body.utf8), receivedAt: Sample.now))
        #expect(verdict.code == "310000" && verdict.httpStatus == 200)
        let server = Webhook().judge(Answer(status: 503, receivedAt: Sample.now))
        #expect(server.code == "HTTP 503" && server.httpStatus == 503)
    }

    @Test func `a Telegram group that became a supergroup says its new id, and only a number is one`() {
        func chat(_ id: String) -> String? {
            let body = #"{"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":\#(id)}}"#
            return Telegram().judge(Answer(status: 400, body: Array(body.utf8), receivedAt: Sample.now)).newChatID
        }
        #expect(chat("-1002003004005") == "-1002003004005")
        #expect(chat(#""@channel""#) == nil)
        #expect(chat("1.5") == nil)
        // A user's chat, or none at all: a group never becomes that.
        #expect(chat("0") == nil)
        #expect(chat("7512345") == nil)
    }
}

/// Answers by a part of the address.
private struct HostsClient: HTTPClient {
    private let statuses: [(part: String, status: Int)]

    /// - Parameter statuses: by a part of the address; 0: no connection.
    init(_ statuses: KeyValuePairs<String, Int>) {
        self.statuses = statuses.map { (part: $0.key, status: $0.value) }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let status = statuses.first { request.url.contains($0.part) }?.status ?? 0
        guard status > 0 else { throw TransportError(.connect, "cannot connect to https://am.example.com") }
        return HTTPResponse(status: status)
    }
}
