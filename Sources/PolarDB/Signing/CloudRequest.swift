package import HTTPTransport
package import Model

/// A call of another API of Alibaba Cloud, whose gateway checks signatures as it does for PolarDB.
package struct CloudRequest: Sendable {
    private let call: SignedCall

    /// What is sent, and what of it nobody else may read.
    package struct Signed: Sendable {
        package let url: String
        package let headers: [HTTPHeader]
        package let secrets: [String]
    }

    /// - Parameter query: canonical, as `[QueryParameter].canonicalQuery` writes it.
    package init(endpoint: Endpoint, action: String, version: String, query: String) {
        call = SignedCall(endpoint: endpoint, action: action, query: query, version: version)
    }

    /// - Parameter time: of the signature, by the server's clock.
    /// - Throws: why there are no credentials.
    package func signed(by provider: any CredentialsProvider, at time: Timestamp) async throws(PollFailure) -> Signed {
        let credentials = try await provider.credentials(at: time)
        let request = call.request(credentials, at: time)
        let authorization = request.headers.last { $0.name == "authorization" }?.value
        return Signed(
            url: request.url, headers: request.headers,
            secrets: [credentials.securityToken, authorization].compactMap { $0 })
    }
}
