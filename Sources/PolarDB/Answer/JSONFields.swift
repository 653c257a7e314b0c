import Model

/// Reads members of an API's object leniently: null, a missing key and a wrong shape are all nil, and cost that member
/// alone.
struct JSONFields {
    let members: [String: JSONValue]

    init(_ members: [String: JSONValue]) {
        self.members = members
    }

    /// Trimmed; a number or a truth value is taken as its text, an empty text as absent.
    func text(_ key: String) -> String? {
        switch members[key] {
        case .string(let text): text.trimmed.nonEmpty
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let flag): String(flag)
        default: nil
        }
    }

    /// A whole number, or a text that holds one.
    func integer(_ key: String) -> Int64? {
        switch members[key] {
        case .integer(let number): number
        case .number(let number): Int64(exactly: number)
        case .string(let text): Int64(text.trimmed)
        default: nil
        }
    }

    /// A number, or a text that holds one.
    func number(_ key: String) -> Double? {
        switch members[key] {
        case .integer(let number): Double(number)
        case .number(let number): number
        case .string(let text): Double(text.trimmed)
        default: nil
        }
    }

    func time(_ key: String) -> Timestamp? {
        text(key).flatMap { Timestamp(rfc3339: $0) }
    }

    /// Paths joined by commas.
    func list(_ key: String) -> [String] {
        if case .array(let items) = members[key] { return items.compactMap { $0.stringValue?.trimmed.nonEmpty } }
        return text(key)?.split(separator: ",").compactMap { $0.trimmed.nonEmpty } ?? []
    }

    /// The objects of an array; items that are none are left out.
    func objects(_ key: String) -> [JSONFields] {
        (members[key]?.arrayValue ?? []).compactMap { $0.objectValue.map(JSONFields.init) }
    }
}

/// JSON that travels inside a JSON text.
enum EmbeddedJSON {
    /// The object or array in the text. The documentation's own sample escapes `AccessInfo` twice: then the text is itself
    /// the inside of a JSON text.
    ///
    /// - Returns: nil where there is none; the text is then shown as it is.
    static func parse(_ text: String) -> JSONValue? {
        if let value = structure(text) { return value }
        guard let inner = (try? JSONValue(parsing: Array("\"\(text.trimmed)\"".utf8)))?.stringValue else { return nil }
        return structure(inner)
    }

    private static func structure(_ text: String) -> JSONValue? {
        switch text.utf8.first(where: { $0 > 32 }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try? JSONValue(parsing: Array(text.utf8))
        default: nil
        }
    }
}
