import Model

/// Comma-separated values by RFC 4180 as they are being written, into one buffer of bytes.
struct CSVBytes {
    private var bytes: [UInt8] = []
    private var isLineBegun = false

    /// The first line.
    mutating func header(_ names: [String]) {
        for name in names { field(name) }
        endLine()
    }

    /// The next field of the line; an empty one if the value is nil.
    mutating func field(_ value: String?) {
        guard var value else { return separate() }
        value.withUTF8 { field($0) }
    }

    /// The next field of the line, in UTF-8.
    mutating func field(_ value: UnsafeBufferPointer<UInt8>?) {
        separate()
        guard let value else { return }
        guard value.contains(where: Self.needsQuotes) else {
            bytes.append(contentsOf: value)
            return
        }
        bytes.append(Self.quote)
        for byte in value {
            if byte == Self.quote { bytes.append(Self.quote) }
            bytes.append(byte)
        }
        bytes.append(Self.quote)
    }

    mutating func field(_ time: Timestamp?) {
        field(time?.rfc3339)
    }

    /// A value as the next field: a text as it is, a structure as JSON, nothing for null.
    mutating func field(_ value: JSONValue) {
        field(value.isNull ? nil : value.stringValue ?? value.text())
    }

    mutating func endLine() {
        bytes.append(0x0D)
        bytes.append(0x0A)
        isLineBegun = false
    }

    /// What was written so far; the room for it is kept.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func separate() {
        if isLineBegun { bytes.append(UInt8(ascii: ",")) }
        isLineBegun = true
    }

    private static let quote = UInt8(ascii: "\"")

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == quote || byte == UInt8(ascii: ",") || byte == 0x0D || byte == 0x0A
    }
}
