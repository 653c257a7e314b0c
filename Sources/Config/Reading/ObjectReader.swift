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
    ///   - allowed: if the object's kind takes only some of the keys.
    ///   - kind: what takes them, for example `the mention of a target of type "dingtalk"`.
    func refuseUnknownKeys(allowed: Set<Key>? = nil, kind: String? = nil) {
        let known = Set(Key.allCases.map(\.rawValue))
        refuseUnknownKeys(
            known: known, allowed: allowed.map { Set($0.map(\.rawValue)) } ?? known, kind: allowed == nil ? nil : kind)
    }

    /// - Parameters:
    ///   - known: the keys that such an object may have, whatever its kind.
    ///   - allowed: those that its kind takes.
    ///   - kind: what takes them; nil if every kind takes all.
    func refuseUnknownKeys(known: Set<String>, allowed: Set<String>, kind: String?) {
        for name in members.keys.sorted() where !allowed.contains(name) {
            if known.contains(name), let kind {
                let list = allowed.sorted().joined(separator: ", ")
                context.mistake(path.key(name), "is not a key of \(kind); its keys are \(list)")
            } else {
                context.mistake(path.key(name), unknown(name, among: allowed))
            }
        }
    }

    private func unknown(_ name: String, among candidates: Set<String>) -> String {
        if let nearest = NearestName.of(name, among: candidates) {
            return "is not a key of this object; did you mean \(JSONValueText.quote(nearest))?"
        }
        let places = context.places.of(name)
        guard places.isEmpty else {
            return "is not a key of this object; it belongs in \(places.joined(separator: " or "))"
        }
        return "is not a key of this object; its keys are \(candidates.sorted().joined(separator: ", "))"
    }

    func path(_ key: Key) -> ConfigPath { path(named: key.rawValue) }

    func path(named name: String) -> ConfigPath { path.key(name) }

    /// Nil if the key is left out. A null is not left out: it is what is left of a value that went missing.
    func value(_ key: Key) -> JSONValue? {
        members[key.rawValue]
    }

    /// Whether the value is an object or missing. Any other value is reported when it is read; mistakes that only follow from
    /// it need not be reported.
    func hasTable(_ key: Key) -> Bool { value(key).map { $0.objectValue != nil } ?? true }

    func has(_ key: Key) -> Bool { has(named: key.rawValue) }

    func has(named name: String) -> Bool { members[name] != nil }

    // MARK: Values

    func read<Value>(_ key: Key, _ decode: (ValueReader) -> Value?) -> Value? {
        read(named: key.rawValue, decode)
    }

    func read<Value>(named name: String, _ decode: (ValueReader) -> Value?) -> Value? {
        members[name].flatMap { decode(ValueReader(value: $0, path: path(named: name), context: context)) }
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
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
