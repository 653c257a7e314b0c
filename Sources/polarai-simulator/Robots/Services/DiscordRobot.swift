import Model

/// A Discord webhook: `/robot/discord/api/webhooks/ID/TOKEN?wait=true` (Discord API documentation, "Execute Webhook",
/// "Embed Limits", "Rate Limits").
struct DiscordRobot: Robot {
    static let service = "discord"
    static let rates = [RobotRate(count: 5, per: .seconds(2))]
    private var sent: Int64 = 0

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(404, 10_015, "Unknown Webhook") },
        "invalid_token": { _ in error(401, 50_027, "Invalid Webhook Token") },
        "forbidden": { _ in error(403, 50_013, "Missing Permissions") },
        "empty": { _ in error(400, 50_006, "Cannot send an empty message") },
        "form": { _ in error(400, 50_035, "Invalid Form Body") },
        "not_json": { _ in error(400, 50_109, "The request body contains invalid JSON.") },
        "throttled": { wait in
            .json(
                .object([
                    "message": "You are being rate limited.", "retry_after": .number(max(0.001, wait.inSeconds)),
                    "global": .bool(false),
                ]), status: 429
            )
            .with(header: "Retry-After", CommonFailures.seconds(wait))
            .with(header: "X-RateLimit-Limit", "5").with(header: "X-RateLimit-Remaining", "0")
            .with(header: "X-RateLimit-Reset-After", String(wait.inSeconds)).with(header: "X-RateLimit-Scope", "user")
        },
        // What an address that was refused too often gets: not JSON, from the proxy in front.
        "banned": { wait in
            .text("<html><title>Access denied</title>error code: 1015</html>", status: 429, type: "text/html")
                .with(header: "Retry-After", CommonFailures.seconds(wait))
        },
        "unsaved": { _ in ServerReply(status: 204) },
    ]

    func token(of call: RobotCall) -> String? {
        var path = call.path[...]
        guard path.popFirst() == "api" else { return nil }
        if path.first?.hasPrefix("v") == true { path = path.dropFirst() }
        guard path.popFirst() == "webhooks", path.count == 2 else { return nil }
        return path.joined(separator: "/")
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        // Without `wait` what is wrong stays unsaid: the message is simply not there.
        let answers = call.parameter("wait") == "true"
        do throws(RobotRefusal) {
            try check(call)
        } catch {
            throw answers ? error : RobotRefusal("unsaved", error.words)
        }
    }

    mutating func accept(_ call: RobotCall) -> ServerReply {
        sent += 1
        let headers = [
            ("X-RateLimit-Limit", "5"), ("X-RateLimit-Remaining", "\(max(0, 4 - sent % 5))"),
            ("X-RateLimit-Reset-After", "0.4"),
        ]
        guard call.parameter("wait") == "true" else { return ServerReply(status: 204, headers: headers) }
        var reply = ServerReply.json(
            .object([
                "id": .string("\(1_310_000_000_000_000_000 + sent)"), "type": .integer(0),
                "channel_id": "1300000000000000000",
                "webhook_id": .string(call.path.dropLast().last ?? ""), "content": call.json?["content"] ?? .string(""),
                "embeds": call.json?["embeds"] ?? .array([]), "timestamp": .string(call.now.rfc3339),
            ]))
        reply.headers += headers
        return reply
    }

    private func check(_ call: RobotCall) throws(RobotRefusal) {
        let form = Demands(failure: "form")
        try form.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try Demands(failure: "not_json").require(call.json, "the body is not JSON")
        let embeds = json["embeds"]?.arrayValue ?? []
        guard json["content"]?.text != nil || !embeds.isEmpty else {
            throw RobotRefusal("empty", "neither content nor embeds")
        }
        if json["content"]?.text != nil { _ = try form.text(json["content"], atMost: 2000, "content") }
        try form.require(embeds.count <= 10, "\(embeds.count) embeds")
        var total = 0
        for embed in embeds { total += try length(of: embed, form) }
        try form.require(total <= 6000, "the embeds have \(total) characters, more than 6000")
        if let parse = json["allowed_mentions"]?["parse"] {
            let kinds = try form.require(parse.texts, "allowed_mentions.parse is not a list of texts")
            try form.require(Set(kinds).isSubset(of: ["roles", "users", "everyone"]), "an unknown kind of mention")
        }
    }

    /// The characters that count towards the limit of all embeds.
    private func length(of embed: JSONValue, _ form: Demands) throws(RobotRefusal) -> Int {
        var texts: [String] = []
        for (key, limit) in [("title", 256), ("description", 4096)] where embed[key] != nil {
            texts.append(try form.text(embed[key], atMost: limit, key))
        }
        if let footer = embed["footer"] { texts.append(try form.text(footer["text"], atMost: 2048, "footer.text")) }
        if let author = embed["author"] { texts.append(try form.text(author["name"], atMost: 256, "author.name")) }
        let fields = embed["fields"]?.arrayValue ?? []
        try form.require(fields.count <= 25, "\(fields.count) fields")
        for field in fields {
            texts.append(try form.text(field["name"], atMost: 256, "a field's name"))
            texts.append(try form.text(field["value"], atMost: 1024, "a field's value"))
        }
        if let colour = embed["color"] {
            try form.require((0...0xFF_FFFF).contains(colour.integer ?? -1), "color is not a number from 0 to 16777215")
        }
        if let time = embed["timestamp"] {
            try form.require(
                time.stringValue.flatMap { Timestamp(rfc3339: $0) } != nil, "timestamp is not an ISO 8601 time")
        }
        return texts.reduce(0) { $0 + $1.utf16.count }
    }

    private static func error(_ status: Int, _ code: Int64, _ message: String) -> ServerReply {
        .json(.object(["message": .string(message), "code": .integer(code)]), status: status)
    }
}
