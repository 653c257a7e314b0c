import Model

/// Makes a server's words fit to be logged and sent.
extension Redaction {
    private static let longestWords = 300

    /// One line: known and likely secrets masked, the access key id cut to what it is recognised by, and what follows the
    /// server's string to sign cut off, since `SignatureDoesNotMatch` repeats the signed query there.
    static func text(_ text: String, hiding accessKeyID: String? = nil) -> String {
        words(text, hiding: accessKeyID, secrets: [])
    }

    /// The same, with whatever of these credentials the server repeats masked.
    static func text(_ text: String, hiding credentials: Credentials) -> String {
        words(
            text, hiding: credentials.accessKeyID,
            secrets: [credentials.accessKeySecret, credentials.securityToken ?? ""])
    }

    private static func words(_ text: String, hiding accessKeyID: String?, secrets: [String]) -> String {
        var shown = Redaction(secrets: secrets).redact(withoutSignedText(text))
        if let accessKeyID, accessKeyID.utf8.count >= 4 {
            shown = shown.replacingBytes(of: accessKeyID, with: mask(accessKeyID[...]))
        }
        return SafeText.line(lookalikes(in: shown), maximumBytes: longestWords)
    }

    /// Enough to recognise a key by.
    static func mask(_ accessKeyID: Substring) -> String {
        "\(accessKeyID.prefix(4))\(mark)"
    }

    private static let signedTextMarks = ["string to sign", "stringtosign", "string-to-sign", "signature string"]
        .map { Array($0.utf8) }

    private static func withoutSignedText(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let lower = bytes.map { $0.isLetter ? $0 | 0x20 : $0 }
        let ends = signedTextMarks.compactMap { lower.firstRange(of: $0)?.upperBound }
        guard let end = ends.min() else { return text }
        return String(decoding: bytes[..<end], as: UTF8.self) + " …"
    }
}
