/// Percent-encoding (RFC 3986, 2.1) as Alibaba Cloud signs it: all but `A–Z a–z 0–9 - _ . ~` becomes `%XX` in upper case
/// ("V3 request structure and signature").
package enum PercentEncoding {
    /// A text as one part of a path or a query.
    package static func encode(_ text: String) -> String {
        var encoded = ""
        append(text, to: &encoded)
        return encoded
    }

    /// The text that `encode` was given; nil if a `%` has no two hexadecimal digits behind it or the bytes are not UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.next().flatMap(Hex.value), let low = rest.next().flatMap(Hex.value) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Writes what `encode` gives behind a text.
    package static func append(_ text: String, to target: inout String) {
        if text.utf8.allSatisfy(isUnreserved) {
            target.append(text)
            return
        }
        for byte in text.utf8 {
            if isUnreserved(byte) {
                target.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                target.append("%")
                target.unicodeScalars.append(digit(byte >> 4))
                target.unicodeScalars.append(digit(byte & 15))
            }
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isWordCharacter || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~")
    }

    private static func digit(_ value: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10)
    }
}
