package import HTTPTransport
package import Model

/// A call of an Alibaba Cloud API that an account's credentials have to sign.
package struct CloudCall: Hashable, Sendable {
    /// The account of the config whose credentials sign it.
    package let account: String
    package let action: String
    /// Of the API, as in `2019-01-01`.
    package let version: String
    /// The address of the API, without a query.
    package let endpoint: String
    /// Canonical: the names sorted by their bytes, names and values percent-encoded.
    package let query: String

    package init(
        account: String, action: String, version: String, endpoint: String, parameters: [String: String]
    ) {
        self.account = account
        self.action = action
        self.version = version
        self.endpoint = endpoint
        query = parameters.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}

/// A call as it is sent once: its signature holds for one sending.
package struct SignedCloudCall: Sendable {
    package let url: String
    package let headers: [HTTPHeader]
    /// What nobody else may read: the signature, the security token.
    package let secrets: [String]

    package init(url: String, headers: [HTTPHeader], secrets: [String]) {
        self.url = url
        self.headers = headers
        self.secrets = secrets
    }
}

/// Why a call cannot be signed. Holds no secret.
package struct CloudSigningFailure: Error, Hashable, Sendable {
    package let message: String
    /// Whether it may work later without anybody's help: the metadata service did not answer, for example.
    package let isTemporary: Bool

    package init(_ message: String, isTemporary: Bool) {
        self.message = message
        self.isTemporary = isTemporary
    }
}

/// Signs a call with the credentials of its account.
///
/// Delivery knows nothing of credentials and signatures; who makes the `Sender` gives it this.
package typealias CloudSigner = @Sendable (CloudCall, Timestamp) async throws(CloudSigningFailure) -> SignedCloudCall

extension TargetRequest {
    /// A call that is signed when it is sent.
    init(_ call: CloudCall) {
        self.init(url: "\(call.endpoint)?\(call.query)", body: [])
        cloudCall = call
        headers = [HTTPHeader("x-acs-action", call.action), HTTPHeader("x-acs-version", call.version)]
    }
}
