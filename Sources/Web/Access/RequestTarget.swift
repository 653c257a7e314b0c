import Model

/// Where a request goes, checked: path and query, as they were sent.
struct RequestTarget: Hashable, Sendable {
    let path: String
    let query: String
    /// Of a request for a whole address, as it is sent to a proxy; nil if there is none.
    let host: String?

    /// - Returns: nil if it is neither a path nor an http address (RFC 9112, 3.2).
    init?(_ target: String) {
        var rest = target[...]
        if target.utf8.first != UInt8(ascii: "/") {
            let scheme = rest.prefix { $0 != ":" }
            guard scheme.lowercased() == "http" || scheme.lowercased() == "https",
                rest.dropFirst(scheme.count).hasPrefix("://")
            else { return nil }
            rest = rest.dropFirst(scheme.count + 3)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            host = String(rest[..<end])
            rest = rest[end...]
        } else {
            host = nil
        }
        guard !rest.contains("#") else { return nil }
        let end = rest.firstIndex(of: "?") ?? rest.endIndex
        path = rest.startIndex == end ? "/" : String(rest[..<end])
        query = end == rest.endIndex ? "" : String(rest[rest.index(after: end)...])
    }
}
