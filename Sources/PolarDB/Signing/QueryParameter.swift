/// One parameter of a call, as it is before it is encoded.
package struct QueryParameter: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [QueryParameter] {
    /// The parameters sorted by name in byte order, percent-encoded and joined: the query that is signed and, verbatim,
    /// the query that is sent.
    package var canonicalQuery: String {
        var text = ""
        text.reserveCapacity(128)
        for parameter in sortedByName {
            if !text.isEmpty { text.append("&") }
            PercentEncoding.append(parameter.name, to: &text)
            text.append("=")
            PercentEncoding.append(parameter.value, to: &text)
        }
        return text
    }

    private var sortedByName: [QueryParameter] {
        sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// RFC 3986 percent-encoding as Alibaba Cloud signs it: all but `A–Z a–z 0–9 - _ . ~` becomes `%XX` in upper case
/// ("V3 request structure and signature").
package enum PercentEncoding {
    package static func encode(_ text: String) -> String {
        var encoded = ""
        append(text, to: &encoded)
        return encoded
    }

    /// The text that `encode` was given; nil where a `%` has no two hexadecimal digits behind it or the bytes are no UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.next().flatMap(value), let low = rest.next().flatMap(value) else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    static func append(_ text: String, to target: inout String) {
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
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func digit(_ value: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
