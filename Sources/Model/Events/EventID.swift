/// What an event and its alerts are called outside: `<installation>-<seq>`, `k3v9x2ab-17` for example.
package struct EventID: Hashable, Sendable {
    /// Eight lower-case letters and digits, made with the database.
    package let installation: String
    /// The number of the event, from 1.
    package let seq: Int64

    package init(installation: String, seq: Int64) {
        self.installation = installation
        self.seq = seq
    }

    /// Reads the one spelling that `description` writes: no sign, no leading zero, nothing around it.
    ///
    /// - Returns: nil if `text` is not a valid id.
    package init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(Self.longest + 1))
        guard bytes.count <= Self.longest, bytes.count > Self.codeLength + 1,
            bytes[Self.codeLength] == UInt8(ascii: "-"), bytes[Self.codeLength + 1] != UInt8(ascii: "0"),
            bytes[..<Self.codeLength].allSatisfy(Self.isCodeByte),
            bytes[(Self.codeLength + 1)...].allSatisfy(\.isDigit),
            let seq = Int64(String(decoding: bytes[(Self.codeLength + 1)...], as: UTF8.self))
        else { return nil }
        installation = String(decoding: bytes[..<Self.codeLength], as: UTF8.self)
        self.seq = seq
    }

    private static let codeLength = 8
    /// A code, a hyphen and the nineteen digits of the greatest number.
    private static let longest = codeLength + 1 + 19

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLowercaseLetter
    }
}

extension EventID: CustomStringConvertible {
    package var description: String { "\(installation)-\(seq)" }
}
