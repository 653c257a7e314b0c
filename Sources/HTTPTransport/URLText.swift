import Model

/// What is known of a URL without understanding all of it.
package enum URLText {
    /// Scheme, host and port: all of a URL that may be shown, since paths and queries carry tokens.
    package static func origin(of url: String) -> String {
        WebAddress(url)?.origin ?? "the server"
    }

    /// Whether the URL's host is this one: `localhost` or an address of the loopback network. `WebAddress` knows it, too, but
    /// this is asked at every call.
    package static func isOnThisHost(_ url: String) -> Bool {
        guard let scheme = url.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
        let rest = url.utf8[scheme...].drop { $0 == UInt8(ascii: "/") }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let start =
            authority.lastIndex(of: UInt8(ascii: "@")).map { authority.index(after: $0) } ?? authority.startIndex
        let host = authority[start...]
        switch host.first {
        case UInt8(ascii: "["): return host.starts(with: "[::1]".utf8)
        case UInt8(ascii: "1"): return isIPv4Loopback(host.prefix { $0 != UInt8(ascii: ":") })
        case UInt8(ascii: "l"), UInt8(ascii: "L"):
            return String(decoding: host.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased() == "localhost"
        default: return false
        }
    }

    private static func isIPv4Loopback(_ host: Substring.UTF8View.SubSequence) -> Bool {
        // `127.1` is one, too.
        host.starts(with: "127.".utf8)
            && host.allSatisfy { $0 == UInt8(ascii: ".") || $0.isDigit }
    }

    /// Whether the text is an http or https URL without white space or control characters. Whether it has a host that
    /// makes sense is for curl to say: this is asked at every call.
    static func isSendable(_ url: String) -> Bool {
        let bytes = url.utf8
        return (starts(bytes, with: "https://") || starts(bytes, with: "http://"))
            && bytes.allSatisfy { $0 > 32 && $0 != 127 }
    }

    /// Schemes are written in any case (RFC 3986, 3.1).
    private static func starts(_ url: String.UTF8View, with scheme: StaticString) -> Bool {
        scheme.withUTF8Buffer { scheme in
            url.count >= scheme.count && zip(url, scheme).allSatisfy { $0 == $1 || ($0.isLetter && $0 | 0x20 == $1) }
        }
    }
}
