import Model

/// A time in a scenario: relative to the start (`10s`, `-2h`) or absolute (RFC 3339).
enum ScenarioTime: Sendable, Hashable {
    case afterStart(Duration)
    case absolute(Timestamp)

    func timestamp(startedAt: Timestamp) -> Timestamp {
        switch self {
        case .afterStart(let duration): startedAt.advanced(by: duration)
        case .absolute(let timestamp): timestamp
        }
    }
}

extension ScenarioTime: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        if let duration = SignedDuration.parse(text) {
            self = .afterStart(duration)
        } else if let timestamp = Timestamp(rfc3339: text) {
            self = .absolute(timestamp)
        } else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription:
                    "\"\(text)\" is not a time; write one after the start (\"10s\", \"-2h\") or \"2026-11-24T08:00:00Z\""
            )
        }
    }
}

/// A duration that may have a sign before it.
enum SignedDuration {
    static func parse(_ text: String) -> Duration? {
        if text.hasPrefix("-") {
            return DurationText.parse(String(text.dropFirst())).map { .zero - $0 }
        }
        return DurationText.parse(text.hasPrefix("+") ? String(text.dropFirst()) : text)
    }
}
