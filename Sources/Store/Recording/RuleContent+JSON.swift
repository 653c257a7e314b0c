import Model

/// As it is stored among the details of an event.
extension RuleContent {
    var key: String {
        switch self {
        case .escalated: "escalated"
        case .reminder: "open"
        case .summary: "summary"
        }
    }

    var json: JSONValue {
        switch self {
        case .escalated(let id, let original, let time):
            .object([
                "of": .string(id.stored), "event": .string(original.rawValue),
                "observed_at": .integer(time.milliseconds),
            ])
        case .reminder(let items):
            .array(
                items.map {
                    .object([
                        "id": .string($0.id), "event": .string($0.kind.rawValue),
                        "cluster": JSONValue($0.cluster?.rawValue.stored), "name": JSONValue($0.name.stored),
                        "since": .integer($0.since.milliseconds),
                    ])
                })
        case .summary(let figures): figures.json
        }
    }

    /// - Returns: nil if the details hold none that this version knows.
    init?(details: JSONValue) {
        if let escalated = details["escalated"] {
            guard let id = escalated["of"]?.stringValue,
                let kind = escalated["event"]?.stringValue.flatMap(EventKind.init),
                case .integer(let time)? = escalated["observed_at"]
            else { return nil }
            self = .escalated(of: id, original: kind, observedAt: Timestamp(milliseconds: time))
        } else if let open = details["open"]?.arrayValue {
            self = .reminder(
                open.compactMap { item in
                    guard let id = item["id"]?.stringValue,
                        let kind = item["event"]?.stringValue.flatMap(EventKind.init),
                        case .integer(let since)? = item["since"]
                    else { return nil }
                    return OpenItem(
                        id: id, kind: kind, cluster: item["cluster"]?.stringValue.map { ClusterID($0) },
                        name: item["name"]?.stringValue, since: Timestamp(milliseconds: since))
                })
        } else if let figures = details["summary"].flatMap({ SummaryFigures($0) }) {
            self = .summary(figures)
        } else {
            return nil
        }
    }
}
