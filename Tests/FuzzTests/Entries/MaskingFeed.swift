import Foundation
import Model

/// A secret in the first line, a text around it in the rest: however it is spelled, it is masked.
enum MaskingFeed {
    static func feed(_ bytes: [UInt8]) throws {
        var choosing = ChoosingBytes(bytes)
        let secret = choosing.line()
        let before = choosing.line()
        let after = choosing.text
        // Any text: one pass, nothing but masks are added.
        let looked = Redaction.lookalikes(in: after)
        try BrokenRule.unless(looked.utf8.count <= after.utf8.count * 4 + 16, "what is masked grows")
        // What has the shape of a key is masked without being known.
        let key = "ghp_" + String(decoding: secret.utf8.filter(\.isLetterOrDigit), as: UTF8.self)
        if key.utf8.count >= 24 {
            let masked = Redaction.lookalikes(in: "\(before) \(key) \(after)")
            try BrokenRule.unless(!masked.contains(key), "\(key) is left in \(masked.debugDescription)")
        }
        // Shorter ones are not masked, and asterisks come back with the mask.
        guard secret.utf8.count >= 8, !secret.contains("*"), !Redaction.mark.contains(secret) else { return }
        let redaction = Redaction(secrets: [secret])
        for spelling in spellings(of: secret) where spelling.utf8.count >= 8 {
            let masked = redaction.redact(before + spelling + after)
            try BrokenRule.unless(
                masked.utf8.firstRange(of: Array(spelling.utf8)) == nil,
                "\(secret.debugDescription), spelled \(spelling.debugDescription), is left in \(masked.debugDescription)"
            )
            let short = redaction.redact(before + spelling + after, upTo: 32)
            try BrokenRule.unless(short.utf8.count <= 32, "\(short.utf8.count) bytes, not 32")
        }
    }

    /// Plain, in an address, in JSON and in base64.
    private static func spellings(of secret: String) -> [String] {
        let json = String(decoding: JSONValue.string(secret).text().utf8.dropFirst().dropLast(), as: UTF8.self)
        return [secret, PercentEncoding.encode(secret), json, Data(secret.utf8).base64EncodedString()]
    }
}
