import HTTPTransport
import Model
import Testing

@testable import Alerts

/// What every target must keep to, whatever a task is called and however much there is to say.
struct SharedTargetTests {
    // MARK: - Limits

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

    private func huge(_ kind: EventKind, _ text: String) -> StoredEvent {
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
                try expectWithinLimits(.alert(huge(.failed, text.long)), kind, language, isPlain: isPlain)
                // A digest shows a name only, and little of it.
                guard ["CJK", "emoji", "backslashes"].contains(text.name),
                    let capacity = TargetRegistry.target(for: kind).manners.digestCapacity
                else { continue }
                let events = (1...capacity).map { number -> StoredEvent in
                    var event = huge(number % 3 == 0 ? .failed : .completed, text.long).event
                    event.cluster = ClusterID("pm-2ze9examp1e\(10_000 + number)")
                    return Sample.stored(event, seq: Int64(1_000_000 + number))
                }
                let requests = try expectWithinLimits(
                    .digest(Digest(events)), kind, language, isPlain: isPlain)
                let body = String(decoding: requests[0].body, as: UTF8.self)
                // Every event of a digest is named: what is not in it is told nowhere.
                for event in events { #expect(body.contains("#\(event.seq)"), "\(kind) leaves out \(event.seq)") }
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
        case .webhook, .alertmanager, .systemd, .command, .email: break
        case .cloudMonitor: limit(bytes, 0, "body bytes")
        }
        return problems
    }

    // MARK: - Mentions

    /// Every way to call people that some service knows.
    private static let calls = [
        "<!channel>", "<!here>", "<!everyone>", "<@U012AB3CD>", "<!subteam^S1>", "@everyone", "@here", "@channel",
        "@all",
        "<@&1234567890>", "<@1234567890>", #"<at user_id="all">x</at>"#, "<at id=all></at>", "<at>Ops</at>", "@durov",
        #"<a href="tg://user?id=1">x</a>"#, "@13800000000", "@所有人", "<users/all>", "<@zhangsan>",
    ]

    /// The same, with something behind each character that would make another `Character` of it.
    private static let hidden = calls.flatMap { call in
        ["\u{301}", "\u{200D}"].map { mark in
            String(
                String.UnicodeScalarView(
                    call.unicodeScalars.flatMap { $0 == "@" || $0 == "<" ? [$0] + mark.unicodeScalars : [$0] }))
        }
    }

    private static let hostile = hostile(calls)

    private static func hostile(_ calls: [String]) -> StoredEvent {
        let text = calls.joined(separator: " ")
        let facts = TaskFacts(
            description: text, baseModel: text, trainMode: text, trainType: text, modelPaths: calls)
        var event = Sample.event(
            .failed, name: text, from: "<!channel> @here", labels: ["team": text], detail: text, facts: facts)
        event.logLines = calls
        return Sample.stored(event)
    }

    /// Those that call somebody, as far as they are still whole: not behind a backslash, nor as entities.
    private static func live(in body: JSONValue) -> [String] {
        strings(of: body).flatMap { text in
            // A receiver that skips marks, as many do.
            let text = String(
                String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\u{301}" && $0 != "\u{200D}" }))
            let read = text.replacing("\\<", with: "")
            return text.matches(of: /@(everyone|here|channel|all|durov|138|所有人|zhangsan|U012)/).map { String($0.0) }
                + read.matches(of: /<(!|@[A-Za-z0-9&]|\/?at\b|users\/|a href)/).map { String($0.0) }
        }
    }

    private static func strings(of value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let items): items.flatMap(strings)
        case .object(let members): members.values.flatMap(strings)
        default: []
        }
    }

    /// ntfy knows no mentions.
    @Test(arguments: TargetSample.chats.filter { $0 != .ntfy })
    func `the name of a task calls nobody, rich or plain, alone or in a digest`(kind: TargetKind) throws {
        let hidden = Self.hostile(Self.hidden)
        let digest = Message.digest(Digest([Self.hostile, Sample.stored(hidden.event, seq: 18)]))
        for message in [Message.alert(Self.hostile), .alert(hidden), digest] {
            for isPlain in [false, true] {
                let request = try #require(
                    try TargetSample.requests(message, to: TargetSample.settings(kind), asPlainText: isPlain).first)
                let body = try JSONValue(parsing: request.body)
                // Without `parse_mode`, Telegram looks for names only.
                let live = Self.live(in: body).filter { kind != .telegram || !isPlain || !$0.hasPrefix("<") }
                #expect(live.isEmpty, "\(isPlain ? "plain" : "rich")")
                // Nor does anything beside the text.
                #expect(body["at"]?["isAtAll"] ?? .bool(false) == .bool(false))
                #expect(body["at"]?["atMobiles"] ?? .array([]) == .array([]))
                #expect(body["text"]?["mentioned_list"] == nil)
                #expect(body["allowed_mentions"]?["parse"] ?? .array([]) == .array([]))
                #expect(body["allowed_mentions"]?["users"] == nil)
                // The name is still to be read.
                #expect(Self.strings(of: body).contains { $0.contains("everyone") })
            }
        }
    }

    @Test(arguments: [TargetKind.dingtalk, .feishu, .wecom])
    func `people and everybody are called where the config says so, rich or plain`(kind: TargetKind) throws {
        let mention = Mention(mobiles: ["13900000000"], userIDs: ["ou_1"], everybody: true)
        for isPlain in [false, true] {
            let request = try #require(
                try TargetSample.requests(
                    .alert(Self.hostile), to: TargetSample.settings(kind, mention: mention), asPlainText: isPlain
                ).first)
            let body = try JSONValue(parsing: request.body)
            switch kind {
            case .dingtalk:
                #expect(body["at"]?["isAtAll"] == .bool(true))
                #expect(body["at"]?["atMobiles"] == .array(["13900000000"]))
                #expect(body["at"]?["atUserIds"] == .array(["ou_1"]))
                #expect(Self.strings(of: body).contains { $0.contains("@13900000000 @ou_1") })
            case .feishu:
                let all = isPlain ? #"<at user_id="all"></at>"# : "<at id=all></at>"
                #expect(Self.strings(of: body).contains { $0.contains(all) })
            default:
                #expect(body["text"]?["mentioned_list"] == .array(["ou_1", "@all"]))
                #expect(body["text"]?["mentioned_mobile_list"] == .array(["13900000000"]))
            }
        }
    }

    @Test(arguments: [
        (TargetKind.slack, "<!channel>"), (.discord, "@here <@&99> <@42>"), (.mattermost, "@channel"),
    ])
    func `a mention of the config stands in front, as it is`(kind: TargetKind, mention: String) throws {
        for isPlain in [false, true] {
            let request = try #require(
                try TargetSample.requests(
                    .alert(Self.hostile), to: TargetSample.settings(kind, mention: Mention(text: mention)),
                    asPlainText: isPlain
                ).first)
            let body = try JSONValue(parsing: request.body)
            let text = body[kind == .discord ? "content" : "text"]?.stringValue ?? ""
            #expect(text.hasPrefix(mention))
            if kind == .discord {
                // Others that the text may name are not called even so.
                #expect(body["allowed_mentions"]?["parse"] == .array(["everyone"]))
                #expect(body["allowed_mentions"]?["roles"] == .array(["99"]))
                #expect(body["allowed_mentions"]?["users"] == .array(["42"]))
            }
        }
    }

    // MARK: - The rest

    @Test(arguments: TargetSample.chats)
    func `speaks the target's language and names what to ask for`(kind: TargetKind) throws {
        for event in Sample.every {
            for isPlain in [false, true] {
                for (language, title) in [
                    (Language.english, English().title(of: event.event)), (.chinese, Chinese().title(of: event.event)),
                ] {
                    let request = try #require(
                        try TargetSample.requests(
                            .alert(event), to: TargetSample.settings(kind, language: language), asPlainText: isPlain
                        ).first)
                    let texts = Self.strings(of: try JSONValue(parsing: request.body)).joined(separator: "\n")
                    #expect(texts.contains(title.prefix(8)), "\(language) \(event.event.kind)")
                    #expect(texts.contains("k3v9x2ab-17"), "\(language) \(event.event.kind)")
                }
            }
        }
    }

    @Test(arguments: TargetSample.bodies)
    func `the same message is the same bytes`(kind: TargetKind) throws {
        for event in Sample.every {
            let settings = TargetSample.settings(kind)
            let first = try TargetSample.requests(.alert(event), to: settings)
            #expect(try TargetSample.requests(.alert(event), to: settings) == first)
            for request in first { #expect((try? JSONValue(parsing: request.body)) != nil) }
        }
    }

    @Test(arguments: [TargetKind.dingtalk, .feishu])
    func `a robot's keyword is in every message, also where all is cut`(kind: TargetKind) throws {
        for message in [Message.alert(Sample.every[0]), .alert(huge(.failed, Self.texts[3].long))] {
            for isPlain in [false, true] {
                let request = try #require(
                    try TargetSample.requests(
                        message, to: TargetSample.settings(kind, keyword: "报警词"), asPlainText: isPlain
                    ).first)
                #expect(String(decoding: request.body, as: UTF8.self).contains("报警词"))
            }
        }
    }

    @Test(arguments: TargetSample.bodies)
    func `no line of a message is forged by a task's name`(kind: TargetKind) throws {
        let name = "a\nb\u{2028}c\u{202E}d\r\n# e"
        let event = Sample.stored(Sample.event(.failed, name: name, labels: ["team": "x\ny"]))
        // Programs take a name as it is.
        guard kind != .webhook, kind != .command, kind != .alertmanager else { return }
        for request in try TargetSample.requests(.alert(event), to: TargetSample.settings(kind)) {
            for text in Self.strings(of: try JSONValue(parsing: request.body)) where text.contains("a b") {
                #expect(text.contains("a b cd"))
            }
            let body = String(decoding: request.body, as: UTF8.self)
            #expect(!body.contains("\u{2028}") && !body.contains("\u{202E}") && !body.contains("x\\ny"))
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}
