import Foundation

/// The ways in which a secret may turn up in an answer: whole or without its prefix, and as servers write it back.
enum SecretSpellings {
    /// Masking anything shorter would tear holes into ordinary words and hide nothing.
    private static let shortest = 4
    /// A part differs from an ordinary word by its length.
    private static let shortestPart = 8
    /// Marks that say what a token is, and are not secret: Standard Webhooks, ntfy, DingTalk.
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
        for mark in marks where secret.utf8.starts(with: mark.utf8) {
            inner.append(String(decoding: secret.utf8.dropFirst(mark.utf8.count), as: UTF8.self))
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

    /// `123456:ABC…` (Telegram's bot and its key, a login), `ghp_…`: up to 20 letters and digits, then a mark.
    private static func behindPrefix(_ text: String) -> String? {
        let prefix = text.utf8.prefix { $0.isLetterOrDigit }
        let rest = text.utf8[prefix.endIndex...]
        guard (1...20).contains(prefix.count), let mark = rest.first,
            mark == UInt8(ascii: ":") || mark == UInt8(ascii: "_")
        else { return nil }
        return String(decoding: rest.dropFirst(), as: UTF8.self)
    }

    /// `Bearer ABC…`: one word of letters, a space.
    private static func behindScheme(_ text: String) -> String? {
        let (scheme, rest) = text.halves(at: " ")
        guard let rest, !scheme.isEmpty, scheme.utf8.allSatisfy(\.isLetter), !rest.utf8.contains(UInt8(ascii: " "))
        else { return nil }
        return rest
    }

    /// The text in base64; nil if it is not text.
    private static func behindBase64(_ text: String) -> String? {
        guard text.utf8.count >= shortestPart else { return nil }
        var standard = fromURLAlphabet(text)
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
        let html = replacing(["&": "&amp;", "<": "&lt;", ">": "&gt;"], in: text)
        var spellings: Set<String> = [
            text, encoded, lowercasingEscapes(encoded), encoded.replacingBytes(of: "%20", with: "+"),
            json, replacing(["/": "\\/"], in: json),
            // Go escapes three characters in JSON, Gson two more.
            replacing(["&": "\\u0026", "<": "\\u003c", ">": "\\u003e"], in: json),
            replacing(["&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "=": "\\u003d", "'": "\\u0027"], in: json),
            html, replacing(["+": "&#43;"], in: html), replacing(["\"": "&quot;", "'": "&#39;"], in: html),
        ]
        let unpadded = withoutPadding(Data(text.utf8).base64EncodedString())
        spellings.insert(unpadded)
        spellings.insert(replacing(["+": "-", "/": "_"], in: unpadded))
        // What comes before the padding of a base64 text is all of it.
        spellings.insert(withoutPadding(text))
        return spellings.filter { $0.utf8.count >= shortest }
    }

    private static func withoutPadding(_ base64: String) -> String {
        var bytes = base64.utf8[...]
        while bytes.last == UInt8(ascii: "=") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func fromURLAlphabet(_ text: String) -> String {
        replacing(["-": "+", "_": "/"], in: text)
    }

    private static func lowercasingEscapes(_ encoded: String) -> String {
        var bytes = Array(encoded.utf8)
        for index in bytes.indices.dropLast(2) where bytes[index] == UInt8(ascii: "%") {
            for digit in [index + 1, index + 2] where bytes[digit].isLetter { bytes[digit] |= 0x20 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replacing(_ replacements: [Unicode.Scalar: String], in text: String) -> String {
        SafeText.replacing(text) { replacements[$0] }
    }
}
