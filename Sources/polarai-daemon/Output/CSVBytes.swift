/// Comma-separated values by RFC 4180.
enum CSVBytes {
    static let lineEnd: [UInt8] = [0x0D, 0x0A]

    /// Appends a field, in quotes where it needs them.
    static func append(_ field: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        guard field.contains(where: needsQuotes) else {
            bytes.append(contentsOf: field)
            return
        }
        bytes.append(quote)
        for byte in field {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    static func append(_ field: [UInt8], to bytes: inout [UInt8]) {
        field.withUnsafeBufferPointer { append($0, to: &bytes) }
    }

    private static let quote = UInt8(ascii: "\"")

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == quote || byte == UInt8(ascii: ",") || byte == 0x0D || byte == 0x0A
    }
}
