import Glibc
import Model

/// How messages name a file whose path others have written: somebody may have put a secret in its place.
package enum ShownPath {
    /// Its path if its folder exists and its name has the form of a file's, else `the file`.
    ///
    /// - Parameter kind: for example `the profile file`.
    package static func words(_ path: String, as kind: String = "the file") -> String {
        guard path.utf8.count <= 1024, let slash = path.lastIndex(of: "/"),
            !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else { return kind }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        guard access(folder, F_OK) == 0 else { return kind }
        let name = String(path[path.index(after: slash)...])
        let isShown = name.isEmpty || isPlainName(name) || isFileName(name)
        return isShown ? "\(kind) \(path)" : "\(kind) named here, in \(folder),"
    }

    /// One case of letters and next to no digits, as no token has: `dingtalk-token`, `DINGTALK_TOKEN`, `credentials`.
    package static func isPlainName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard (1...48).contains(bytes.count), bytes.count(where: \.isDigit) <= 3 else { return false }
        return bytes.allSatisfy { byte in
            byte.isDigit || "_-.".utf8.contains(byte) || (byte.isLetter && byte.isLowercaseLetter)
        }
            || bytes.allSatisfy { byte in
                byte.isDigit || byte == UInt8(ascii: "_") || (byte.isLetter && !byte.isLowercaseLetter)
            }
    }

    private static func isFileName(_ name: String) -> Bool {
        let endings = [
            ".pem", ".crt", ".cer", ".key", ".json", ".txt", ".token", ".secret", ".conf", ".ini", ".cfg", ".db",
        ]
        return name.utf8.count <= 64 && endings.contains { name.hasSuffix($0) }
    }
}
