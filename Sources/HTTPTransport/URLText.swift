import Model

/// What is known of a URL without understanding all of it.
package enum URLText {
    /// Scheme, host and port: all of a URL that may be shown, since paths and queries carry tokens.
    package static func origin(of url: String) -> String {
        WebAddress(url)?.origin ?? "the server"
    }

    /// Whether the text is an http or https URL without white space or control characters. Whether it has a host that
    /// makes sense is for curl to say: this is asked at every call.
    static func isSendable(_ url: String) -> Bool {
        isHTTP(url) && url.utf8.allSatisfy { $0 > 32 && $0 != 127 }
    }

    /// Whether it starts like an http or https URL.
    static func isHTTP(_ url: String) -> Bool {
        starts(url.utf8, with: "https://") || starts(url.utf8, with: "http://")
    }

    /// Schemes are written in any case (RFC 3986, 3.1).
    private static func starts(_ url: String.UTF8View, with scheme: StaticString) -> Bool {
        scheme.withUTF8Buffer { scheme in
            url.count >= scheme.count && zip(url, scheme).allSatisfy { $0 == $1 || ($0.isLetter && $0 | 0x20 == $1) }
        }
    }
}
