import Model
import PolarDB

/// One request as it came in.
struct Call: Sendable {
    /// When its last byte had come, by the true clock.
    let at: Timestamp
    /// `http` or `https`.
    let scheme: String
    /// `127.0.0.1:54321`: distinguishes connections.
    let peer: String
    let method: String
    /// Path and query as on the wire.
    let target: String
    /// Without the query, `/` at least.
    let path: String
    /// As on the wire, without the question mark.
    let queryText: String
    let query: [QueryItem]
    let headers: HeaderFields
    let body: [UInt8]

    var bodyText: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a query parameter.
    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The path's parts without empty ones.
    var pathParts: [String] {
        path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) }
    }
}

/// A query parameter, decoded.
struct QueryItem: Hashable, Sendable {
    let name: String
    let value: String

    /// Reads `a=b&c=d`; a plus is a space, as servers of forms read it.
    static func parse(_ text: some StringProtocol) -> [QueryItem] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return QueryItem(
                name: decode(parts[0]), value: parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    private static func decode(_ text: some StringProtocol) -> String {
        let spaced = String(text).replacing("+", with: " ")
        return PercentEncoding.decode(spaced) ?? spaced
    }
}

/// Header fields in the order in which they came, names in lower case.
struct HeaderFields: Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    mutating func append(_ name: String, _ value: String) {
        fields.append((name.lowercased(), value))
    }

    /// All values under a name, joined by commas; nil if there is none.
    subscript(_ name: String) -> String? {
        let values = fields.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    var names: [String] { fields.map(\.name) }

    /// For logs and the control endpoint.
    var json: JSONValue {
        .object(
            Dictionary(fields.map { ($0.name, .string($0.value)) }) { first, second in
                .string("\(first.stringValue ?? ""),\(second.stringValue ?? "")")
            })
    }
}
