/// A whole answer of whatever status.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// Unpacked if it came compressed. The start of it if the request said that the status decides and the rest did not
    /// come or was not wanted.
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
