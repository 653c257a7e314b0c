import Model

/// Reads members of an API's object leniently: null, a missing key and a wrong shape are all nil, and cost that member
/// alone. What is read is bounded here.
struct JSONFields {
    let members: [String: JSONValue]

    init(_ members: [String: JSONValue]) {
        self.members = members
    }

    /// Trimmed; a number or a truth value is taken as its text, an empty text as absent. Never for what is decided on.
    ///
    /// - Parameter longest: in bytes; what is longer is cut.
    func text(_ key: String, longest: Int = .max) -> String? {
        switch members[key] {
        case .string(let text): text.trimmed.nonEmpty?.cut(bytes: longest)
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let flag): String(flag)
        default: nil
        }
    }

    /// An identifier or a code, as it goes into messages and the database: nil if it is longer than 128 bytes or has
    /// anything in it that is not printed.
    func code(_ key: String) -> String? {
        guard let text = text(key), text.utf8.count <= 128,
            text.unicodeScalars.allSatisfy({ $0 != "\u{FFFD}" && !SafeText.isHidden($0) })
        else { return nil }
        return text
    }

    /// A whole number, or a text that holds one.
    func integer(_ key: String) -> Int64? {
        members[key]?.integerValue.map { Int64($0) }
    }

    /// A whole number from 0 to `most`, or a text that holds one.
    func count(_ key: String, upTo most: Int) -> Int? {
        members[key]?.integerValue.flatMap { (0...most).contains($0) ? $0 : nil }
    }

    /// A finite number, or a text that holds one.
    func number(_ key: String) -> Double? {
        members[key]?.numberValue
    }

    func time(_ key: String) -> Timestamp? {
        members[key].flatMap { Timestamp(outside: $0) }
    }

    /// The text of a time that is there and cannot be read; nil if it can be, or if there is none.
    func unreadTime(_ key: String) -> String? {
        time(key) == nil ? text(key, longest: 64) : nil
    }

    /// Paths joined by commas.
    func list(_ key: String) -> [String] {
        if case .array(let items) = members[key] { return items.compactMap { $0.stringValue?.trimmed.nonEmpty } }
        return text(key)?.split(separator: ",").compactMap { $0.trimmed.nonEmpty } ?? []
    }

    /// The objects of an array; items that are not objects are left out.
    func objects(_ key: String) -> [JSONFields] {
        (members[key]?.arrayValue ?? []).compactMap { $0.objectValue.map(JSONFields.init) }
    }
}

/// JSON that travels inside a JSON text.
enum EmbeddedJSON {
    /// The object or array in the text. The documentation's own sample escapes `AccessInfo` twice: then the text is itself
    /// the inside of a JSON text.
    ///
    /// - Returns: nil if there is none; the text is then shown as it is.
    static func parse(_ text: String) -> JSONValue? {
        if let value = structure(text) { return value }
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return nil }
        let quoted = Array("\"\(text.trimmed)\"".utf8)
        guard let inner = (try? JSONValue(parsing: quoted, limits: .foreign))?.stringValue else { return nil }
        return structure(inner)
    }

    private static func structure(_ text: String) -> JSONValue? {
        switch text.utf8.first(where: { $0 > 32 }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try? JSONValue(parsing: Array(text.utf8), limits: .foreign)
        default: nil
        }
    }
}
