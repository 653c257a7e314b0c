import Foundation
import Model

/// Makes a server's words fit to be logged.
enum Redaction {
    private static let longest = 300

    /// One line, access keys masked, what follows the server's string to sign cut off: `SignatureDoesNotMatch` repeats the
    /// signed query there.
    static func text(_ text: String, hiding accessKeyID: String? = nil) -> String {
        var shown = text
        for mark in ["string to sign", "StringToSign", "string-to-sign", "signature string"] {
            if let range = shown.range(of: mark, options: .caseInsensitive) {
                shown = shown[..<range.upperBound] + " …"
            }
        }
        if let accessKeyID, accessKeyID.utf8.count >= 4 {
            shown = shown.replacing(accessKeyID, with: mask(accessKeyID[...]))
        }
        shown = shown.replacing(accessKey) { mask($0.output) }
        shown = String(shown.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        return shown.count > longest ? shown.prefix(longest) + "…" : shown
    }

    /// The same, with whatever of these credentials the server says back masked.
    static func text(_ text: String, hiding credentials: Credentials) -> String {
        var shown = text
        // Anything shorter is no secret, and would tear holes into ordinary words.
        for secret in [credentials.accessKeySecret, credentials.securityToken ?? ""] where secret.utf8.count >= 4 {
            shown = shown.replacing(secret, with: "***")
        }
        return Self.text(shown, hiding: credentials.accessKeyID)
    }

    /// Enough to recognise a key by.
    static func mask(_ accessKeyID: Substring) -> String {
        "\(accessKeyID.prefix(4))***"
    }

    /// What Alibaba Cloud's access key ids look like: `LTAI…`, and `STS.…` or `TMP.…` with temporary ones.
    private static var accessKey: Regex<Substring> { /(?:LTAI|STS\.|TMP\.)[A-Za-z0-9]{8,}/ }
}
