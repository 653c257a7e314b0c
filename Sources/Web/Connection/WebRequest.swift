import NIOHTTP1

/// A request as it came. Nothing in it is believed until `Gate` has checked it.
struct WebRequest: Sendable {
    let method: String
    /// What stands behind the method: mostly a path with a query.
    let target: String
    private let headers: HTTPHeaders

    init(_ head: HTTPRequestHead) {
        method = head.method.rawValue
        target = head.uri
        headers = head.headers
    }

    /// Of parts that are known: for tests, and in place of what cannot be read.
    init(method: String, target: String, headers: [(String, String)]) {
        self.method = method
        self.target = target
        self.headers = HTTPHeaders(headers)
    }

    var isHead: Bool { method == "HEAD" }

    /// Every value of a header, in the order in which they came, not split. White space around a value is not part of it
    /// (RFC 9110, 5.5).
    func values(_ name: String) -> [String] {
        headers.compactMap { field in
            // HTTPHeaders splits at commas, which a date or a name may contain.
            guard field.name.lowercased() == name else { return nil }
            let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
            let value = field.value.drop(while: isBlank)
            return String(value.dropLast(value.reversed().prefix(while: isBlank).count))
        }
    }

    /// The values of a header that is a list, as one text (RFC 9110, 5.3); nil if there is none.
    func list(_ name: String) -> String? {
        let values = values(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
