/// One request: sent once, answered once. Redirects are never followed.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// `http://` or `https://`, complete and percent-encoded; goes on the wire as it is.
    package var url: String
    package var headers: [HTTPHeader]
    /// Sent with POST and PUT, an empty one as `Content-Length: 0`; ignored with GET.
    package var body: [UInt8]
    package var connection: ConnectionOptions
    /// The answer's size in bytes at which it is cut off, counted after decompression, while it arrives.
    package var maximumBodySize: Int
    /// Offers gzip to the server and unpacks it.
    package var acceptsGzip: Bool
    /// Whether the very same bytes may be sent again at once if a reused connection turns out to be closed by the
    /// server before a byte of an answer. False for a signed request, whose nonce is good for one sending.
    package var allowsResend: Bool
    /// Whether the status line is all that is asked for. Then the body is read up to its limit, what is beyond it is
    /// dropped, and headers or a body that are too large, cut short, never end or are not valid take nothing from the
    /// status.
    package var statusDecides: Bool
    /// The one status for which the same holds; nil if there is none.
    package var decidingStatus: Int?

    package init(
        method: HTTPMethod, url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
        connection: ConnectionOptions = ConnectionOptions(), maximumBodySize: Int = 1 << 20, acceptsGzip: Bool = true,
        allowsResend: Bool = true, statusDecides: Bool = false, decidingStatus: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connection = connection
        self.maximumBodySize = maximumBodySize
        self.acceptsGzip = acceptsGzip
        self.allowsResend = allowsResend
        self.statusDecides = statusDecides
        self.decidingStatus = decidingStatus
    }
}

/// What a request asks to be done, as it is sent.
package enum HTTPMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
}

/// One line of a head.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    /// Without line ends; a request with one is refused before it is sent.
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
