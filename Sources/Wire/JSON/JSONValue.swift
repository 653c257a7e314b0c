/// Any JSON text as a value.
///
/// Answers and files are read into it first, so that one field of a wrong shape costs that field alone.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Always finite when it comes from a text.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads data that is not ours: the answer of a server, a profile, a stored answer. What is wrong in one value costs
    /// that value alone.
    ///
    /// Taken beyond RFC 8259: a byte order mark; bytes that are not UTF-8, half of a surrogate pair and U+0000, which
    /// become U+FFFD; control characters and unknown escapes inside a string; `NaN`, `Infinity` and numbers beyond the
    /// range of a double, which become null; and whatever is nested deeper than `limits.depth`, which becomes null. Of two
    /// equal keys the later one holds.
    ///
    /// - Throws: `JSONError` if the bytes are not JSON, end too early, or are more than `limits.bytes`. It names the byte
    ///   and quotes nothing.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        var reader = JSONReader(bytes, rules: .lenient, limits: limits)
        self = try reader.document()
    }

    /// The value under `key`, or nil if this is not an object or has no such key.
    package subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var arrayValue: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }

    package var objectValue: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    package var isNull: Bool { self == .null }

    /// A finite number, or a text that holds one: many services write numbers as either.
    package var numberValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number.isFinite ? number : nil
        case .string(let text): Numbers.double(text)
        default: nil
        }
    }

    /// A whole number, or a text that holds one.
    package var integerValue: Int? {
        switch self {
        case .integer(let number): Int(exactly: number)
        case .number(let number): Int(exactly: number)
        case .string(let text): Numbers.integer(text).flatMap { Int(exactly: $0) }
        default: nil
        }
    }

    /// Null if there is no text.
    package init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    /// A list of texts.
    package static func strings(_ texts: some Sequence<String>) -> JSONValue {
        .array(texts.map { .string($0) })
    }

    /// The JSON text without white space, keys sorted, slashes as they are.
    package func text() -> String {
        String(decoding: utf8(), as: UTF8.self)
    }

    /// The bytes of `text()`.
    package func utf8() -> [UInt8] {
        var json = JSONBytes()
        json.value(self)
        return json.take()
    }
}
