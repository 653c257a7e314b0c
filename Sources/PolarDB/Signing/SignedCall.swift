import HTTPTransport
import Model

/// A call of an action, ready to be signed as often as it is sent.
struct SignedCall {
    let endpoint: Endpoint
    let action: String
    /// Canonical, and sent verbatim: the server then cannot read it otherwise than it was signed.
    let query: String
    var connection = ConnectionOptions()
    /// Of the API; PolarDB's, unless it is another one.
    var version = Self.polarDB

    static let polarDB = "2017-08-01"

    /// A request with a signature of its own.
    func request(_ credentials: Credentials, at time: Timestamp, nonce: String = SignatureNonce.make()) -> HTTPRequest {
        // In the order in which they are signed. Only what must be: nothing then depends on what a proxy does to the rest.
        var headers = [
            HTTPHeader("host", endpoint.host),
            HTTPHeader("x-acs-action", action),
            HTTPHeader("x-acs-content-sha256", ACS3Signature.emptyBodyHash),
            HTTPHeader("x-acs-date", time.acsDate),
        ]
        headers.reserveCapacity(9)
        if let token = credentials.securityToken { headers.append(HTTPHeader("x-acs-security-token", token.trimmed)) }
        headers.append(HTTPHeader("x-acs-signature-nonce", nonce))
        headers.append(HTTPHeader("x-acs-version", version))
        let signature = ACS3Signature(
            method: HTTPMethod.post.rawValue, query: query, canonicalHeaders: headers,
            bodyHash: ACS3Signature.emptyBodyHash, key: credentials.signingKey)
        headers.append(HTTPHeader("accept", "application/json"))
        headers.append(HTTPHeader("authorization", signature.authorization(accessKeyID: credentials.accessKeyID)))
        return HTTPRequest(
            method: .post, url: "\(endpoint.url)?\(query)", headers: headers, connection: connection,
            allowsResend: false)
    }
}
