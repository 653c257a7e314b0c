import HTTPTransport

/// A daemon that gives one answer to everything.
struct OneAnswer: HTTPClient {
    let status: Int
    let body: String

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(body.utf8))
    }
}
