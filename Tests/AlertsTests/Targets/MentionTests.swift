import HTTPTransport
import Model
import Testing

@testable import Alerts

/// Who is called by a message, and that nobody else is.
struct MentionTests {
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
        body.allTexts.flatMap { text in
            // A receiver that skips marks, as many do.
            let text = String(
                String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\u{301}" && $0 != "\u{200D}" }))
            let read = text.replacing("\\<", with: "")
            return text.matches(of: /@(everyone|here|channel|all|durov|138|所有人|zhangsan|U012)/).map { String($0.0) }
                + read.matches(of: /<(!|@[A-Za-z0-9&]|\/?at\b|users\/|a href)/).map { String($0.0) }
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
                #expect(body.allTexts.contains { $0.contains("everyone") })
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
                #expect(body.allTexts.contains { $0.contains("@13900000000 @ou_1") })
            case .feishu:
                let all = isPlain ? #"<at user_id="all"></at>"# : "<at id=all></at>"
                #expect(body.allTexts.contains { $0.contains(all) })
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
}
