import Model

/// A recursive descent over the grammar of RFC 8259, one method per rule.
struct JSONParser {
    private(set) var duplicateKeys: [JSONText.DuplicateKey] = []

    /// Deeper than any config; keeps a hostile file from exhausting the stack.
    private static let maximumDepth = 64

    private let bytes: [UInt8]
    /// Asked once for the whole text: asking for each string in it costs more than all the rest.
    private let isUTF8: Bool
    private var position = 0
    private var line = 1
    private var lineStart = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        // A byte order mark, which editors on Windows write.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            position = 3
            lineStart = 3
        }
    }

    mutating func document() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        guard position < bytes.count else {
            throw JSONSyntaxError(place: "", message: "is empty; the smallest config is {}")
        }
        let value = try value(at: .root, depth: 0)
        skipSpace()
        guard position == bytes.count else {
            throw error("there is more after the end of the config, beginning with \(seen)")
        }
        return value
    }

    // MARK: Values

    private mutating func value(at path: ConfigPath, depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard depth <= Self.maximumDepth else {
            throw error("is nested more than \(Self.maximumDepth) levels deep")
        }
        guard let byte = current else {
            throw error("the text ends where a value was expected; is a closing bracket missing?")
        }
        switch byte {
        case UInt8(ascii: "{"): return try object(at: path, depth: depth)
        case UInt8(ascii: "["): return try array(at: path, depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func object(at path: ConfigPath, depth: Int) throws(JSONSyntaxError) -> JSONValue {
        let opening = line
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            guard current == UInt8(ascii: "\"") else {
                throw error(expectedKey(opening: opening, isFirst: members.isEmpty))
            }
            let keyLine = line
            let key = try string()
            skipSpace()
            guard take(":") else {
                throw error("expected ':' after the key \(JSONValueText.quote(key)), found \(seen)")
            }
            skipSpace()
            let value = try value(at: path.key(key), depth: depth + 1)
            if members.updateValue(value, forKey: key) != nil {
                duplicateKeys.append(.init(path: path.key(key), line: keyLine))
            }
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw error(expectedComma(closing: "}", opening: opening)) }
            skipSpace()
        }
    }

    private mutating func array(at path: ConfigPath, depth: Int) throws(JSONSyntaxError) -> JSONValue {
        let opening = line
        position += 1
        var items: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(items) }
        while true {
            if current == UInt8(ascii: "]") {
                throw error("a comma before ']' has nothing after it; remove the comma")
            }
            items.append(try value(at: path.index(items.count), depth: depth + 1))
            skipSpace()
            if take("]") { return .array(items) }
            guard take(",") else { throw error(expectedComma(closing: "]", opening: opening)) }
            skipSpace()
        }
    }

    private mutating func word() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        let end = bytes[start...].firstIndex { !Self.isWordByte($0) } ?? bytes.count
        let word = String(decoding: bytes[start..<end], as: UTF8.self)
        switch word {
        case "true", "false", "null":
            position = end
            return word == "null" ? .null : .bool(word == "true")
        case "": throw error("expected a value, found \(seen)\(hint)")
        default:
            throw error(
                "\(word) is no JSON value; a text stands in double quotes, and the words are true, false and null")
        }
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        var isInteger = true
        _ = take("-")
        let leadingZero = current == UInt8(ascii: "0")
        let digits = takeDigits()
        guard digits > 0, digits == 1 || !leadingZero else {
            throw error(digits == 0 ? "expected a digit, found \(seen)" : "a number may not begin with 0")
        }
        if take(".") {
            isInteger = false
            guard takeDigits() > 0 else { throw error("expected a digit after the point, found \(seen)") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard takeDigits() > 0 else { throw error("expected a digit in the exponent, found \(seen)") }
        }
        if let byte = current, Self.isWordByte(byte) {
            throw error("expected the end of a number, found \(seen); a duration or an id stands in double quotes")
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw error("the number \(text) is too large") }
        return .number(number)
    }

    // MARK: Strings

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try text(start..<position)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw error(unescaped(byte))
            default: position += 1
            }
        }
        position = start - 1
        throw error("the text that begins here has no closing quote")
    }

    /// A string with an escape in it, read on from the first one.
    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text = try text(start..<position)
        var run = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                text += try self.text(run..<position)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text += try self.text(run..<position)
                text.unicodeScalars.append(try escape())
                run = position
            case 0..<0x20: throw error(unescaped(byte))
            default: position += 1
            }
        }
        position = start - 1
        throw error("the text that begins here has no closing quote")
    }

    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        position += 1
        defer { position += 1 }
        switch current {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("after a backslash comes one of \" \\ / b f n r t u, found \(seen)")
        }
    }

    /// `u` and four hexadecimal digits, or two such escapes that are a surrogate pair; ends on the last digit.
    private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, bytes[position...].dropFirst().starts(with: Array("\\u".utf8)) else {
            throw error("half of a surrogate pair stands alone; write the character itself")
        }
        position += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("half of a surrogate pair stands alone; write the character itself") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            position += 1
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("\\u takes four hexadecimal digits, found \(seen)")
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func text(_ range: Range<Int>) throws(JSONSyntaxError) -> String {
        if isUTF8 { return String(decoding: bytes[range], as: UTF8.self) }
        if let text = String(validating: bytes[range], as: UTF8.self) { return text }
        position = range.lowerBound
        throw error("this text is not UTF-8; save the file as UTF-8")
    }

    // MARK: Bytes

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeDigits() -> Int {
        let start = position
        while let byte = current, byte.isDigit { position += 1 }
        return position - start
    }

    private mutating func skipSpace() {
        while let byte = current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "\n"):
                position += 1
                line += 1
                lineStart = position
            default: return
            }
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_")
    }

    // MARK: Messages

    private func error(_ message: String) -> JSONSyntaxError {
        let column =
            String(decoding: bytes[lineStart..<min(position, bytes.count)], as: UTF8.self).unicodeScalars.count + 1
        return JSONSyntaxError(place: "line \(line), column \(column)", message: message)
    }

    /// What stands at the place of an error, for a person.
    private var seen: String {
        guard position < bytes.count else { return "the end of the file" }
        let rest = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
        guard let character = rest.first else { return "the end of the file" }
        return character.isNewline ? "the end of the line" : "'\(character)'"
    }

    /// What people write who know JSON's relatives.
    private var hint: String {
        switch current {
        case UInt8(ascii: "'"): "; a text stands in double quotes"
        case UInt8(ascii: "/"), UInt8(ascii: "#"): "; JSON has no comments"
        default: ""
        }
    }

    private func expectedKey(opening: Int, isFirst: Bool) -> String {
        switch current {
        case nil: "the text ends inside the object that line \(opening) begins; is a '}' missing?"
        case UInt8(ascii: "}"): "a comma before '}' has nothing after it; remove the comma"
        case let byte? where Self.isWordByte(byte): "expected a key, found \(seen); a key stands in double quotes"
        default: "expected a key\(isFirst ? " or '}'" : ""), found \(seen)\(hint)"
        }
    }

    private func expectedComma(closing: String, opening: Int) -> String {
        if current == nil {
            return "the text ends inside what line \(opening) begins; is a '\(closing)' missing?"
        }
        return "expected ',' or '\(closing)', found \(seen)\(hint.isEmpty ? "; is a comma missing before it?" : hint)"
    }

    private func unescaped(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            "a text may not run over the end of its line; close it with a double quote, or write \\n"
        case UInt8(ascii: "\t"): "a tab inside a text is written \\t"
        default: "a control character inside a text is written \\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
        }
    }
}
