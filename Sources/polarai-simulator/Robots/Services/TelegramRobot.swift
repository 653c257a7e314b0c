import Model

/// A bot of Telegram: `/robot/telegram/botTOKEN/sendMessage` (Telegram Bot API, "Making requests", "sendMessage",
/// "HTML style"; Bots FAQ).
struct TelegramRobot: Robot {
    static let service = "telegram"
    /// To a group.
    static let rates = [RobotRate(count: 20, per: .seconds(60))]
    /// In UTF-16 units, once tags and entities are read.
    private static let longest = 4096
    private var sent: Int64 = 0

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(401, "Unauthorized") },
        "malformed_token": { _ in error(404, "Not Found") },
        "throttled": { wait in
            let seconds = Int64(CommonFailures.seconds(wait)) ?? 1
            return error(
                429, "Too Many Requests: retry after \(seconds)", ["retry_after": .integer(seconds)]
            ).with(header: "Retry-After", "\(seconds)")
        },
        "migrated": { _ in
            error(
                400, "Bad Request: group chat was upgraded to a supergroup chat",
                ["migrate_to_chat_id": .integer(-1_001_234_567_890)])
        },
        "chat_not_found": { _ in error(400, "Bad Request: chat not found") },
        "thread_not_found": { _ in error(400, "Bad Request: message thread not found") },
        "too_long": { _ in error(400, "Bad Request: message is too long") },
        "empty": { _ in error(400, "Bad Request: message text is empty") },
        "entities": { _ in
            error(400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 0")
        },
        "no_rights": { _ in
            error(400, "Bad Request: not enough rights to send text messages to the chat")
        },
        "kicked": { _ in error(403, "Forbidden: bot was kicked from the supergroup chat") },
        "blocked": { _ in error(403, "Forbidden: bot was blocked by the user") },
        "deactivated": { _ in error(403, "Forbidden: user is deactivated") },
        "server": { _ in error(500, "Internal Server Error") },
    ]

    func token(of call: RobotCall) -> String? {
        guard call.path.count == 2, call.path[0].hasPrefix("bot"), call.path[1] == "sendMessage" else { return nil }
        return String(call.path[0].dropFirst(3))
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let empty = Demands(failure: "empty")
        try empty.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try empty.require(call.json, "the body is not JSON")
        let chat = json["chat_id"].flatMap { $0.stringValue ?? $0.integer.map(String.init) }
        guard let chat, !chat.isEmpty, call.script.chatID == nil || call.script.chatID == chat else {
            throw RobotRefusal("chat_not_found", "another chat: \(chat ?? "none")")
        }
        if let thread = json["message_thread_id"], thread.integer == nil {
            throw RobotRefusal("thread_not_found", "message_thread_id is not a number")
        }
        let text = try empty.require(json["text"]?.text, "text is missing or empty")
        let plain: String
        switch json["parse_mode"]?.stringValue {
        case nil: plain = text
        case "HTML": plain = try TelegramHTML.plainText(text)
        case "MarkdownV2", "Markdown": plain = text
        default: throw RobotRefusal("entities", "unknown parse_mode")
        }
        try empty.require(!plain.trimmed.isEmpty, "text has only tags and spaces")
        guard plain.utf16.count <= Self.longest else {
            throw RobotRefusal("too_long", "\(plain.utf16.count) characters, more than \(Self.longest)")
        }
    }

    mutating func accept(_ call: RobotCall) -> ServerReply {
        sent += 1
        return .json(
            .object([
                "ok": .bool(true),
                "result": .object([
                    "message_id": .integer(sent), "date": .integer(call.now.seconds),
                    "chat": .object(["id": call.json?["chat_id"] ?? .null, "type": "supergroup"]),
                    "text": call.json?["text"] ?? .null,
                ]),
            ]))
    }

    private static func error(_ code: Int64, _ words: String, _ parameters: [String: JSONValue]? = nil) -> ServerReply {
        var members: [String: JSONValue] = [
            "ok": .bool(false), "error_code": .integer(code), "description": .string(words),
        ]
        members["parameters"] = parameters.map { .object($0) }
        return .json(.object(members), status: Int(code))
    }
}

/// The HTML that Telegram reads: few tags, properly nested, four named entities.
enum TelegramHTML {
    private static let tags: Set<String> = [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "span", "tg-spoiler",
        "tg-emoji", "blockquote",
    ]
    private static let entities = ["lt": "<", "gt": ">", "amp": "&", "quot": "\""]

    /// The text without tags and with entities read.
    static func plainText(_ html: String) throws(RobotRefusal) -> String {
        var plain = ""
        var open: [String] = []
        var rest = html[...]
        while let character = rest.first {
            switch character {
            case "<":
                guard let end = rest.firstIndex(of: ">") else { throw RobotRefusal("entities", "a tag does not end") }
                let tag = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
                if tag.hasPrefix("/") {
                    guard open.popLast() == String(tag.dropFirst()) else {
                        throw RobotRefusal("entities", "</\(tag.dropFirst())> closes nothing")
                    }
                } else {
                    let name = String(tag.prefix { !$0.isWhitespace })
                    guard tags.contains(name) else { throw RobotRefusal("entities", "unsupported tag <\(name)>") }
                    open.append(name)
                }
            case "&":
                plain += try entity(&rest)
            default:
                plain.append(character)
                rest = rest.dropFirst()
            }
        }
        guard open.isEmpty else { throw RobotRefusal("entities", "<\(open.joined(separator: ">, <"))> stays open") }
        return plain
    }

    /// An unknown entity is text, an unescaped ampersand too.
    private static func entity(_ rest: inout Substring) throws(RobotRefusal) -> String {
        let body = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "#" }
        let isEnded = rest.dropFirst(1 + body.count).first == ";"
        if isEnded, let text = entities[String(body)] {
            rest = rest.dropFirst(body.count + 2)
            return text
        }
        if isEnded, body.hasPrefix("#"), let number = UInt32(body.dropFirst()), let scalar = Unicode.Scalar(number) {
            rest = rest.dropFirst(body.count + 2)
            return String(Character(scalar))
        }
        rest = rest.dropFirst()
        return "&"
    }
}
