import Model

/// A webhook of a Google Chat space: `/robot/google_chat/v1/spaces/SPACE/messages?key=…&token=…` (Google Chat API,
/// "spaces.messages.create", "Usage limits", card reference).
struct GoogleChatRobot: Robot {
    static let service = "google_chat"
    /// One a second for each space, with room for a short burst.
    static let rates = [RobotRate(count: 4, per: .seconds(3))]
    /// In bytes, of the whole message.
    private static let longest = 32_000
    private var sent = 0

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in error(403, "PERMISSION_DENIED", "The caller does not have permission") },
        "api_key": { _ in error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.") },
        "unauthenticated": { _ in
            error(401, "UNAUTHENTICATED", "Request is missing required authentication credential.")
        },
        "gone": { _ in error(404, "NOT_FOUND", "Requested entity was not found.") },
        "invalid": { _ in error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.") },
        "too_long": { _ in error(400, "INVALID_ARGUMENT", "Message cannot be longer than 32000 bytes.") },
        "throttled": { _ in
            error(
                429, "RESOURCE_EXHAUSTED",
                "Quota exceeded for quota metric 'Space write requests' and limit 'Space write requests per second'.")
        },
        "unavailable": { _ in error(503, "UNAVAILABLE", "The service is currently unavailable.") },
    ]

    func token(of call: RobotCall) -> String? {
        guard call.path.count == 4, call.path[0] == "v1", call.path[1] == "spaces", call.path[3] == "messages",
            call.parameter("key")?.isEmpty == false
        else { return nil }
        return call.parameter("token")
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let invalid = Demands(failure: "invalid")
        try invalid.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try invalid.require(call.json, "the body is not JSON")
        try invalid.keys(
            json, ["text", "fallbackText", "cardsV2", "thread", "accessoryWidgets", "formattedText"], "message")
        let cards = json["cardsV2"]?.arrayValue ?? []
        try invalid.require(json["text"]?.text != nil || !cards.isEmpty, "neither text nor cardsV2")
        guard call.call.body.count <= Self.longest else {
            throw RobotRefusal("too_long", "\(call.call.body.count) bytes, more than \(Self.longest)")
        }
        for card in cards { try check(card, invalid) }
        if let thread = json["thread"] {
            try invalid.require(thread["threadKey"]?.text != nil || thread["name"]?.text != nil, "thread has no key")
            try invalid.require(
                call.parameter("messageReplyOption") != nil, "a thread without messageReplyOption is not looked at")
        }
    }

    mutating func accept(_ call: RobotCall) -> ServerReply {
        sent += 1
        let space = "spaces/\(call.path[2])"
        let thread = call.json?["thread"]?["threadKey"]?.stringValue ?? "new\(sent)"
        return .json(
            .object([
                "name": .string("\(space)/messages/m\(sent).m\(sent)"), "createTime": .string(call.now.rfc3339),
                "thread": .object(["name": .string("\(space)/threads/\(thread)"), "threadKey": .string(thread)]),
                "space": .object(["name": .string(space), "type": "ROOM"]),
            ]))
    }

    private func check(_ entry: JSONValue, _ invalid: Demands) throws(RobotRefusal) {
        try invalid.keys(entry, ["cardId", "card"], "cardsV2[]")
        let card = try invalid.require(entry["card"], "a card is missing")
        try invalid.keys(
            card, ["header", "sections", "cardActions", "name", "fixedFooter", "displayStyle", "peekCardHeader"], "card"
        )
        if let header = card["header"] {
            try invalid.keys(header, ["title", "subtitle", "imageUrl", "imageType", "imageAltText"], "header")
            try invalid.require(header["title"]?.text != nil, "header.title is missing")
        }
        let sections = try invalid.require(card["sections"]?.arrayValue, "sections is missing")
        for section in sections {
            try invalid.keys(
                section, ["header", "widgets", "collapsible", "uncollapsibleWidgetsCount"], "sections[]")
            let widgets = try invalid.require(section["widgets"]?.arrayValue, "widgets is missing")
            try invalid.require((1...100).contains(widgets.count), "a section has \(widgets.count) widgets")
            for widget in widgets { try check(widget: widget, invalid) }
        }
    }

    private func check(widget: JSONValue, _ invalid: Demands) throws(RobotRefusal) {
        try invalid.keys(
            widget, ["textParagraph", "decoratedText", "buttonList", "image", "divider", "horizontalAlignment"],
            "widgets[]")
        if let paragraph = widget["textParagraph"] {
            try invalid.keys(paragraph, ["text", "maxLines"], "textParagraph")
            try invalid.require(paragraph["text"]?.text != nil, "a textParagraph has no text")
        } else if let decorated = widget["decoratedText"] {
            try invalid.keys(
                decorated, ["topLabel", "text", "bottomLabel", "wrapText", "startIcon", "icon", "onClick", "button"],
                "decoratedText")
            try invalid.require(decorated["text"]?.text != nil, "a decoratedText has no text")
        } else if let list = widget["buttonList"] {
            for button in try invalid.require(list["buttons"]?.arrayValue, "a buttonList has no buttons") {
                try invalid.require(
                    button["text"]?.text != nil && button["onClick"]?["openLink"]?["url"]?.text != nil,
                    "a button has no text or opens no link")
            }
        } else {
            try invalid.require(widget["image"] != nil || widget["divider"] != nil, "a widget of no kind")
        }
    }

    private static func error(_ code: Int, _ status: String, _ message: String) -> ServerReply {
        .json(
            .object([
                "error": .object([
                    "code": .integer(Int64(code)), "message": .string(message), "status": .string(status),
                ])
            ]), status: code)
    }
}
