/// The parts of a URL that a config is checked for.
///
/// Read by hand because a checked URL is used byte for byte: Foundation's reader mends what it is given, and a mended
/// URL is not the one that was signed into its own query.
struct WebAddress {
    let scheme: String
    let hasUser: Bool
    /// In lower case, without the brackets of an IPv6 address.
    let host: String
    let port: Int?
    /// From the first `/` on, without query and fragment.
    let path: String
    let query: String?
    let hasFragment: Bool

    /// Nil where the text is no URL with a scheme and a host (RFC 3986).
    init?(_ text: String) {
        guard let separator = text.firstRange(of: "://"), !text.contains(where: { $0.isWhitespace }) else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        guard !scheme.isEmpty, scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        let rest = text[separator.upperBound...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
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

    var isHTTP: Bool { scheme == "http" || scheme == "https" }

    /// This host itself, by name or number.
    var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || (host.hasPrefix("127.") && host.allSatisfy { $0 == "." || ($0.isASCII && $0.isNumber) })
    }

    func hasQueryItem(_ name: String) -> Bool {
        query?.split(separator: "&").contains { $0.hasPrefix(name + "=") && $0.count > name.count + 1 } ?? false
    }

    /// `[user@]host[:port]`.
    private struct Authority {
        let hasUser: Bool
        let host: String
        let port: Int?

        init?(_ text: Substring) {
            let at = text.lastIndex(of: "@")
            hasUser = at != nil
            var rest = at.map { text[text.index(after: $0)...] } ?? text
            if rest.first == "[" {
                guard let end = rest.firstIndex(of: "]") else { return nil }
                host = rest[rest.index(after: rest.startIndex)..<end].lowercased()
                guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                    return nil
                }
                rest = rest[rest.index(after: end)...]
            } else {
                let end = rest.firstIndex(of: ":") ?? rest.endIndex
                host = rest[..<end].lowercased()
                guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else { return nil }
                rest = rest[end...]
            }
            guard !host.isEmpty else { return nil }
            if rest.isEmpty {
                port = nil
            } else {
                guard rest.first == ":", let number = Int(rest.dropFirst()), (1...65_535).contains(number) else {
                    return nil
                }
                port = number
            }
        }
    }
}
