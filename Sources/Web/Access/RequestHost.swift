import Glibc
import Model

/// The value of a Host header, or of the host in an address: a name or an IP address, and perhaps a port.
struct RequestHost: Hashable, Sendable {
    /// In small letters, without the dot at the end of a full name and without brackets.
    let name: String
    let isAddress: Bool

    /// - Returns: nil if it is not `host` or `host:port` (RFC 9110, 7.2; RFC 3986, 3.2.2).
    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 300 else { return nil }
        if text.utf8.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: "]"), Self.isPort(text[text.index(after: end)...]) else { return nil }
            let inside = String(text[text.index(after: text.startIndex)..<end])
            guard Self.isIPv6(inside) else { return nil }
            name = inside.lowercased()
            isAddress = true
            return
        }
        let end = text.firstIndex(of: ":") ?? text.endIndex
        guard Self.isPort(text[end...]) else { return nil }
        var host = text[..<end].lowercased()
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isNameByte) else { return nil }
        if host.utf8.last == UInt8(ascii: ".") { host.removeLast() }
        guard !host.isEmpty else { return nil }
        name = host
        isAddress = Self.isIPv4(host)
    }

    /// `localhost` and what the system's hosts file calls the same (RFC 6761, 6.3).
    var isLoopbackName: Bool {
        name == "localhost" || name.hasSuffix(".localhost")
            || ["localhost.localdomain", "ip6-localhost", "ip6-loopback"].contains(name)
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard let colon = text.first else { return true }
        let digits = text.dropFirst()
        return colon == ":" && digits.utf8.count <= 5 && digits.utf8.allSatisfy(\.isDigit)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    private static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        // A zone may follow the address (RFC 6874).
        return inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &address) == 1
    }
}
