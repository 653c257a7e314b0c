import Model

/// A config's text as a value, read strictly (RFC 8259) and with its places kept.
///
/// Foundation's decoder does not do here: it takes a trailing comma, keeps one of two equal keys without a word,
/// names no line, and needs four times as long.
struct JSONText {
    let value: JSONValue
    let duplicateKeys: [DuplicateKey]

    /// A key that an object has twice; the later one is the one in `value`.
    struct DuplicateKey {
        let path: ConfigPath
        /// Where it stands for the second time.
        let line: Int
    }

    init(_ bytes: [UInt8]) throws(JSONSyntaxError) {
        switch bytes.prefix(4) {
        case let start where start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]):
            throw JSONSyntaxError(place: "", message: "is UTF-16 text; save it as UTF-8")
        default: break
        }
        var parser = JSONParser(bytes)
        value = try parser.document()
        duplicateKeys = parser.duplicateKeys
    }
}

struct JSONSyntaxError: Error {
    /// `line 3, column 5`; empty where it is about the whole text.
    let place: String
    let message: String
}

enum JSONValueText {
    /// A text in double quotes with what JSON escapes escaped, cut where it is long: for messages.
    static func quote(_ text: String) -> String {
        let short = text.count > 60 ? text.prefix(57) + "..." : text[...]
        return JSONValue.string(String(short)).text()
    }
}
