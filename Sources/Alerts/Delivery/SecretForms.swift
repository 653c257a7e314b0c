import Foundation
import Model

/// The ways in which a secret may turn up in an answer: whole or without its prefix, and as servers write it back.
enum SecretForms {
    /// Masking anything shorter would tear holes into ordinary words and hide nothing.
    private static let shortest = 4
    /// A part is told from an ordinary word by its length.
    private static let shortestPart = 8
    /// Marks that say what a token is, and are no secret: Standard Webhooks, ntfy, DingTalk.
    private static let marks = ["whsec_", "whsk_", "whpk_", "tk_", "SEC"]
    /// Nobody's answer nests deeper: base64 of a login whose password has a prefix.
    private static let deepest = 3

    /// Every text that gives the secret away, the secret itself among them.
    static func all(of secret: String) -> Set<String> {
        var forms: Set<String> = []
        for part in parts(of: secret, depth: 0) where part.utf8.count >= shortest {
            forms.formUnion(spellings(of: part))
        }
        return forms
    }

    // MARK: - Parts

    /// The secret, and each part of it that is as good as the whole: what stands behind a prefix, what base64 hides.
    private static func parts(of secret: String, depth: Int) -> Set<String> {
        var parts: Set<String> = [secret]
        guard depth < deepest else { return parts }
        var inner: [String] = []
        for mark in marks where secret.hasPrefix(mark) {
            inner.append(String(secret.dropFirst(mark.count)))
        }
        if let rest = behindPrefix(secret), rest.utf8.count >= shortestPart { inner.append(rest) }
        if let rest = behindScheme(secret), rest.utf8.count >= shortestPart { inner.append(rest) }
        if let decoded = PercentEncoding.decode(secret), decoded != secret { inner.append(decoded) }
        if let hidden = behindBase64(secret) { inner += [hidden, behindPrefix(hidden) ?? hidden] }
        for part in inner where !part.isEmpty {
            parts.formUnion(self.parts(of: part, depth: depth + 1))
        }
        return parts
    }

    /// `123456:ABC…` (Telegram's bot and its key, a login), `ghp_…`: up to a dozen letters and digits, then a mark.
    private static func behindPrefix(_ text: String) -> String? {
        let prefix = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let rest = text[prefix.endIndex...]
        guard (1...20).contains(prefix.count), let mark = rest.first, mark == ":" || mark == "_" else { return nil }
        return String(rest.dropFirst())
    }

    /// `Bearer ABC…`: one word of letters, a space.
    private static func behindScheme(_ text: String) -> String? {
        let (scheme, rest) = text.halves(at: " ")
        guard let rest, !scheme.isEmpty, scheme.allSatisfy({ $0.isASCII && $0.isLetter }), !rest.contains(" ") else {
            return nil
        }
        return rest
    }

    /// The text in base64; nil where it is no text.
    private static func behindBase64(_ text: String) -> String? {
        guard text.utf8.count >= shortestPart else { return nil }
        var standard = text.replacing("-", with: "+").replacing("_", with: "/")
        while standard.utf8.count % 4 != 0 { standard += "=" }
        guard let data = Data(base64Encoded: standard), data.count >= shortest else { return nil }
        guard let hidden = String(validating: data, as: UTF8.self) else { return nil }
        return hidden.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? hidden : nil
    }

    // MARK: - Spellings

    /// One text as URLs, JSON, HTML and base64 have it.
    private static func spellings(of text: String) -> Set<String> {
        let encoded = PercentEncoding.encode(text)
        var json = ""
        OrderedJSON.escape(text, into: &json)
        var spellings: Set<String> = [
            text, encoded, lowercasingEscapes(encoded), encoded.replacing("%20", with: "+"),
            json, json.replacing("/", with: "\\/"),
            // Go escapes three characters in JSON, Gson two more.
            replacing(["&": "\\u0026", "<": "\\u003c", ">": "\\u003e"], in: json),
            replacing(["&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "=": "\\u003d", "'": "\\u0027"], in: json),
            Markup.entities(text), replacing(["+": "&#43;"], in: Markup.entities(text)),
        ]
        let base64 = Data(text.utf8).base64EncodedString()
        let unpadded = String(base64.prefix { $0 != "=" })
        spellings.insert(unpadded)
        spellings.insert(unpadded.replacing("+", with: "-").replacing("/", with: "_"))
        // What comes before the padding of a base64 text is all of it.
        spellings.insert(String(text.reversed().drop { $0 == "=" }.reversed()))
        return spellings.filter { $0.utf8.count >= shortest }
    }

    private static func lowercasingEscapes(_ encoded: String) -> String {
        var result = ""
        var escaped = 0
        for character in encoded {
            result += escaped > 0 ? character.lowercased() : String(character)
            escaped = character == "%" ? 2 : max(0, escaped - 1)
        }
        return result
    }

    private static func replacing(_ replacements: KeyValuePairs<String, String>, in text: String) -> String {
        replacements.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
}
