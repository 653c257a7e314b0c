import Model

/// A keyed container that refuses keys which nobody reads, and reads durations.
struct StrictFields<Key: CodingKey & CaseIterable> {
    private let container: KeyedDecodingContainer<Key>
    private let codingPath: [any CodingKey]

    /// - Throws: `DecodingError` if there is a key that is not one of `Key`'s.
    init(_ decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: Key.self)
        codingPath = decoder.codingPath
        let known = Set(Key.allCases.map(\.stringValue))
        let written = try decoder.container(keyedBy: AnyCodingKey.self).allKeys
        if let stranger = written.first(where: { !known.contains($0.stringValue) }) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [stranger],
                    debugDescription: "no such key; known here: " + known.sorted().joined(separator: ", ")
                ))
        }
    }

    func required<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value {
        try container.decode(type, forKey: key)
    }

    func optional<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value? {
        try container.decodeIfPresent(type, forKey: key)
    }

    func value<Value: Decodable>(_ key: Key, default standard: Value) throws -> Value {
        try container.decodeIfPresent(Value.self, forKey: key) ?? standard
    }

    func duration(_ key: Key) throws -> Duration? {
        try duration(key, parse: DurationText.parse)
    }

    func signedDuration(_ key: Key) throws -> Duration? {
        try duration(key, parse: SignedDuration.parse)
    }

    func failure(_ key: Key, _ words: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath + [key], debugDescription: words))
    }

    private func duration(_ key: Key, parse: (String) -> Duration?) throws -> Duration? {
        guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let duration = parse(text) else {
            throw failure(key, "\"\(text)\" is not a duration; write \"500ms\", \"30s\", \"1h30m\"")
        }
        return duration
    }
}

/// Any key.
struct AnyCodingKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
