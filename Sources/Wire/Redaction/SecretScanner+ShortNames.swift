/// `pass` and `sk`, which are the names of secrets, but also words, ends of words, a language and a domain.
extension SecretScanner {
    /// `DB_PASS`, `smtpPass`, `"pass"` and `sk`, but not `forward pass: 12 ms`, `single_pass`, or `mirror.example.sk:`.
    func isShortSecretName(_ name: ArraySlice<UInt8>, before separator: Int) -> Bool {
        let parts = name.split { !$0.isLetterOrDigit }.map { part in part.map { $0 | 0x20 } }
        guard let last = parts.last, separator < text.count else { return false }
        if last.elementsEqual("sk".utf8) {
            let mayBeHost = text[separator] == UInt8(ascii: ":") && name.contains(UInt8(ascii: "."))
            return !mayBeHost && isLongWord(behind: separator)
        }
        guard last.suffix(4).elementsEqual("pass".utf8) else { return false }
        let joined = last.dropLast(4)
        guard joined.isEmpty else { return Self.owners.contains { $0.elementsEqual(joined) } }
        guard parts.count == 1 else { return parts.contains(where: Self.owners.contains) }
        let end = name.endIndex
        if text[separator].isBlank || text[end].isQuote || text[end] == UInt8(ascii: "\\") { return true }
        // Behind a word of prose stands a colon, or a time.
        return text[separator] != UInt8(ascii: ":") && followsPair(name.startIndex) && !isMeasure(behind: separator)
    }

    /// What has a password.
    private static let owners = [
        "db", "database", "smtp", "user", "mysql", "redis", "mail", "email", "ftp", "sftp", "admin", "root", "login",
        "auth",
        "proxy", "pg", "postgres", "mongo", "ldap", "ssh", "http", "https", "keystore", "registry", "docker", "git",
        "es",
        "mq", "rabbitmq", "kafka", "oss", "app", "service",
    ].map { Array($0.utf8) }

    /// Whether the value is as long as a key; a word or a number is not.
    private func isLongWord(behind separator: Int) -> Bool {
        let value = text[(separator + 1)...].drop { $0.isBlank || $0.isQuote || $0 == UInt8(ascii: "\\") }
        return value.prefix(16).count == 16 && value.prefix(16).allSatisfy(\.isTokenCharacter)
    }

    /// Whether nothing stands before a name, or another pair, or what separates pairs.
    private func followsPair(_ start: Int) -> Bool {
        var end = start
        while end > 0, text[end - 1].isBlank { end -= 1 }
        guard end > 0, text[end - 1].isNameCharacter else { return true }
        var index = end
        while index > 0, end - index < 256, !text[index - 1].isBlank {
            index -= 1
            if text[index] == UInt8(ascii: "=") || text[index] == UInt8(ascii: ":") { return true }
        }
        return false
    }

    /// `12.5ms`, `20/25`, `80%`.
    private func isMeasure(behind separator: Int) -> Bool {
        let value = text[(separator + 1)...].drop(while: \.isBlank)
        guard value.first?.isDigit == true else { return false }
        let unit = value.drop { $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
        let rest = unit.drop { $0.isLetter || $0 == UInt8(ascii: "%") }
        return unit.count - rest.count <= 2
            && (rest.first.map { $0.isBlank || $0.separatesValues || $0.endsValue } ?? true)
    }
}
