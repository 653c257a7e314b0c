import HTTPTransport
import Model

@testable import Alerts

/// What receivers answer: any status, `Retry-After` and body, from any kind of target.
enum VerdictFeed {
    /// Those that answer over HTTP.
    private static let kinds = TargetRegistry.builtIn.all.map(\.kind).filter { ![.systemd, .email].contains($0) }
    private static let statuses = [200, 204, 202, 301, 400, 401, 403, 404, 410, 413, 422, 429, 500, 502, 503]

    static func feed(_ bytes: [UInt8]) async throws {
        var choosing = ChoosingBytes(bytes)
        let kind = choosing.choose(kinds)
        let status = choosing.choose(statuses)
        let wait = choosing.line()
        let answer = Answer(
            HTTPResponse(
                status: status,
                headers: HTTPHeaders(
                    [HTTPHeader("Retry-After", wait), HTTPHeader("X-RateLimit-Reset-After", wait)]),
                body: choosing.bytes), receivedAt: FedAPI.now)
        let verdict = TargetRegistry.builtIn.target(for: kind).judge(answer)
        var waits = [verdict.pause]
        if case .throttled(let asked) = verdict.outcome { waits.append(asked) }
        if case .tryAgain(let asked) = verdict.outcome { waits.append(asked) }
        for wait in waits.compactMap(\.self) {
            try BrokenRule.unless(wait >= .zero && wait <= .longest, "\(kind): a wait of \(wait)")
        }
        let hasArrived = verdict.outcome == .delivered || verdict.outcome == .accepted
        try BrokenRule.unless(
            !hasArrived || (200...299).contains(status), "\(kind): delivered with the status \(status)")
        try BrokenRule.unless(
            hasArrived || verdict.reason?.isEmpty == false, "\(kind): no reason for \(verdict.outcome)")
        try BrokenRule.unless(verdict.answer?.utf8.count ?? 0 <= 4096 + 16, "\(kind): an answer of more than 4 KiB")
        if let chat = verdict.newChatID {
            try BrokenRule.unless(Int64(chat) != nil, "\(kind): the chat \(chat)")
        }
    }
}
