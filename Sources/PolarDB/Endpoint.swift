import Model

/// Where a region's API is called.
///
/// The rule of the official SDKs (their `_endpointMap`, "Endpoints" page of the PolarDB API reference): eight public
/// regions share `polardb.aliyuncs.com`, every other has `polardb.REGION.aliyuncs.com`. Within a VPC each public region
/// has its own host, the mapped ones too, which the SDKs get wrong because they look at the map first.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case https
        /// On loopback only: nothing signed travels in the clear.
        case http
    }

    package let scheme: Scheme
    /// As the `Host` header carries it: lower case, the port only where it is not the scheme's own.
    package let host: String
    /// The address of the API's one path.
    package let url: String

    /// By region.
    ///
    /// - Parameter region: not empty.
    package init(region: String, usesVPC: Bool) {
        let host =
            usesVPC
            ? "polardb-vpc.\(region).aliyuncs.com"
            : Self.sharedRegions.contains(region) ? "polardb.aliyuncs.com" : "polardb.\(region).aliyuncs.com"
        self.init(.https, host)
    }

    private init(_ scheme: Scheme, _ host: String) {
        self.scheme = scheme
        self.host = host
        url = "\(scheme.rawValue)://\(host)/"
    }

    /// What a config gives as `endpoint`: `host`, `host:port`, or an URL without a path.
    ///
    /// - Throws: `EndpointError`, which says what would be right.
    package init(_ text: String) throws(EndpointError) {
        let trimmed = text.trimmed
        let lowercased = trimmed.lowercased()
        let given: (scheme: Scheme, rest: Substring)
        if lowercased.hasPrefix("https://") {
            given = (.https, lowercased.dropFirst(8))
        } else if lowercased.hasPrefix("http://") {
            given = (.http, lowercased.dropFirst(7))
        } else if lowercased.contains("://") {
            throw EndpointError("\"\(trimmed)\" is not an http or https URL; write the host alone, or https://HOST")
        } else {
            given = (.https, lowercased[...])
        }
        let authority = given.rest.hasSuffix("/") ? given.rest.dropLast() : given.rest
        guard let (name, port) = Self.split(authority) else {
            throw EndpointError(
                "\"\(trimmed)\" is not an endpoint; write HOST, HOST:PORT or https://HOST, without a path")
        }
        if given.scheme == .http, !Self.isLoopback(name) {
            throw EndpointError("\"\(trimmed)\" would send signed requests in the clear; http:// is for loopback only")
        }
        let ownPort = given.scheme == .https ? 443 : 80
        self.init(given.scheme, port == nil || port == ownPort ? String(name) : "\(name):\(port ?? ownPort)")
    }

    package var description: String { scheme == .https ? host : "\(scheme.rawValue)://\(host)" }

    private static let sharedRegions: Set<String> = [
        "cn-qingdao", "cn-beijing", "cn-wulanchabu", "cn-hangzhou", "cn-shanghai", "cn-heyuan", "cn-hangzhou-finance",
        "cn-beijing-finance-1",
    ]

    /// The name, brackets of an IPv6 address included, and the port.
    static func split(_ authority: Substring) -> (name: Substring, port: Int?)? {
        let nameEnd: Substring.Index
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            nameEnd = authority.index(after: bracket)
        } else {
            nameEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let name = authority[..<nameEnd]
        let isBracketed = name.first == "["
        guard !name.isEmpty,
            name.utf8.allSatisfy({
                ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
                    || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    || (isBracketed && ($0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]")))
            })
        else { return nil }
        let rest = authority[nameEnd...]
        if rest.isEmpty { return (name, nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65535).contains(port) else { return nil }
        return (name, port)
    }

    private static func isIPv4Loopback(_ name: some StringProtocol) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    static func isLoopback(_ name: some StringProtocol) -> Bool {
        name == "localhost" || name == "[::1]" || isIPv4Loopback(name)
    }
}

/// Why a text is no endpoint, and what would be right.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
