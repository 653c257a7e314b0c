import Foundation

/// What is known of an URL without understanding all of it.
package enum URLText {
    /// Scheme, host and port: all of an URL that may be shown, since paths and queries carry tokens.
    package static func origin(of url: String) -> String {
        guard let scheme = url.range(of: "://") else { return "the server" }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        return host.isEmpty ? "the server" : String(url[..<scheme.upperBound] + host)
    }

    /// Whether the text is an http or https URL without white space or control characters.
    static func isSendable(_ url: String) -> Bool {
        let bytes = url.utf8
        return (bytes.starts(with: "https://".utf8) || bytes.starts(with: "http://".utf8))
            && bytes.allSatisfy { $0 > 32 && $0 != 127 }
    }
}
