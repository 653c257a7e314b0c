/// What can send a request: `CurlClient`, or a stand-in in tests.
package protocol HTTPClient: Sendable {
    /// Sends the request and waits for the whole answer, whatever its status.
    ///
    /// - Throws: `TransportError` if no whole answer came; `.cancelled` as soon as the task is cancelled.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
