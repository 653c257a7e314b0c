import HTTPTransport
import Model

/// The Security Token Service: temporary credentials of a role (API version 2015-04-01).
struct STSClient: Sendable {
    let http: any HTTPClient
    let endpoint: Endpoint
    let connection: ConnectionOptions

    /// - Parameter parameters: of the action.
    func assumeRole(
        _ parameters: [QueryParameter], signedWith key: Credentials, origin: String, at now: Timestamp
    ) async throws(PollFailure) -> Credentials {
        var common = Self.common("AssumeRole", at: now)
        common += [
            QueryParameter("SignatureMethod", "HMAC-SHA1"), QueryParameter("SignatureVersion", "1.0"),
            QueryParameter("AccessKeyId", key.accessKeyID),
        ]
        var form = parameters
        if let token = key.securityToken { form.append(QueryParameter("SecurityToken", token)) }
        let signature = RPCSignature.sign(method: "POST", parameters: common + form, secret: key.accessKeySecret)
        common.append(QueryParameter("Signature", signature))
        return try await send(common, form, action: "AssumeRole", key: key, origin: origin, now)
    }

    /// Unsigned: the identity provider's token is the proof.
    func assumeRoleWithOIDC(
        _ parameters: [QueryParameter], origin: String, at now: Timestamp
    ) async throws(PollFailure) -> Credentials {
        try await send(
            Self.common("AssumeRoleWithOIDC", at: now), parameters, action: "AssumeRoleWithOIDC", key: nil,
            origin: origin, now)
    }

    private static func common(_ action: String, at now: Timestamp) -> [QueryParameter] {
        [
            QueryParameter("Action", action), QueryParameter("Format", "JSON"), QueryParameter("Version", "2015-04-01"),
            QueryParameter("Timestamp", now.acsDate), QueryParameter("SignatureNonce", SignatureNonce.make()),
        ]
    }

    /// What is secret or long goes into the body: URLs get logged, and tokens may have 20,000 characters.
    private func send(
        _ query: [QueryParameter], _ form: [QueryParameter], action: String, key: Credentials?, origin: String,
        _ now: Timestamp
    ) async throws(PollFailure) -> Credentials {
        let place = "STS (\(endpoint))"
        let response = try await http.fetch(
            HTTPRequest(
                method: .post, url: "\(endpoint.url)?\(query.canonicalQuery)",
                headers: [
                    HTTPHeader("Accept", "application/json"),
                    HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                ], body: Array(form.canonicalQuery.utf8), connection: connection, allowsResend: false), from: place)
        let members = (try? JSONValue(parsing: response.body))?.objectValue
        guard response.status == 200, let credentials = members?["Credentials"]?.objectValue else {
            throw refusal(response, members, action: action, key: key, now)
        }
        return try FetchedCredentials.read(credentials, origin: origin, place: place)
    }

    private func refusal(
        _ response: HTTPResponse, _ members: [String: JSONValue]?, action: String, key: Credentials?, _ now: Timestamp
    ) -> PollFailure {
        let error = members.map(ErrorBody.init) ?? ErrorBody(response.body)
        let reason: FailureReason
        if let code = error.code {
            let known = ErrorCode.reason(of: code, httpStatus: response.status)
            // Whatever else STS does not like is about the role, the policy or the token.
            reason = known == .unknown || known == .configuration || known == .notFound ? .credentials : known
        } else {
            reason = response.status >= 500 ? .server : response.status == 429 ? .throttled : .malformed
        }
        let what = error.code.map { Redaction.text($0) } ?? "status \(response.status)"
        let said = error.message.map { ": " + Redaction.text($0, hiding: key?.accessKeyID) } ?? ""
        let source = key.map { " with \($0)" } ?? ""
        return PollFailure(
            reason: reason, code: error.code, httpStatus: response.status,
            message:
                "STS (\(endpoint)) refused \(action)\(source) (\(what))\(said); check the role, who may assume it, and its source",
            requestID: error.requestID, retryAfter: RetryHint.explicit(response.headers, at: now))
    }
}
