/// Names that come from outside and are used as a key, in a path, in a query or in a message: `[A-Za-z0-9_.-]{1,64}`.
package enum PlainName {
    package static let longest = 64

    /// Whether a text can be an id of a call: 1 to 64 visible characters of ASCII. It is shown, and compared with nothing.
    package static func isRequestID(_ text: String) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.count <= longest && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    package static func isValid(_ name: some StringProtocol) -> Bool {
        let bytes = name.utf8
        return !bytes.isEmpty && bytes.count <= longest
            && bytes.allSatisfy { $0.isWordCharacter || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }
}
