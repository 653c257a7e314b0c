import HTTPTransport
import Model
import Testing

@testable import Alerts

/// No message is longer than its service takes, whatever is in it.
struct LimitTests {
    struct Text: Sendable, CustomTestStringConvertible {
        let name: String
        let unit: String

        var testDescription: String { name }
        var long: String { String(repeating: unit, count: 1000 / max(1, unit.unicodeScalars.count)) }
    }

    /// One, two, three and four bytes; many scalars to a character; what JSON, HTML and Markdown make longer.
    static let texts: [Text] = [
        Text(name: "ASCII", unit: "training "), Text(name: "Cyrillic", unit: "обучение"),
        Text(name: "CJK", unit: "训练失败"), Text(name: "emoji", unit: "🚀"),
        Text(name: "emoji of seven scalars", unit: "👨‍👩‍👧‍👦"), Text(name: "combining", unit: "e\u{301}"),
        Text(name: "quotes", unit: "\""), Text(name: "backslashes", unit: "\\"), Text(name: "ampersands", unit: "&"),
        Text(name: "brackets", unit: "<"), Text(name: "stars", unit: "*"), Text(name: "controls", unit: "\u{1}"),
    ]

    static func huge(_ kind: EventKind, _ text: String) -> StoredEvent {
        let facts = TaskFacts(
            description: text, createdAt: Sample.facts.createdAt, startedAt: Sample.facts.startedAt,
            completedAt: Sample.facts.completedAt, baseModel: text, trainMode: text, trainType: text,
            modelPaths: Array(repeating: text, count: 30))
        var event = Sample.event(kind, name: text, labels: ["team": text, "owner": text], detail: text, facts: facts)
        event.logLines = Array(repeating: text, count: 40)
        return Sample.stored(event)
    }

    @Test(arguments: TargetSample.kinds, texts)
    func `stays within the service's limits`(kind: TargetKind, text: Text) throws {
        for language in Language.allCases {
            for isPlain in [false, true] {
                try expectWithinLimits(.alert(Self.huge(.failed, text.long)), kind, language, isPlain: isPlain)
                // A digest shows a name only, and little of it.
                guard ["CJK", "emoji", "backslashes"].contains(text.name),
                    let capacity = TargetRegistry.builtIn.target(for: kind).manners.digestCapacity
                else { continue }
                let events = (1...capacity).map { number -> StoredEvent in
                    var event = Self.huge(number % 3 == 0 ? .failed : .completed, text.long).event
                    event.cluster = ClusterID("pm-2ze9examp1e\(10_000 + number)")
                    return Sample.stored(event, seq: Int64(1_000_000 + number))
                }
                let requests = try expectWithinLimits(
                    .digest(Digest(events)), kind, language, isPlain: isPlain)
                let body = String(decoding: requests[0].body, as: UTF8.self)
                // Every event of a digest is named: what is not in it is reported nowhere.
                for event in events { #expect(body.contains("#\(event.id)"), "\(kind) leaves out \(event.id)") }
            }
        }
    }

    @discardableResult
    private func expectWithinLimits(
        _ message: Message, _ kind: TargetKind, _ language: Language, isPlain: Bool
    ) throws -> [TargetRequest] {
        let requests = try TargetSample.requests(
            message, to: TargetSample.settings(kind, language: language, keyword: "polarai"), asPlainText: isPlain)
        for request in requests {
            let body = request.cloudCall == nil ? try JSONValue(parsing: request.body) : .null
            for problem in Self.problems(of: body, bytes: request.body.count, at: kind) {
                Issue.record("\(kind) \(language) \(isPlain ? "plain" : "rich"): \(problem)")
            }
        }
        return requests
    }

    /// What the service's own pages forbid (docs: each target's file names them).
    private static func problems(of body: JSONValue, bytes: Int, at kind: TargetKind) -> [String] {
        var problems: [String] = []
        func limit(_ value: Int, _ most: Int, _ what: String) {
            if value > most { problems.append("\(what): \(value), more than \(most)") }
        }
        func text(_ value: JSONValue?) -> String { value?.stringValue ?? "" }
        switch kind {
        case .dingtalk: limit(bytes, 20_000, "body bytes")
        case .feishu: limit(bytes, 20 * 1024, "body bytes")
        case .teams: limit(bytes, 28 * 1024, "body bytes")
        case .googleChat: limit(bytes, 32_000, "body bytes")
        case .pagerduty:
            limit(bytes, 512 * 1024, "body bytes")
            limit(text(body["payload"]?["summary"]).count, 1024, "summary characters")
            limit(text(body["dedup_key"]).count, 255, "dedup_key characters")
        case .wecom:
            limit(text(body["markdown"]?["content"]).utf8.count, 4096, "markdown bytes")
            limit(text(body["text"]?["content"]).utf8.count, 2048, "text bytes")
        case .ntfy: limit(text(body["message"]).utf8.count, 4096, "message bytes")
        case .telegram: limit(text(body["text"]).utf16.count, 4096, "text in UTF-16")
        case .mattermost:
            limit(text(body["text"]).utf16.count, 16_383, "text")
            for attachment in body["attachments"]?.arrayValue ?? [] {
                limit(text(attachment["text"]).utf16.count, 16_383, "attachment text")
            }
        case .slack:
            limit(text(body["text"]).utf16.count, 40_000, "text")
            for attachment in body["attachments"]?.arrayValue ?? [] {
                limit(attachment["blocks"]?.text().utf16.count ?? 0, 13_000, "blocks")
                for block in attachment["blocks"]?.arrayValue ?? [] {
                    limit(text(block["text"]?["text"]).utf16.count, 3000, "section text")
                    limit(block["fields"]?.arrayValue?.count ?? 0, 10, "fields")
                    for field in block["fields"]?.arrayValue ?? [] {
                        limit(text(field["text"]).utf16.count, 2000, "field text")
                    }
                }
            }
        case .discord:
            limit(text(body["content"]).utf16.count, 2000, "content")
            var total = 0
            for embed in body["embeds"]?.arrayValue ?? [] {
                limit(text(embed["title"]).utf16.count, 256, "title")
                limit(text(embed["description"]).utf16.count, 4096, "description")
                limit(embed["fields"]?.arrayValue?.count ?? 0, 25, "fields")
                total += text(embed["title"]).utf16.count + text(embed["description"]).utf16.count
                total += text(embed["footer"]?["text"]).utf16.count
                for field in embed["fields"]?.arrayValue ?? [] {
                    limit(text(field["name"]).utf16.count, 256, "field name")
                    limit(text(field["value"]).utf16.count, 1024, "field value")
                    total += text(field["name"]).utf16.count + text(field["value"]).utf16.count
                }
            }
            limit(total, 6000, "all embeds")
        case .cloudMonitor: limit(bytes, 0, "body bytes")
        default: break
        }
        return problems
    }
}
