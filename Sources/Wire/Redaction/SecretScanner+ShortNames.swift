/// `pass` and `sk` name secrets, but they are also ordinary words, ends of words, a language code and a domain.
extension SecretScanner {
    /// `DB_PASS`, `smtpPass`, `"pass"` and `sk`, but not `forward pass: 12 ms`, `single_pass`, or `mirror.example.sk:`.
    func isShortSecretName(_ name: ArraySlice<UInt8>, before separator: Int) -> Bool {
        let parts = name.split { !$0.isLetterOrDigit }.map { part in part.map { $0 | 0x20 } }
        guard let last = parts.last, separator < text.count else { return false }
        if last.elementsEqual("sk".utf8) {
            let mayBeHost = text[separator] == UInt8(ascii: ":") && name.contains(UInt8(ascii: "."))
            return !mayBeHost && isKey(behind: separator)
        }
        guard last.suffix(4).elementsEqual("pass".utf8) else { return false }
        let joined = last.dropLast(4)
        guard joined.isEmpty else { return Self.owners.contains { $0.elementsEqual(joined) } }
        if isMeasure(behind: separator) || parts.contains(where: Self.passesOfTrainings.contains) { return false }
        if parts.count > 1 { return true }
        let end = name.endIndex
        if text[separator].isBlank || text[end].isQuote || text[end] == UInt8(ascii: "\\") { return true }
        // In prose, a colon may follow the word.
        return text[separator] != UInt8(ascii: ":") && !Self.passesOfTrainings.contains(word(before: name.startIndex))
    }

    /// Words that make a password of a `Pass` that follows them directly: `smtpPass`.
    private static let owners = [
        "db", "database", "smtp", "user", "mysql", "redis", "mail", "email", "ftp", "sftp", "admin", "root", "login",
        "proxy", "pg", "postgres", "mongo", "ldap", "ssh", "http", "key", "store", "registry", "docker", "git",
        "rabbitmq",
        "kafka", "oss", "jdbc", "rds",
    ].map { Array($0.utf8) }

    /// Words before `pass` that show that it is not a password: `forward pass`.
    private static let passesOfTrainings = Set(
        [
            "forward", "backward", "fwd", "bwd", "first", "second", "third", "single", "multi", "one", "two", "num",
            "n",
            "final", "last", "train", "eval", "val", "test", "prefill", "decode", "per", "each", "current", "total",
            "max",
        ].map { Array($0.utf8) })

    /// The word before a position, in small letters; empty if there is none.
    private func word(before start: Int) -> [UInt8] {
        var end = start
        while end > 0, text[end - 1].isBlank { end -= 1 }
        return text[..<end].suffix(16).reversed().prefix(while: \.isLetter).reversed().map { $0 | 0x20 }
    }

    private func value(behind separator: Int) -> ArraySlice<UInt8> {
        let length = separator == place ? self.separator ?? 1 : 1
        return text[min(separator + length, text.count)...].drop(while: \.isBlank)
    }

    /// Whether the value is as long as a key, and neither a path nor words.
    private func isKey(behind separator: Int) -> Bool {
        let start = value(behind: separator).drop { $0.isQuote || $0 == UInt8(ascii: "\\") }.prefix(16)
        return start.count == 16 && start.first != UInt8(ascii: "/") && start.allSatisfy(\.isBase64Digit)
    }

    /// `12.5ms`, `20/25`, `80%`.
    private func isMeasure(behind separator: Int) -> Bool {
        let value = value(behind: separator)
        guard value.first?.isDigit == true else { return false }
        let unit = value.drop { $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
        let rest = unit.drop { $0.isLetter || $0 == UInt8(ascii: "%") }
        return Self.units.contains { $0.utf8.elementsEqual(unit[..<rest.startIndex]) }
            && (rest.first.map { $0.isBlank || $0.separatesValues || $0.endsValue } ?? true)
    }

    private static let units = ["", "s", "ms", "us", "ns", "m", "h", "x", "%", "st", "nd", "rd", "th"]
}
