import Alerts
import HTTPTransport
import Model
import TestSupport
import Testing

/// What receivers answer, and what servers write into headers.
@Suite(.timeLimit(.minutes(10)))
struct ReceiverNumbersTests {
    private static let replies = [
        #"{"errcode": 0, "errmsg": "ok", "msgid": 1}"#, #"{"code": 0, "msg": "success", "StatusCode": 0, "data": {}}"#,
        #"{"ok": false, "error_code": 429, "description": "x", "parameters": {"retry_after": 5, "migrate_to_chat_id": -100}}"#,
        #"{"message": "rate limited", "retry_after": 0.5, "global": false, "code": 50006}"#,
        #"{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}"#, #"{"status": "success", "data": null}"#,
    ]
    private static let kinds: [TargetKind] = [
        .webhook, .dingtalk, .feishu, .wecom, .slack, .teams, .discord, .googleChat, .mattermost, .alertmanager,
    ]

    private func verdict(_ kind: TargetKind, status: Int, body: [UInt8], wait: String) async -> Verdict? {
        let sender = Sender(
            client: AnsweringClient { _ in
                HTTPResponse(
                    status: status,
                    headers: HTTPHeaders([HTTPHeader("Retry-After", wait), HTTPHeader("X-RateLimit-Reset-After", wait)]
                    ),
                    body: body)
            }, read: { secret in if case .literal(let text) = secret.source { text } else { "" } },
            now: { Course.start.wall })
        let target = TargetSettings(
            name: "chat", kind: kind, urls: [Secret(.literal("https://example.com/hook/0123456789abcdef"))])
        let event = Event(kind: .failed, cluster: Course.cluster, observedAt: Course.start.wall)
        return await sender.send(.alert(StoredEvent(seq: 1, id: "k3v9x2ab-1", event: event)), to: target)
    }

    private func expectBounded(_ verdict: Verdict?, _ what: String) {
        var waits = [verdict?.pause]
        if case .throttled(let retryAfter) = verdict?.outcome { waits.append(retryAfter) }
        for wait in waits.compactMap(\.self) {
            #expect(wait >= .zero && wait <= .longest, "\(what)")
            _ = Course.start.wall.advanced(by: wait).rfc3339
        }
    }

    @Test func `every number of a reply`() async throws {
        for reply in Self.replies {
            for (text, change) in try OddNumbers.variants(of: reply) {
                for kind in Self.kinds {
                    for status in [200, 429] {
                        let odd = change.split(separator: " ").last.map(String.init) ?? ""
                        expectBounded(
                            await verdict(kind, status: status, body: Array(text.utf8), wait: odd), "\(kind) \(change)")
                    }
                }
            }
        }
    }

    @Test func `100,000 mutations of replies and of their Retry-After`() async {
        var random = SeededGenerator(seed: 3)
        let waits = ["120", "0.5", "Tue, 24 Nov 2026 08:00:00 GMT", "Tuesday, 24-Nov-26 08:00:00 GMT"]
        for round in 0..<100_000 {
            let reply = Mutation.apply(to: Array(Self.replies[round % Self.replies.count].utf8), &random)
            let wait = Mutation.apply(to: Array(waits[round % waits.count].utf8), &random)
            let kind = Self.kinds[round % Self.kinds.count]
            let answer = HTTPHeaders([HTTPHeader("Retry-After", String(decoding: wait, as: UTF8.self))])
            if let asked = answer.retryAfter(at: Course.start.wall) { #expect(asked > .zero && asked <= .longest) }
            // The whole way for a part of them: each signs and renders a message.
            guard round % 20 == 0 else { continue }
            expectBounded(
                await verdict(
                    kind, status: round % 3 == 0 ? 429 : 200, body: reply, wait: String(decoding: wait, as: UTF8.self)),
                "\(kind) round \(round)")
        }
    }
}
