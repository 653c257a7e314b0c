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

    /// Enough to recognise a key by.
    static func mask(_ accessKeyID: Substring) -> String {
        "\(accessKeyID.prefix(4))***"
    }

    /// What Alibaba Cloud's access key ids look like: `LTAI…`, and `STS.…` or `TMP.…` with temporary ones.
    private static var accessKey: Regex<Substring> { /(?:LTAI|STS\.|TMP\.)[A-Za-z0-9]{8,}/ }
}
