import Model

/// An incoming webhook of Mattermost: `/robot/mattermost/hooks/KEY` (Mattermost developer documentation, "Incoming
/// webhooks", "Message attachments").
struct MattermostRobot: Robot {
    static let service = "mattermost"
    /// The server's own default.
    static let rates = [RobotRate(count: 100, per: .seconds(10))]
    /// In characters; a longer text becomes several posts.
    private static let longest = 16_383

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook.") },
        "disabled": { _ in
            error(
                501, "web.incoming_webhook.disabled.app_error",
                "Incoming webhooks have been disabled by the system admin.")
        },
        "channel": { _ in error(404, "web.incoming_webhook.channel.app_error", "Couldn't find the channel.") },
        "permission": { _ in
            error(403, "web.incoming_webhook.permissions.app_error", "Inappropriate channel permissions.")
        },
        "parse": { _ in error(400, "web.incoming_webhook.parse.app_error", "Unable to parse incoming data.") },
        "no_text": { _ in error(400, "web.incoming_webhook.text.app_error", "No text specified.") },
        "too_large": { _ in error(413, "api.context.request_body_too_large.app_error", "Request body too large.") },
        "split": { _ in .text("ok") },
        "throttled": { wait in
            .text("limit exceeded\n", status: 429)
                .with(header: "Retry-After", CommonFailures.seconds(wait))
                .with(header: "X-Ratelimit-Reset", CommonFailures.seconds(wait))
        },
    ]

    func token(of call: RobotCall) -> String? {
        call.path.count == 2 && call.path[0] == "hooks" ? call.path[1] : nil
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let parse = Demands(failure: "parse")
        try parse.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try parse.require(call.json, "the body is not JSON")
        try parse.require(json.objectValue != nil, "the body is not an object")
        let attachments = json["attachments"]?.arrayValue ?? []
        guard json["text"]?.text != nil || !attachments.isEmpty else {
            throw RobotRefusal("no_text", "neither text nor attachments")
        }
        for attachment in attachments {
            for field in attachment["fields"]?.arrayValue ?? [] {
                try parse.require(
                    field["title"]?.stringValue != nil && field["value"] != nil, "a field has no title or value")
                if let short = field["short"] { try parse.require(short.flag != nil, "short is not a boolean") }
            }
            if let colour = attachment["color"] { try parse.require(colour.text != nil, "color is not a text") }
        }
        let texts = [json["text"]] + attachments.map { $0["text"] }
        for text in texts.compactMap({ $0?.stringValue }) where text.count > Self.longest {
            throw RobotRefusal("split", "\(text.count) characters become several posts")
        }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        .text("ok")
    }

    private static func error(_ status: Int, _ id: String, _ message: String) -> ServerReply {
        .json(
            .object([
                "id": .string(id), "message": .string(message), "detailed_error": "",
                "request_id": "kuxw6kqyefrc8y3xk5a1ptyj4c", "status_code": .integer(Int64(status)),
            ]), status: status)
    }
}
