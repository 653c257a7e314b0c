import Model

/// The keys that one kind of object in a config may have.
///
/// One enum each: the decoder can ask for no other key, the check for unknown keys asks the same enum, and a test
/// holds it against config/schema.json.
protocol ConfigKey: RawRepresentable<String>, CaseIterable, Hashable {}

/// Reads one object of a config key by key; what is wrong goes to the context, and the reading goes on.
struct ObjectReader<Key: ConfigKey> {
    let context: LoadContext
    let path: ConfigPath
    private let members: [String: JSONValue]

    /// Nil if the value is not an object, which is reported.
    init?(_ value: JSONValue, at path: ConfigPath, in context: LoadContext, wanted: String) {
        guard let members = value.objectValue else {
            context.mistake(path, "is \(value.kindName); write \(wanted)")
            return nil
        }
        self.init(members: members, at: path, in: context)
    }

    init(members: [String: JSONValue], at path: ConfigPath, in context: LoadContext) {
        self.context = context
        self.path = path
        self.members = members
    }

    // MARK: Keys

    /// Reports the keys that mean nothing here.
    ///
    /// - Parameters:
    ///   - allowed: where the object's kind takes only some of the keys.
    ///   - kind: what takes them, for example `a target of type "dingtalk"`.
    func refuseUnknownKeys(allowed: Set<Key>? = nil, kind: String? = nil) {
        let unknown = members.keys.filter { name in
            guard let key = Key(rawValue: name) else { return true }
            return allowed?.contains(key) == false
        }
        for name in unknown.sorted() {
            if Key(rawValue: name) != nil, let allowed, let kind {
                context.mistake(path.key(name), "is not a key of \(kind); its keys are \(Self.list(allowed))")
            } else {
                let candidates = (allowed ?? Set(Key.allCases)).map(\.rawValue)
                context.mistake(path.key(name), Self.unknown(name, among: candidates))
            }
        }
    }

    private static func unknown(_ name: String, among candidates: [String]) -> String {
        if let nearest = NearestName.of(name, among: candidates) {
            return "is not a key of this object; did you mean \(JSONValueText.quote(nearest))?"
        }
        let places = KeyPlaces.of(name)
        guard places.isEmpty else {
            return "is not a key of this object; it belongs in \(places.joined(separator: " or "))"
        }
        return "is not a key of this object; its keys are \(candidates.sorted().joined(separator: ", "))"
    }

    private static func list(_ keys: Set<Key>) -> String {
        keys.map(\.rawValue).sorted().joined(separator: ", ")
    }

    func path(_ key: Key) -> ConfigPath { path.key(key.rawValue) }

    /// Nil where the key is left out. A null is not left out: it is what is left of a value that went missing.
    func value(_ key: Key) -> JSONValue? {
        members[key.rawValue]
    }

    func has(_ key: Key) -> Bool { members[key.rawValue] != nil }

    // MARK: Values

    func read<Value>(_ key: Key, _ decode: (ValueReader) -> Value?) -> Value? {
        value(key).flatMap { decode(ValueReader(value: $0, path: path(key), context: context)) }
    }

    /// What must not be left out.
    func require<Value>(_ key: Key, _ missing: String, _ decode: (ValueReader) -> Value?) -> Value? {
        if !has(key) { context.mistake(path(key), "is missing; \(missing)") }
        return read(key, decode)
    }
}

extension JSONValue {
    /// What the value is, for a person.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        // Never the value itself: it may be a secret in the wrong place.
        case .integer, .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
