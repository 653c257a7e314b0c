import Model

/// One parameter of a call, as it is before it is encoded.
package struct QueryParameter: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [QueryParameter] {
    /// The parameters sorted by name in byte order, percent-encoded and joined: the query that is signed and, verbatim,
    /// the query that is sent.
    package var canonicalQuery: String {
        var text = ""
        text.reserveCapacity(128)
        for parameter in sortedByName {
            if !text.isEmpty { text.append("&") }
            PercentEncoding.append(parameter.name, to: &text)
            text.append("=")
            PercentEncoding.append(parameter.value, to: &text)
        }
        return text
    }

    private var sortedByName: [QueryParameter] {
        sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
