import Model

/// A workflow of Microsoft Teams: `/robot/teams/workflows/ID/triggers/manual/paths/invoke?api-version=…&sp=…&sv=1.0&sig=…`
/// (Microsoft, "Create incoming webhooks with Workflows for Microsoft Teams", Adaptive Cards schema).
///
/// A workflow only promises: what is wrong with a card shows in the flow's own history, not in the answer.
struct TeamsRobot: Robot {
    static let service = "teams"
    static let rates = [RobotRate(count: 5, per: .seconds(1))]
    /// In bytes, of the whole message.
    private static let longest = 28 * 1024
    private static let colours: Set<String> = ["default", "dark", "light", "accent", "good", "warning", "attention"]

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in
            error(401, "DirectApiAuthorizationRequired", "The request must be authenticated by a valid signature.")
        },
        "gone": { _ in error(404, "WorkflowNotFound", "The workflow could not be found.") },
        "disabled": { _ in
            error(
                400, "WorkflowTriggerIsNotEnabled", "Could not execute workflow trigger 'manual' with state 'Disabled'."
            )
        },
        "bad_request": { _ in
            error(400, "InvalidRequestContent", "The request content is not valid and could not be deserialized.")
        },
        "throttled": { wait in
            error(429, "WorkflowRunThrottled", "The workflow run rate limit is exceeded. Please try again later.")
                .with(header: "Retry-After", CommonFailures.seconds(wait))
        },
        "too_long": { _ in error(413, "RequestEntityTooLarge", "The request entity is too large.") },
        // The flow takes the message, and then fails unseen.
        "flow_fails": { _ in ServerReply(status: 202) },
        "accepted_200": { _ in ServerReply(status: 200) },
        // The old connectors, which tell an error in a success.
        "connector_429": { _ in
            .text(
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId "
                    + "tcid=0,server=DB3PEPF0000009C,cv=0123456789..")
        },
        "connector_ok": { _ in .text("1") },
    ]

    func token(of call: RobotCall) -> String? {
        guard let start = call.path.firstIndex(of: "workflows"),
            Array(call.path[(start + 2)...]) == ["triggers", "manual", "paths", "invoke"],
            start == 0 || Array(call.path[..<start]) == ["powerautomate", "automations", "direct"],
            call.parameter("api-version") != nil, call.parameter("sp") == "/triggers/manual/run",
            call.parameter("sv") == "1.0"
        else { return nil }
        // As on the wire: the signature covers the bytes.
        return call.call.queryText.split(separator: "&").first { $0.hasPrefix("sig=") }.map { String($0.dropFirst(4)) }
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let request = Demands(failure: "bad_request")
        try request.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try request.require(call.json, "the body is not JSON")
        try Demands(failure: "flow_fails").require(
            call.call.body.count <= Self.longest, "\(call.call.body.count) bytes, more than \(Self.longest)")
        let flow = Demands(failure: "flow_fails")
        try flow.require(json["type"]?.stringValue == "message", "type is not message")
        let attachments = try flow.require(json["attachments"]?.arrayValue, "attachments is missing")
        try flow.require(!attachments.isEmpty, "attachments is empty")
        for attachment in attachments {
            try flow.require(
                attachment["contentType"]?.stringValue == "application/vnd.microsoft.card.adaptive",
                "an attachment is not an adaptive card")
            try check(card: attachment["content"] ?? .null, flow)
        }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        ServerReply(status: 202)
    }

    private func check(card: JSONValue, _ flow: Demands) throws(RobotRefusal) {
        try flow.require(card["type"]?.stringValue == "AdaptiveCard", "content.type is not AdaptiveCard")
        let versions: Set<String> = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"]
        try flow.require(versions.contains(card["version"]?.stringValue ?? ""), "no version that Teams knows")
        let body = try flow.require(card["body"]?.arrayValue, "body is missing")
        try flow.require(!body.isEmpty, "body is empty")
        for element in body { try check(element: element, flow) }
        for action in card["actions"]?.arrayValue ?? [] {
            try flow.require(
                action["type"]?.stringValue == "Action.OpenUrl" && action["title"]?.text != nil
                    && action["url"]?.text != nil, "an action is not an Action.OpenUrl with title and url")
        }
    }

    private func check(element: JSONValue, _ flow: Demands) throws(RobotRefusal) {
        switch element["type"]?.stringValue {
        case "TextBlock":
            try flow.require(element["text"]?.text != nil, "a TextBlock has no text")
            if let colour = element["color"]?.stringValue {
                try flow.require(Self.colours.contains(colour.lowercased()), "no colour \(colour)")
            }
        case "FactSet":
            let facts = try flow.require(element["facts"]?.arrayValue, "a FactSet has no facts")
            for fact in facts {
                try flow.require(
                    fact["title"]?.text != nil && fact["value"]?.stringValue != nil, "a fact lacks title or value")
            }
        case "Container", "ColumnSet", "Column":
            for part in (element["items"] ?? element["columns"])?.arrayValue ?? [] { try check(element: part, flow) }
        default:
            throw RobotRefusal("flow_fails", "an element of an unknown type")
        }
    }

    private static func error(_ status: Int, _ code: String, _ message: String) -> ServerReply {
        .json(.object(["error": .object(["code": .string(code), "message": .string(message)])]), status: status)
    }
}
