import Model

/// A Slack incoming webhook: `/robot/slack/services/T…/B…/X…` (Slack, "Sending messages using incoming webhooks", "Rate
/// limits", Block Kit reference). Answers are plain text.
struct SlackRobot: Robot {
    static let service = "slack"
    /// One a second, with room for a short burst.
    static let rates = [RobotRate(count: 4, per: .seconds(3))]
    /// In characters of JSON; no page says so, slackapi/bolt-js issue 2509 does.
    private static let longestBlocks = 13_000

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in .text("no_service", status: 404) },
        "invalid_token": { _ in .text("invalid_token", status: 403) },
        "invalid_token_400": { _ in .text("invalid_token", status: 400) },
        "throttled": { wait in
            let seconds = CommonFailures.seconds(wait)
            return .json(
                .object([
                    "retry_after": .integer(Int64(seconds) ?? 1), "ok": .bool(false), "error": "rate_limited",
                ]), status: 429
            ).with(header: "Retry-After", seconds)
        },
        "invalid_payload": { _ in .text("invalid_payload", status: 400) },
        "no_text": { _ in .text("no_text", status: 400) },
        "invalid_blocks": { _ in .text("invalid_blocks", status: 400) },
        "too_long": { _ in .text("msg_blocks_too_long", status: 400) },
        "action_prohibited": { _ in .text("action_prohibited", status: 403) },
        "channel_not_found": { _ in .text("channel_not_found", status: 404) },
        "archived": { _ in .text("channel_is_archived", status: 410) },
        "rollup_error": { _ in .text("rollup_error", status: 500) },
    ]

    func token(of call: RobotCall) -> String? {
        call.path.count == 4 && call.path[0] == "services" ? call.path.dropFirst().joined(separator: "/") : nil
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let payload = Demands(failure: "invalid_payload")
        try payload.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try payload.require(call.json, "the body is not JSON")
        try payload.require(json.objectValue != nil, "the body is not an object")
        let attachments = json["attachments"]?.arrayValue ?? []
        let text = json["text"]?.text
        guard text != nil || !attachments.isEmpty || json["blocks"] != nil else {
            throw RobotRefusal("no_text", "neither text nor blocks nor attachments")
        }
        try Demands(failure: "too_long").require((text ?? "").utf16.count <= 40_000, "text is too long")
        if let blocks = json["blocks"] { try check(blocks: blocks) }
        for attachment in attachments {
            if let blocks = attachment["blocks"] { try check(blocks: blocks) }
            if let colour = attachment["color"]?.stringValue {
                let isColour =
                    colour.hasPrefix("#") && colour.count == 7 || ["good", "warning", "danger"].contains(colour)
                try payload.require(isColour, "no colour \(colour)")
            }
        }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        .text("ok")
    }

    private func check(blocks value: JSONValue) throws(RobotRefusal) {
        let demands = Demands(failure: "invalid_blocks")
        let blocks = try demands.require(value.arrayValue, "blocks is not a list")
        try demands.require((1...50).contains(blocks.count), "\(blocks.count) blocks")
        let length = value.text().utf16.count
        try Demands(failure: "too_long").require(length <= Self.longestBlocks, "\(length) characters of blocks")
        for block in blocks {
            switch block["type"]?.stringValue {
            case "header":
                try demands.require(block["text"]?["type"]?.stringValue == "plain_text", "a header is not plain_text")
                _ = try demands.text(block["text"]?["text"], atMost: 150, "header.text")
            case "section":
                try check(section: block, demands)
            case "context":
                let elements = try demands.require(block["elements"]?.arrayValue, "a context has no elements")
                try demands.require((1...10).contains(elements.count), "a context has \(elements.count) elements")
                for element in elements { try check(text: element, atMost: 3000, demands) }
            case "actions":
                for element in try demands.require(block["elements"]?.arrayValue, "actions has no elements") {
                    try demands.require(element["type"]?.stringValue == "button", "an element is not a button")
                    _ = try demands.text(element["text"]?["text"], atMost: 75, "button.text")
                    if let url = element["url"] { _ = try demands.text(url, atMost: 3000, "button.url") }
                }
            case "divider":
                break
            default:
                throw RobotRefusal("invalid_blocks", "a block of an unknown type")
            }
        }
    }

    private func check(section: JSONValue, _ demands: Demands) throws(RobotRefusal) {
        let fields = section["fields"]?.arrayValue ?? []
        try demands.require(section["text"] != nil || !fields.isEmpty, "a section has neither text nor fields")
        if let text = section["text"] { try check(text: text, atMost: 3000, demands) }
        try demands.require(fields.count <= 10, "a section has \(fields.count) fields")
        for field in fields { try check(text: field, atMost: 2000, demands) }
    }

    private func check(text: JSONValue, atMost limit: Int, _ demands: Demands) throws(RobotRefusal) {
        try demands.require(
            ["mrkdwn", "plain_text"].contains(text["type"]?.stringValue ?? ""), "a text of no known type")
        _ = try demands.text(text["text"], atMost: limit, "a text")
    }
}
