import Crypto
import Model

/// The mark of an answer's content (RFC 9110, 8.8.3).
enum ETag {
    static func of(_ bytes: [UInt8]) -> String {
        let digest = SHA256.hash(data: bytes).prefix(16)
        return "\"" + Hex.text(Array(digest)) + "\""
    }

    /// Whether a client has this content already, by its `If-None-Match`: a list, compared weakly, or `*`.
    static func isKnown(_ tag: String, in header: String?) -> Bool {
        guard let header else { return false }
        var rest = header[...]
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            guard !rest.isEmpty else { return false }
            if rest.first == "*" { return true }
            if rest.hasPrefix("W/") { rest = rest.dropFirst(2) }
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return false }
            if rest[...end] == tag { return true }
            rest = rest[rest.index(after: end)...]
        }
    }
}
