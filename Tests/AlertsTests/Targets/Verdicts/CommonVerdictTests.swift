import HTTPTransport
import Model
import TestSupport
import Testing

@testable import Alerts

/// What any server can answer to any target's request.
struct CommonVerdictTests {
    static let common: [VerdictRow] = [
        VerdictRow(301, "", .broken, "redirect"), VerdictRow(302, "", .broken, "redirect"),
        VerdictRow(307, "", .broken, "redirect"),
        VerdictRow(405, "", .broken, "POST"), VerdictRow(407, "", .broken, "`proxy`"), VerdictRow(408, "", .tryAgain),
        VerdictRow(425, "", .tryAgain), VerdictRow(500, "", .tryAgain), VerdictRow(502, "<html></html>", .tryAgain),
        VerdictRow(503, "", .tryAgain(120), headers: ["Retry-After": "120"]),
        VerdictRow(503, "", .tryAgain(60.877), headers: ["Retry-After": "Tue, 24 Nov 2026 08:01:01 GMT"]),
        VerdictRow(504, "", .tryAgain), VerdictRow(599, "", .tryAgain), VerdictRow(600, "", .tryAgain),
        VerdictRow(101, "", .tryAgain),
    ]

    @Test(arguments: TargetSample.kinds.filter { $0 != .command }, common) func `answers that any server gives`(
        kind: TargetKind, row: VerdictRow
    ) {
        row.check(at: kind)
    }

    /// The status alone is the proof for a webhook, a Teams flow (a promise) and Alertmanager.
    @Test(arguments: TargetSample.kinds.filter { ![.webhook, .teams, .alertmanager].contains($0) })
    func `a 200 without proof is not a success`(kind: TargetKind) {
        for body in ["", " ", "{}", "[]", "null", "true", "0", "{\"status\":\"ok\"}", "<html></html>", "\u{0}", "{"] {
            let answer = Answer(status: 200, body: Array(body.utf8), receivedAt: Sample.now)
            let outcome = TargetRegistry.builtIn.target(for: kind).judge(answer).outcome
            #expect(outcome != .delivered && outcome != .accepted, "\(body)")
        }
    }

    @Test(arguments: TargetSample.kinds)
    func `no answer whatever breaks a judge`(kind: TargetKind) {
        var random = SeededGenerator(seed: 7)
        let target = TargetRegistry.builtIn.target(for: kind)
        let pieces = [
            "{", "}", "[", "]", "\"", "errcode", "code", "ok", ":", ",", "0", "-1", "1e999", "null", "true", "训",
            "retry_after", "parameters", "error", "id", "\\", "\u{0}", "99999999999999999999", "wait", "status", "1111",
        ]
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 0..<12, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            let status = [200, 202, 204, 400, 429, 500, 999, 0, -1].randomElement(using: &random) ?? 200
            let verdict = target.judge(
                Answer(
                    status: status, headers: HTTPHeaders([HTTPHeader("Retry-After", text)]), body: Array(text.utf8),
                    receivedAt: Sample.now))
            if case .throttled(let wait?) = verdict.outcome { #expect(wait >= .zero) }
        }
    }
}
