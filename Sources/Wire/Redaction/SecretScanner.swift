/// Finds in a text what looks like a secret (`Redaction.lookalikes`).
struct SecretScanner {
    private let text: [UInt8]
    private var output: [UInt8] = []
    private var place = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func masked() -> [UInt8] {
        if isKeyMaterial { return Array(Redaction.mark.utf8) }
        output.reserveCapacity(text.count)
        while place < text.count {
            if isWordStart, let kept = keyPrefix {
                mask(keeping: kept, through: end(of: \.isTokenCharacter))
            } else if isWordStart, let scheme = authorizationScheme {
                copy(scheme)
                mask(through: end(of: \.isTokenCharacter))
            } else if hasPrefix("://", at: place) {
                copy(3)
                maskUser()
            } else if text[place] == UInt8(ascii: "=") || text[place] == UInt8(ascii: ":"), isSecretName(before: place)
            {
                copy(1)
                maskValue()
            } else if text[place].isBlank, isSecretOption(before: place) {
                maskValue()
            } else {
                copy(1)
            }
        }
        return output
    }

    // MARK: - Shapes

    /// A line of a PEM file: nothing but base64, or the line that announces it.
    private var isKeyMaterial: Bool {
        let line = text.drop { $0.isBlank }
        let isLong = line.count >= 40 && line.allSatisfy(\.isBase64)
        if isLong, line.contains(where: \.isLetter), line.contains(where: \.isDigit) { return true }
        return String(decoding: text, as: UTF8.self).contains("PRIVATE KEY-----")
    }

    /// Known beginnings of keys, how many characters such a key has at least, and how many of them may be shown.
    private static let shapes: [(prefix: [UInt8], shortest: Int, kept: Int)] = [
        ("LTAI", 12, 4), ("STS.", 12, 4), ("TMP.", 12, 4), ("CAIS", 20, 4), ("AKIA", 16, 4), ("ASIA", 16, 4),
        ("eyJ", 20, 3), ("sk-", 19, 3), ("hf_", 16, 3), ("ghp_", 20, 4), ("gho_", 20, 4), ("ghs_", 20, 4),
        ("github_pat_", 24, 11), ("glpat-", 20, 6), ("xoxb-", 16, 5), ("xoxp-", 16, 5), ("SEC", 40, 3),
        ("whsec_", 20, 6),
    ].map { (Array($0.0.utf8), $0.1, $0.2) }

    /// - Returns: how much of the key that begins here may be shown; nil where none does.
    private var keyPrefix: Int? {
        guard text[place].isLetter else { return nil }
        for shape in Self.shapes where shape.prefix.first == text[place] && hasPrefix(shape.prefix, at: place) {
            if end(of: \.isTokenCharacter) - place >= shape.shortest { return shape.kept }
        }
        return nil
    }

    /// `Bearer ` and `Basic ` before a token.
    private var authorizationScheme: Int? {
        guard text[place] | 0x20 == UInt8(ascii: "b") else { return nil }
        for scheme in ["bearer ", "basic "] where hasPrefix(scheme, at: place, ignoringCase: true) {
            let start = place + scheme.utf8.count
            var end = start
            while end < text.count, text[end].isTokenCharacter { end += 1 }
            if end - start >= 8 { return scheme.utf8.count }
        }
        return nil
    }

    /// `user:password@` of a URL.
    private mutating func maskUser() {
        var end = place
        while end < text.count, text[end] != UInt8(ascii: "/"), !text[end].isBlank, !text[end].isQuote { end += 1 }
        guard let at = text[place..<end].lastIndex(of: UInt8(ascii: "@")) else { return }
        mask(through: at)
    }

    // MARK: - Names

    private static let secretNames = [
        "secret", "secretkey", "password", "passwd", "passphrase", "pwd", "token", "apikey", "accesskey", "accesskeyid",
        "accesskeysecret", "privatekey", "credential", "credentials", "signature", "authorization", "cookie",
    ].map { Array($0.utf8) }

    /// Whether the name that ends before a `=` or `:` is that of a secret: `DB_PASSWORD`, `"securityToken"`.
    private func isSecretName(before separator: Int) -> Bool {
        var end = separator
        while end > 0, text[end - 1].isBlank || text[end - 1].isQuote { end -= 1 }
        var name: [UInt8] = []
        while end > 0, name.count < 40, text[end - 1].isNameCharacter {
            end -= 1
            if text[end].isLetterOrDigit { name.append(text[end] | 0x20) }
        }
        guard !name.isEmpty else { return false }
        name.reverse()
        return Self.secretNames.contains { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) }
    }

    /// `--password` before its value.
    private func isSecretOption(before blank: Int) -> Bool {
        var start = blank
        while start > 0, blank - start < 40, text[start - 1].isNameCharacter { start -= 1 }
        return text[start..<blank].starts(with: "--".utf8) && isSecretName(before: blank)
    }

    private mutating func maskValue() {
        while place < text.count, text[place].isBlank { copy(1) }
        guard place < text.count else { return }
        if text[place].isQuote {
            let quote = text[place]
            copy(1)
            var end = place
            while end < text.count, text[end] != quote { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
            mask(through: min(end, text.count))
            return
        }
        if let scheme = authorizationScheme {
            copy(scheme)
        }
        let end = end { !$0.isBlank && !$0.isQuote && !$0.endsValue }
        // A count or a special token (`eos_token: <|im_end|>`) is not a secret, and helps the reader.
        let value = text[place..<end]
        let isPlain =
            value.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
            || value.first == UInt8(ascii: "<") || value.elementsEqual("None".utf8) || value.elementsEqual("null".utf8)
        if isPlain { copy(value.count) } else { mask(through: end) }
    }

    // MARK: - Moving on

    private var isWordStart: Bool { place == 0 || !text[place - 1].isLetterOrDigit }

    private func hasPrefix(_ prefix: String, at start: Int, ignoringCase: Bool = false) -> Bool {
        hasPrefix(Array(prefix.utf8), at: start, ignoringCase: ignoringCase)
    }

    private func hasPrefix(_ prefix: [UInt8], at start: Int, ignoringCase: Bool = false) -> Bool {
        guard text.count - start >= prefix.count else { return false }
        return zip(text[start...], prefix).allSatisfy { ignoringCase && $0.isLetter ? $0 | 0x20 == $1 : $0 == $1 }
    }

    /// Where the run of such bytes that begins here ends.
    private func end(of isMember: (UInt8) -> Bool) -> Int {
        var end = place
        while end < text.count, isMember(text[end]) { end += 1 }
        return end
    }

    private mutating func copy(_ count: Int) {
        let end = min(place + count, text.count)
        output += text[place..<end]
        place = end
    }

    private mutating func mask(keeping kept: Int = 0, through end: Int) {
        guard end > place else { return }
        output += text[place..<min(place + kept, end)]
        output += Redaction.mark.utf8
        place = end
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
    fileprivate var isQuote: Bool {
        self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "`")
    }
    fileprivate var isBase64: Bool { isLetterOrDigit || "+/=".utf8.contains(self) }
    fileprivate var isNameCharacter: Bool { isLetterOrDigit || "_-.".utf8.contains(self) }
    fileprivate var isTokenCharacter: Bool { isLetterOrDigit || "_-.+/=%~".utf8.contains(self) }
    fileprivate var endsValue: Bool { ",;&)]}>".utf8.contains(self) }
}
