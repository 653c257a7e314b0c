import Files
import Model

/// What of a config may be repeated in a message.
///
/// Messages reach the terminal, the journal and `STATUS=`, which every local user can read, and a secret can stand
/// anywhere in a file that has one mistake in it. Therefore a text is repeated only if it has the form of something
/// that is not a secret.
enum Disclosure {
    /// The name of a target or an account: it stands in tables, filters and alerts anyway.
    static func isEntryName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "." }
    }

    /// Whether an unknown key or a label may be quoted: it consists of words, and does not look like an address, an access key,
    /// a hash or a UUID.
    static func isHarmlessKey(_ name: String) -> Bool {
        let words = name.first == "$" ? name.dropFirst() : name[...]
        return name.utf8.count <= 64
            && words.allSatisfy { $0.isLetter || $0.isNumber || " -_./#+():".contains($0) }
            && name.utf8.count(where: \.isDigit) < 10
            && !name.utf8.split { !$0.isLetterOrDigit }.contains { $0.count >= 16 && $0.contains(where: \.isDigit) }
            && !isTellingAddress(name) && Redaction.lookalikes(in: name) == name
    }

    /// Who may log in to the status page. A bcrypt hash in the wrong place has a `$`, which no name has.
    static func isUserName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isLetter || $0.isDigit || "-_.+@".utf8.contains($0) }
    }

    /// A key with a slip of the pen in it, `acces_key_id`: so near to a known key that it can be nothing else.
    static func isSlip(_ name: String, among known: Set<String>) -> Bool {
        (3...32).contains(name.utf8.count) && name.utf8.allSatisfy { $0.isLowercaseLetter || $0 == UInt8(ascii: "_") }
            && NearestName.of(name, among: known, slips: 2) != nil
    }

    /// Names of headers, as far as they are well known or have the form of one.
    static func isHeaderName(_ name: String) -> Bool {
        let plain = name.lowercased()
        let known: Set<String> = [
            "accept", "authorization", "connection", "content-length", "content-type", "cookie", "expect", "host",
            "origin", "priority", "referer", "transfer-encoding", "user-agent",
        ]
        let hasForm =
            (plain.hasPrefix("x-") || plain.hasPrefix("webhook-")) && plain.utf8.count <= 40
            && plain.utf8.allSatisfy { $0.isLowercaseLetter || $0 == UInt8(ascii: "-") }
        return known.contains(plain) || hasForm
    }

    /// The name of a variable (`DINGTALK_TOKEN`) or of a credential of the unit (`dingtalk-token`).
    static func isSourceName(_ name: String) -> Bool { ShownPath.isPlainName(name) }

    /// Whether an address has parts in which credentials stand: a password, or anything behind its host.
    static func isTellingAddress(_ text: String) -> Bool {
        if text.contains("@"), text.contains(":") { return true }
        guard let scheme = text.firstRange(of: "://") else { return false }
        return text[scheme.upperBound...].utf8.contains { "/?#".utf8.contains($0) }
    }

    /// Schemes of URLs that somebody may have written here.
    static func isScheme(_ text: String) -> Bool {
        ["http", "https", "ftp", "ftps", "ws", "wss", "file", "smtp", "smtps", "tcp", "unix", "ssh"].contains(text)
            || text.hasPrefix("socks")
    }
}
