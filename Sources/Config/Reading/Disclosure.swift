import Glibc
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

    /// The name of a variable (`DINGTALK_TOKEN`) or of a credential of the unit (`dingtalk-token`): one case of letters
    /// and next to no digits, as no token has.
    static func isSourceName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...48).contains(bytes.count), bytes.count(where: \.isDigit) <= 3 else { return false }
        return bytes.allSatisfy { byte in
            byte.isDigit || "_-.".utf8.contains(byte) || (byte.isLetter && byte.isLowercaseLetter)
        }
            || bytes.allSatisfy { byte in
                byte.isDigit || byte == UInt8(ascii: "_") || (byte.isLetter && !byte.isLowercaseLetter)
            }
    }

    /// A file, for a sentence: its path if its folder exists and its name has the form of a file's, else `the file`.
    static func file(_ path: String) -> String {
        guard path.utf8.count <= 1024, let slash = path.lastIndex(of: "/"),
            !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return "the file" }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        guard access(folder, F_OK) == 0 else { return "the file" }
        let name = String(path[path.index(after: slash)...])
        let isShown = name.isEmpty || isSourceName(name) || isFileName(name)
        return isShown ? "the file \(path)" : "the file named here, in \(folder),"
    }

    private static func isFileName(_ name: String) -> Bool {
        let endings = [
            ".pem", ".crt", ".cer", ".key", ".json", ".txt", ".token", ".secret", ".conf", ".ini", ".cfg", ".db",
        ]
        return name.utf8.count <= 64 && endings.contains { name.hasSuffix($0) }
    }

    /// Schemes of URLs that somebody may have written here.
    static func isScheme(_ text: String) -> Bool {
        ["http", "https", "ftp", "ftps", "ws", "wss", "file", "smtp", "smtps", "tcp", "unix", "ssh"].contains(text)
            || text.hasPrefix("socks")
    }
}
