package import Model

/// JSON text as it is being written, one piece after the other, into one buffer of bytes.
///
/// Encoding a row of history with `JSONEncoder` costs more than reading it; this writes what SQLite hands over.
package struct JSONBytes {
    package private(set) var bytes: [UInt8] = []

    package init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// What was written so far; the room for it is kept.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Appends text as it is: punctuation, keys, numbers.
    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    package mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends what is JSON already.
    package mutating func raw(utf8 text: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: text)
    }

    package mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    package mutating func number(_ value: Int64) {
        if value >= 0, value < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(value))
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    /// RFC 3339 in quotes.
    package mutating func time(_ time: Timestamp) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { text in
            text[0] = UInt8(ascii: "\"")
            time.writeRFC3339(into: UnsafeMutableBufferPointer(rebasing: text[1..<25]))
            text[25] = UInt8(ascii: "\"")
            bytes.append(contentsOf: text)
        }
    }

    /// RFC 3339 in quotes, or `null`.
    package mutating func time(_ time: Timestamp?) {
        if let time {
            self.time(time)
        } else {
            raw("null")
        }
    }

    /// A string in quotes.
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: $0) }
    }

    /// A string in quotes, of UTF-8 bytes; what is not UTF-8 passes as it is, as in the sqlite3 shell.
    package mutating func string(utf8 text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for index in 0..<text.count {
            let byte = text[index]
            // RFC 8259, section 7: quotes, backslashes and control characters must be escaped.
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            escape(byte)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        default:
            raw("\\u00")
            bytes.append(Self.hexDigit(byte >> 4))
            bytes.append(Self.hexDigit(byte & 0xF))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
