/// A whole answer of whatever status.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// Unpacked where it came compressed.
    package let body: [UInt8]
    /// From the start of the request to the last byte of the answer; waiting for a free slot not counted.
    package let duration: Duration

    package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], duration: Duration = .zero) {
        self.status = status
        self.headers = headers
        self.body = body
        self.duration = duration
    }
}
