import Foundation
import Model

/// An Alertmanager: `/robot/alertmanager/api/v2/alerts`, or `/robot/alertmanager/REPLICA/api/v2/alerts` for several
/// (Alertmanager API v2 specification; Prometheus documentation, "Sending alerts").
///
/// It keeps what is posted to it, as the real one does: GET on the same path lists it.
struct AlertmanagerRobot: Robot {
    static let service = "alertmanager"
    static let rates: [RobotRate] = []
    /// How long an alert without an end lasts.
    private static let resolveTimeout = Duration.seconds(300)

    private struct Alert {
        var labels: [String: String]
        var annotations: JSONValue
        var startsAt: Timestamp
        var endsAt: Timestamp
        var updatedAt: Timestamp
    }

    /// By replica, then by label set.
    private var alerts: [String: [[String: String]: Alert]] = [:]

    static let failures: [String: @Sendable (Duration) -> ServerReply] = [
        "unknown_token": { _ in .text("404 page not found\n", status: 404) },
        // Valid alerts beside an invalid one are kept.
        "invalid": { _ in .json(.string("start time must be before end time"), status: 400) },
        "schema": { _ in
            .json(.object(["code": .integer(602), "message": "0.labels in body is required"]), status: 422)
        },
        "throttled": { wait in .text("", status: 429).with(header: "Retry-After", CommonFailures.seconds(wait)) },
        "server": { _ in .json(.string("internal error"), status: 500) },
    ]

    func token(of call: RobotCall) -> String? {
        guard Array(call.path.suffix(3)) == ["api", "v2", "alerts"] else { return nil }
        return call.path.dropLast(3).joined(separator: "/")
    }

    mutating func inspect(_ call: RobotCall) throws(RobotRefusal) {
        let schema = Demands(failure: "schema")
        try schema.require(call.isDeclaredJSON, "Content-Type is not application/json")
        let posted = try schema.require(call.json?.arrayValue, "the body is not a list of alerts")
        var valid: [Alert] = []
        var mistake: RobotRefusal?
        for alert in posted {
            do throws(RobotRefusal) {
                valid.append(try read(alert, now: call.now, schema))
            } catch {
                if error.failure == "schema" { throw error }
                mistake = error
            }
        }
        let replica = token(of: call) ?? ""
        for alert in valid {
            var alert = alert
            // The same label set is the same alert, and began when it first did.
            if let known = alerts[replica]?[alert.labels] {
                alert.startsAt = min(alert.startsAt, known.startsAt)
                if alert.annotations.isNull { alert.annotations = known.annotations }
            }
            alerts[replica, default: [:]][alert.labels] = alert
        }
        if let mistake { throw mistake }
    }

    func accept(_ call: RobotCall) -> ServerReply {
        ServerReply(status: 200)
    }

    func show(_ call: RobotCall) -> ServerReply? {
        guard let replica = token(of: call) else { return nil }
        let all = (alerts[replica] ?? [:]).values.sorted { $0.startsAt < $1.startsAt }
        return .json(
            .array(
                all.map { alert in
                    .object([
                        "labels": .object(alert.labels.mapValues { .string($0) }), "annotations": alert.annotations,
                        "startsAt": .string(alert.startsAt.rfc3339), "endsAt": .string(alert.endsAt.rfc3339),
                        "updatedAt": .string(alert.updatedAt.rfc3339),
                        "status": .object(["state": .string(alert.endsAt > call.now ? "active" : "resolved")]),
                    ])
                }))
    }

    private func read(_ alert: JSONValue, now: Timestamp, _ schema: Demands) throws(RobotRefusal) -> Alert {
        let invalid = Demands(failure: "invalid")
        let labels = try schema.require(texts(alert["labels"]), "labels is not an object of texts")
        let named = labels.filter { !$0.value.isEmpty }
        try invalid.require(!named.isEmpty, "no label has a value")
        for name in named.keys { try invalid.require(Self.isName(name), "no label name: \(name)") }
        let annotations = alert["annotations"] ?? .null
        if !annotations.isNull {
            try schema.require(texts(annotations) != nil, "annotations is not an object of texts")
        }
        let starts = try time(alert["startsAt"], schema)
        let ends = try time(alert["endsAt"], schema)
        if let url = alert["generatorURL"]?.stringValue {
            try schema.require(url.isEmpty || URL(string: url)?.scheme != nil, "generatorURL is not a URL")
        }
        let start = starts ?? min(now, ends ?? now)
        if let ends { try invalid.require(start <= ends, "start time must be before end time") }
        return Alert(
            labels: named, annotations: annotations, startsAt: start,
            endsAt: ends ?? now.advanced(by: Self.resolveTimeout), updatedAt: now)
    }

    private func texts(_ value: JSONValue?) -> [String: String]? {
        guard let members = value?.objectValue else { return nil }
        let texts = members.compactMapValues(\.stringValue)
        return texts.count == members.count ? texts : nil
    }

    private func time(_ value: JSONValue?, _ schema: Demands) throws(RobotRefusal) -> Timestamp? {
        guard let value, !value.isNull else { return nil }
        return try schema.require(value.stringValue.flatMap { Timestamp(rfc3339: $0) }, "no RFC 3339 time")
    }

    /// Prometheus' own rule for label names.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_")
        }
    }
}
