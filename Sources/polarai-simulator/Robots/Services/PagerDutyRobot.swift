import Model

/// PagerDuty's Events API v2: `/robot/pagerduty/v2/enqueue` and `/v2/change/enqueue` (PagerDuty Developer
/// documentation, "Send an Alert Event", "Send a Change Event", "Events API v2 overview").
struct PagerDutyRobot: Robot {
    static let service = "pagerduty"
    static let rates = [RobotRate(count: 120, per: .seconds(60))]
    /// In bytes.
    private static let longest = 512 * 1024

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in invalid("Invalid routing key") },
        "invalid": { _ in invalid("'payload.summary' is missing or blank") },
        "too_large": { _ in
            .json(.object(["status": "invalid event", "message": "Event object is too large"]), status: 413)
        },
        "throttled": { _ in
            .json(
                .object([
                    "status": "throttle exceeded",
                    "message": "Requests for this service are arriving too quickly. Please retry later.",
                ]), status: 429)
        },
        "server": { _ in .json(.object(["status": "error", "message": "Internal Server Error"]), status: 500) },
        "ok_200": { _ in .json(.object(["status": "success"])) },
    ]

    func token(of call: RobotCall) -> String? {
        guard call.path == ["v2", "enqueue"] || call.path == ["v2", "change", "enqueue"] else { return nil }
        return call.json?["routing_key"]?.text
    }

    func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let invalid = Demands(failure: "invalid")
        try Demands(failure: "too_large").require(call.call.body.count <= Self.longest, "\(call.call.body.count) bytes")
        try invalid.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let json = try invalid.require(call.json, "the body is not JSON")
        try Demands(failure: "unknown_token").require(
            json["routing_key"]?.stringValue?.count == 32, "a routing key has 32 characters")
        if call.path.count == 3 {
            try check(change: json, invalid)
        } else {
            try check(event: json, invalid)
        }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        if call.path.count == 3 {
            return .json(.object(["status": "success", "message": "Change event processed"]), status: 202)
        }
        return .json(
            .object([
                "status": "success", "message": "Event processed",
                "dedup_key": call.json?["dedup_key"] ?? .string("generated"),
            ]), status: 202)
    }

    private func check(event: JSONValue, _ invalid: Demands) throws(RobotRefusal) {
        let action = event["event_action"]?.stringValue ?? ""
        try invalid.require(["trigger", "acknowledge", "resolve"].contains(action), "no event_action")
        if event["dedup_key"] != nil {
            _ = try invalid.text(event["dedup_key"], atMost: 255, "dedup_key")
        } else {
            try invalid.require(action == "trigger", "\(action) needs a dedup_key")
        }
        guard action == "trigger" else { return }
        let payload = try invalid.require(event["payload"], "payload is missing")
        _ = try invalid.text(payload["summary"], atMost: 1024, "payload.summary")
        try invalid.require(payload["source"]?.text != nil, "payload.source is missing")
        let severities: Set<String> = ["critical", "error", "warning", "info"]
        try invalid.require(severities.contains(payload["severity"]?.stringValue ?? ""), "no payload.severity")
        try check(time: payload["timestamp"], invalid)
        for link in event["links"]?.arrayValue ?? [] {
            try invalid.require(link["href"]?.text?.hasPrefix("http") == true, "a link has no href")
        }
    }

    private func check(change: JSONValue, _ invalid: Demands) throws(RobotRefusal) {
        try invalid.require(change["event_action"] == nil, "a change event has no event_action")
        let payload = try invalid.require(change["payload"], "payload is missing")
        _ = try invalid.text(payload["summary"], atMost: 1024, "payload.summary")
        try check(time: payload["timestamp"], invalid)
    }

    private func check(time: JSONValue?, _ invalid: Demands) throws(RobotRefusal) {
        guard let time else { return }
        try invalid.require(
            time.stringValue.flatMap { Timestamp(rfc3339: $0) } != nil, "timestamp is not an ISO 8601 time")
    }

    private static func invalid(_ words: String) -> ServerReply {
        .json(
            .object([
                "status": "invalid event", "message": "Event object is invalid", "errors": .array([.string(words)]),
            ]), status: 400)
    }
}
