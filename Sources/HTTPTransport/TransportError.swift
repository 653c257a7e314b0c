/// Why an answer is missing or incomplete.
package struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Sendable {
        /// The host's name has no address, or the resolver does not answer.
        case resolve
        /// The host or the proxy takes no connection.
        case connect
        /// A time limit passed: connecting, the whole request, or too slow for too long.
        case timeout
        /// The certificate is not one that is trusted for this name, or TLS failed otherwise.
        case tls
        /// The answer is larger than the request allows.
        case tooLarge = "too_large"
        /// The server closed the connection before the answer was whole.
        case reset
        /// What came is not HTTP, or its compression is broken.
        case malformed
        /// The task was cancelled or the client was shut down.
        case cancelled
        /// The request cannot be sent as it is: its URL, a header, a certificate file.
        case invalidRequest = "invalid_request"
        case other
    }

    package let kind: Kind
    /// A plain sentence for an operator. Names the host, never a path, a query, a header or a body.
    package let message: String
    /// A reused connection that the server had closed meanwhile: the request was most likely never read.
    package let isStaleConnection: Bool

    package init(_ kind: Kind, _ message: String, isStaleConnection: Bool = false) {
        self.kind = kind
        self.message = message
        self.isStaleConnection = isStaleConnection
    }

    package var description: String { message }
}
