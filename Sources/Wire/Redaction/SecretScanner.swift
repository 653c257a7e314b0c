/// Finds in a text what looks like a secret (`Redaction.lookalikes`).
struct SecretScanner {
    let text: [UInt8]
    private var output: [UInt8] = []
    var place = 0

    /// Whether the text has an address such as `@tcp(…)`. Most do not, and are not searched for the login before it.
    private let hasNetworkAddress: Bool

    init(_ text: [UInt8]) {
        self.text = text
        hasNetworkAddress = text.contains(UInt8(ascii: "@")) && Self.networks.contains { text.contains($0) }
    }

    mutating func masked() -> [UInt8] {
        if isKeyMaterial { return Array(Redaction.mark.utf8) }
        output.reserveCapacity(text.count)
        while place < text.count {
            if isWordStart, let kept = keyPrefix {
                mask(keeping: kept, through: end(of: \.isTokenCharacter))
            } else if let end = keyRunEnd {
                mask(through: end)
            } else if isWordStart, let scheme = authorizationScheme {
                copy(scheme)
                mask(through: end(of: \.isTokenCharacter))
            } else if isWordStart, let login = networkLogin {
                copy(login.user)
                mask(through: login.end)
            } else if hasPrefix("://", at: place) {
                copy(3)
                maskUser()
            } else if let separator, let kind = secretKind(before: place) {
                let isEncoded = text[place] == UInt8(ascii: "%")
                copy(separator)
                maskValue(of: kind, isEncoded: isEncoded)
            } else if text[place].isBlank, isSecretOption(before: place) {
                maskValue(of: .password)
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
        let isLong = line.count >= Self.shortestKeyLine && line.allSatisfy(\.isBase64)
        if isLong, line.contains(where: \.isLetter), line.contains(where: \.isDigit) { return true }
        return String(decoding: text, as: UTF8.self).contains("PRIVATE KEY-----")
    }

    /// Where a run of base64 ends that begins here and is as long and as mixed as a key; nil if none does.
    ///
    /// Words, paths and names of classes change less often between small letters, capitals and digits. What stands
    /// behind an underscore is a piece of a name, as linkers print them.
    private var keyRunEnd: Int? {
        guard text[place].isBase64Digit else { return nil }
        if place > 0, text[place - 1].isBase64Digit || text[place - 1] == UInt8(ascii: "_") { return nil }
        let run = text[place..<end(of: \.isBase64Digit)]
        guard run.count >= Self.shortestKeyLine, run.contains(where: \.isDigit),
            run.contains(where: \.isLowercaseLetter), run.contains(where: \.isCapitalLetter)
        else { return nil }
        var changes = 0
        for (byte, next) in zip(run, run.dropFirst()) {
            if byte.isLetterOrDigit, next.isLetterOrDigit, !byte.isOfSameKind(as: next) { changes += 1 }
        }
        // Of random base64 it is more than half.
        guard changes * 8 >= run.count * 3 else { return nil }
        // A separator behind a secret's name is not padding.
        guard run.endIndex < text.count, secretKind(before: run.endIndex) == nil else { return run.endIndex }
        let padding = text[run.endIndex...].prefix(2).prefix { $0 == UInt8(ascii: "=") }
        return padding.endIndex
    }

    /// In base64. A line of a PEM file has 64 characters, all but the last.
    private static let shortestKeyLine = 40

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

    /// `user:password@tcp(host:3306)/name`, as Go's drivers of databases write it: how much of it is the user with the colon,
    /// and where the password ends; nil if none begins here.
    private var networkLogin: (user: Int, end: Int)? {
        guard hasNetworkAddress, text[place].isNameCharacter else { return nil }
        var colon = place
        while colon < text.count, colon - place < Self.longestLogin, text[colon].isNameCharacter { colon += 1 }
        guard colon < text.count, text[colon] == UInt8(ascii: ":"), !hasPrefix("://", at: colon),
            secretKind(before: colon) == nil
        else { return nil }
        // A short number is part of a time of day, or a line number.
        guard colon - place >= 6 || !text[place..<colon].allSatisfy(\.isDigit) else { return nil }
        var network: Int?
        var end = colon + 1
        while end < text.count, end - place < Self.longestLogin, !text[end].isBlank, !text[end].isQuote {
            switch text[end] {
            case UInt8(ascii: "@"): if Self.networks.contains(where: { hasPrefix($0, at: end) }) { network = end }
            case UInt8(ascii: "="), UInt8(ascii: ":"):
                // The rule for names of secrets applies: it knows better where the value ends.
                if network == nil, secretKind(before: end) != nil { return nil }
            default: break
            }
            end += 1
        }
        // As in a URL, the last address counts: the password may look like one.
        return network.map { (colon + 1 - place, $0) }
    }

    private static let networks = ["@tcp(", "@tcp6(", "@udp(", "@unix(", "@cloudsql("].map { Array($0.utf8) }

    /// `user:password@` of a URL.
    private mutating func maskUser() {
        var end = place
        while end < text.count, text[end] != UInt8(ascii: "/"), !text[end].isBlank, !text[end].isQuote { end += 1 }
        if let at = text[place..<end].lastIndex(of: UInt8(ascii: "@")) {
            mask(through: at)
            return
        }
        // A password may have a slash in it. What follows a host and its colon is a port.
        guard let colon = text[place..<end].firstIndex(of: UInt8(ascii: ":")), text[place] != UInt8(ascii: "["),
            !text[(colon + 1)..<end].allSatisfy(\.isDigit)
        else { return }
        while end < text.count, end - place < Self.longestLogin, !text[end].isBlank, !text[end].isQuote { end += 1 }
        guard let at = text[place..<end].lastIndex(of: UInt8(ascii: "@")) else { return }
        mask(through: at)
    }

    /// As far as a password with a slash in it is looked for.
    private static let longestLogin = 256

    // MARK: - Moving on

    private var isWordStart: Bool { place == 0 || !text[place - 1].isLetterOrDigit }

    func hasPrefix(_ prefix: String, at start: Int, ignoringCase: Bool = false) -> Bool {
        hasPrefix(Array(prefix.utf8), at: start, ignoringCase: ignoringCase)
    }

    func hasPrefix(_ prefix: [UInt8], at start: Int, ignoringCase: Bool = false) -> Bool {
        guard text.count - start >= prefix.count else { return false }
        return zip(text[start...], prefix).allSatisfy { ignoringCase && $0.isLetter ? $0 | 0x20 == $1 : $0 == $1 }
    }

    /// Where the run of such bytes that begins here ends.
    private func end(of isMember: (UInt8) -> Bool) -> Int {
        var end = place
        while end < text.count, isMember(text[end]) { end += 1 }
        return end
    }

    mutating func copy(_ count: Int) {
        let end = min(place + count, text.count)
        output += text[place..<end]
        place = end
    }

    mutating func mask(keeping kept: Int = 0, through end: Int) {
        guard end > place else { return }
        output += text[place..<min(place + kept, end)]
        output += Redaction.mark.utf8
        place = end
    }
}
