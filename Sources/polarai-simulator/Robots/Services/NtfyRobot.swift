import Model

/// An ntfy server: JSON to `/robot/ntfy/` (ntfy documentation, "Publish as JSON", "Limitations"; error codes of
/// binwiederhier/ntfy, server/errors.go).
struct NtfyRobot: Robot {
    static let service = "ntfy"
    /// 60 at once, and then one every five seconds; checked over a window, with one to spare.
    static let rates = [RobotRate(count: 61, per: .seconds(300))]
    /// In bytes; what is longer becomes an attachment.
    private static let longest = 4096
    private var sent = 0

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(40_101, "unauthorized") },
        "forbidden": { _ in error(40_301, "forbidden") },
        "throttled": { _ in error(42_901, "limit reached: too many requests") },
        "daily": { _ in error(42_908, "limit reached: daily message quota reached") },
        "auth_failures": { _ in error(42_909, "limit reached: too many auth failures") },
        "too_large": { _ in error(41_303, "JSON body too large") },
        "json": { _ in error(40_024, "invalid request: request body must be valid JSON") },
        "topic": { _ in error(40_009, "invalid request: topic invalid") },
        "topic_disallowed": { _ in error(40_010, "invalid request: topic name is not allowed") },
        "priority": { _ in error(40_007, "invalid request: priority parameter invalid") },
        "not_found": { _ in error(40_401, "page not found") },
        "server": { _ in error(50_001, "internal server error") },
        // Taken, but not as it was meant.
        "attachment": { _ in .json(.object(["id": "attached0001", "event": "message", "attachment": .object([:])])) },
        "as_text": { _ in .json(.object(["id": "astext000001", "event": "message"])) },
    ]

    /// Where no token is asked for, none may be needed.
    func token(of call: RobotCall) -> String? {
        guard let login = call.call.headers["authorization"] else { return "" }
        return login.hasPrefix("Bearer ") ? String(login.dropFirst(7)) : nil
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        guard call.path.isEmpty else {
            throw RobotRefusal("as_text", "JSON that is sent to a topic's address is shown as it stands")
        }
        let json = try Demands(failure: "json").require(call.json, "the body is not JSON")
        let topic = json["topic"]?.text ?? ""
        let isTopic =
            (1...64).contains(topic.count)
            && topic.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        guard isTopic else { throw RobotRefusal("topic", "no topic: \(topic)") }
        if let priority = json["priority"], !(1...5).contains(priority.integer ?? 0) {
            throw RobotRefusal("priority", "priority is not a number from 1 to 5")
        }
        if let tags = json["tags"] {
            try Demands(failure: "json").require(tags.texts != nil, "tags is not a list of texts")
        }
        for action in json["actions"]?.arrayValue ?? [] {
            try Demands(failure: "json").require(
                action["action"]?.text != nil && action["label"]?.text != nil, "an action has no kind or label")
        }
        let length = json["message"]?.stringValue?.utf8.count ?? 0
        guard length <= Self.longest else { throw RobotRefusal("attachment", "\(length) bytes become an attachment") }
    }

    mutating func accept(_ call: RobotCall) -> ServerReply {
        sent += 1
        var answer: [String: JSONValue] = [
            "id": .string("msg\(sent)"), "time": .integer(call.now.seconds),
            "expires": .integer(call.now.seconds + 43_200),
            "event": "message",
        ]
        for key in ["topic", "title", "message", "priority", "tags"] { answer[key] = call.json?[key] }
        return .json(.object(answer))
    }

    private static func error(_ code: Int64, _ message: String) -> ServerReply {
        .json(
            .object([
                "code": .integer(code), "http": .integer(code / 100), "error": .string(message),
                "link": "https://ntfy.sh/docs/publish/",
            ]), status: Int(code / 100))
    }
}
