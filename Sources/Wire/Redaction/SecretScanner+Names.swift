/// Which names have a secret for their value.
extension SecretScanner {
    /// What a name says of the form of its value.
    enum Kind {
        case password
        /// A scheme may stand before the secret.
        case authorization
        /// Pairs, separated by semicolons and blanks.
        case cookie
    }

    private static let secretNames = [
        "secret", "secretkey", "password", "passwd", "passphrase", "pwd", "token", "apikey", "accesskey", "accesskeyid",
        "accesskeysecret", "privatekey", "credential", "credentials", "signature", "secrets", "secretkeys", "passwords",
        "apikeys", "accesskeys", "accesstokens", "apitokens", "authtokens",
    ].map { Array($0.utf8) }
    private static let authorization = Array("authorization".utf8)
    private static let cookie = Array("cookie".utf8)
    private static let chineseNames = ["密码", "口令", "密钥", "令牌"].map { Array($0.utf8) }

    /// How long the separator of a name and a value is that stands here, also as URLs and JSON write it; nil if none
    /// does.
    var separator: Int? {
        switch text[place] {
        case UInt8(ascii: "="), UInt8(ascii: ":"): return 1
        case UInt8(ascii: "%"):
            let isEncoded =
                hasPrefix("%3d", at: place, ignoringCase: true) || hasPrefix("%3a", at: place, ignoringCase: true)
            return isEncoded ? 3 : nil
        case UInt8(ascii: "\\"): return hasPrefix("\\u003d", at: place, ignoringCase: true) ? 6 : nil
        case 0xEF: return hasPrefix("：", at: place) || hasPrefix("＝", at: place) ? 3 : nil
        default: return nil
        }
    }

    /// - Returns: nil if the name that ends before this separator is not that of a secret, as `DB_PASSWORD`,
    ///   `"securityToken"`, `\"token\"` and `API key` are.
    func secretKind(before separator: Int) -> Kind? {
        var end = separator
        while end > 0, text[end - 1].isBlank || text[end - 1].isQuote || text[end - 1] == UInt8(ascii: "\\") {
            end -= 1
        }
        if end >= 3, hasPrefix("%22", at: end - 3) { end -= 3 }
        for name in Self.chineseNames {
            if end >= name.count, hasPrefix(name, at: end - name.count) { return .password }
        }
        let nameEnd = end
        var name: [UInt8] = []
        while end > 0, name.count < 40 {
            if text[end - 1].isNameCharacter {
                end -= 1
                if text[end].isLetterOrDigit { name.append(text[end] | 0x20) }
            } else if text[end - 1].isBlank, name.elementsEqual("yek".utf8) {
                // `key` alone says nothing; the word before it does.
                while end > 0, text[end - 1].isBlank { end -= 1 }
                guard end > 0, text[end - 1].isLetterOrDigit else { break }
                end -= 1
                name.append(text[end] | 0x20)
            } else {
                break
            }
        }
        name.reverse()
        func isNamed(_ secret: [UInt8]) -> Bool {
            name.count >= secret.count && name.suffix(secret.count).elementsEqual(secret)
        }
        if isNamed(Self.authorization) { return .authorization }
        if isNamed(Self.cookie) { return .cookie }
        if Self.secretNames.contains(where: isNamed) { return .password }
        return isShortSecretName(text[end..<nameEnd], before: separator) ? .password : nil
    }

    /// `--password` before its value.
    func isSecretOption(before blank: Int) -> Bool {
        var start = blank
        while start > 0, blank - start < 40, text[start - 1].isNameCharacter { start -= 1 }
        guard text[start..<blank].starts(with: "--".utf8), secretKind(before: blank) != nil else { return false }
        // If another option follows, there is no value to mask.
        let next = text[blank...].drop(while: \.isBlank)
        guard next.starts(with: "--".utf8) else { return true }
        let word = next.dropFirst(2).prefix { !$0.isBlank && $0 != UInt8(ascii: "=") }
        return !word.allSatisfy { $0.isLowercaseLetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
}
