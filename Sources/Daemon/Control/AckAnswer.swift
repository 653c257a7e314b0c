package import Model
package import Store

/// What an `ack` did, event by event.
package struct AckAnswer: Hashable, Sendable {
    /// The events that are acknowledged now: `{"id", "event", "cluster", "name", "observed_at", "acknowledged"}`.
    package private(set) var acknowledged: [JSONValue] = []
    /// Those that somebody had in hand before.
    package private(set) var already: [JSONValue] = []
    /// Ids of events that cannot be acknowledged.
    package private(set) var impossible: [String] = []
    /// What is neither an event nor a cluster with an event that can be acknowledged.
    package private(set) var unknown: [String] = []

    package init(_ outcomes: [(name: String, outcome: AckOutcome)]) {
        for (name, outcome) in outcomes {
            switch outcome {
            case .acknowledged(let event): acknowledged.append(event.json)
            case .already(let event): already.append(event.json)
            case .impossible: impossible.append(name)
            case .unknown: unknown.append(name)
            }
        }
    }

    /// Reads what `json` writes; nil if it is something else.
    package init?(_ json: JSONValue) {
        guard let acknowledged = json["acknowledged"]?.arrayValue, let already = json["unchanged"]?.arrayValue else {
            return nil
        }
        self.acknowledged = acknowledged
        self.already = already
        impossible = json["impossible"]?.arrayValue?.compactMap(\.stringValue) ?? []
        unknown = json["unknown"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    package var json: JSONValue {
        .object([
            "acknowledged": .array(acknowledged), "unchanged": .array(already),
            "impossible": .strings(impossible), "unknown": .strings(unknown),
        ])
    }

    /// Whether nothing of what was named is acknowledged.
    package var isEmpty: Bool { acknowledged.isEmpty && already.isEmpty }
}
