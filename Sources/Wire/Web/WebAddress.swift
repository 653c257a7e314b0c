/// The parts of a URL, as far as they are looked at.
///
/// Read by hand because a checked URL is used byte for byte: Foundation's reader repairs what it is given, and a repaired
/// URL is not the one that was signed into its own query.
package struct WebAddress: Hashable, Sendable {
    /// In lower case.
    package let scheme: String
    package let hasUser: Bool
    /// In lower case, without the brackets of an IPv6 address.
    package let host: String
    package let port: Int?
    /// From the first `/` on, without query and fragment.
    package let path: String
    package let query: String?
    package let hasFragment: Bool

    /// Nil if the text is not a URL with a scheme and a host (RFC 3986).
    package init?(_ text: String) {
        let scalars = text.unicodeScalars
        // A backslash stands nowhere in a URL; some programs take it for a slash, and call another host.
        guard
            !scalars.contains(where: {
                $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F || $0 == "\\"
            }),
            let colon = scalars.firstIndex(of: ":"), scalars[colon...].starts(with: "://".unicodeScalars)
        else { return nil }
        scheme = text[..<colon].lowercased()
        guard scheme.utf8.first?.isLetter == true,
            scheme.utf8.allSatisfy({ $0.isLetterOrDigit || "+-.".utf8.contains($0) })
        else { return nil }
        let rest = scalars[scalars.index(colon, offsetBy: 3)...]
        let authorityEnd = rest.firstIndex { "/?#".unicodeScalars.contains($0) } ?? rest.endIndex
        guard let authority = Authority(rest[..<authorityEnd]) else { return nil }
        hasUser = authority.hasUser
        host = authority.host
        port = authority.port

        let fragment = rest[authorityEnd...].firstIndex(of: "#") ?? rest.endIndex
        hasFragment = fragment != rest.endIndex
        let question = rest[authorityEnd..<fragment].firstIndex(of: "?") ?? fragment
        path = String(rest[authorityEnd..<question])
        query = question == fragment ? nil : String(rest[rest.index(after: question)..<fragment])
    }

    /// Whether the host can be looked up as it is: an internationalised name must be written in punycode.
    package var hasPlainHost: Bool { host.utf8.allSatisfy { $0 < 0x80 } }

    package var isHTTP: Bool { scheme == "http" || scheme == "https" }

    /// This host itself: 127.0.0.0/8, ::1 or `localhost`.
    package var isLoopback: Bool { Self.isLoopback(host) }

    /// - Parameter host: in lower case; an IPv6 address with or without brackets.
    package static func isLoopback(_ host: some StringProtocol) -> Bool {
        if host == "localhost" || host == "::1" || host == "[::1]" || host == "0:0:0:0:0:0:0:1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.allSatisfy(\.isDigit) && UInt8($0) != nil }
    }

    /// Scheme, host and port: all of a URL that may be shown, since user, path and query may hold secrets.
    package var origin: String {
        "\(scheme)://\(host.contains(":") ? "[\(host)]" : host)" + (port.map { ":\($0)" } ?? "")
    }

    /// Whether the query has this name with a value that is not empty.
    package func hasQueryItem(_ name: String) -> Bool {
        query?.split(separator: "&").contains { $0.hasPrefix(name + "=") && $0.count > name.count + 1 } ?? false
    }

    /// `[user@]host[:port]`.
    private struct Authority {
        let hasUser: Bool
        let host: String
        let port: Int?

        init?(_ text: Substring.UnicodeScalarView) {
            let at = text.lastIndex(of: "@")
            hasUser = at != nil
            var rest = at.map { text[text.index(after: $0)...] } ?? text
            if rest.first == "[" {
                guard let end = rest.firstIndex(of: "]") else { return nil }
                host = String(rest[rest.index(after: rest.startIndex)..<end]).lowercased()
                guard host.utf8.contains(UInt8(ascii: ":")),
                    host.utf8.allSatisfy({ Hex.value($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
                else { return nil }
                rest = rest[rest.index(after: end)...]
            } else {
                let end = rest.firstIndex(of: ":") ?? rest.endIndex
                host = String(rest[..<end]).lowercased()
                guard
                    host.unicodeScalars.allSatisfy({
                        $0.isASCII
                            ? UInt8(ascii: $0).isWordCharacter || "-.".unicodeScalars.contains($0)
                            : $0.properties.isAlphabetic || $0.properties.numericType != nil
                    })
                else { return nil }
                guard Self.canBeLookedUp(host) else { return nil }
                rest = rest[end...]
            }
            if rest.isEmpty {
                port = nil
            } else {
                let digits = String(rest.dropFirst())
                guard rest.first == ":", digits.utf8.allSatisfy(\.isDigit), let number = Int(digits),
                    (1...65_535).contains(number)
                else { return nil }
                port = number
            }
        }

        /// Whether a name keeps to the limits of DNS (RFC 1035, 2.3.4): no part is empty or longer than 63 bytes. A dot at
        /// the end is allowed.
        private static func canBeLookedUp(_ host: String) -> Bool {
            let labels = (host.hasSuffix(".") ? host.dropLast() : host[...])
                .split(separator: ".", omittingEmptySubsequences: false)
            return host.utf8.count <= 254
                && labels.allSatisfy { label in
                    !label.isEmpty && (label.utf8.count <= 63 || !label.utf8.allSatisfy { $0 < 0x80 })
                }
        }
    }
}
