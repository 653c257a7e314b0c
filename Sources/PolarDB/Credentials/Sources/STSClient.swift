import HTTPTransport
import Model

/// The Security Token Service: temporary credentials of a role (API version 2015-04-01).
struct STSClient: Sendable {
    let http: any HTTPClient
    let endpoint: Endpoint
    let connection: ConnectionOptions
    let clock: ClockOffset
    let hostTime: @Sendable () -> Timestamp

    /// - Parameter parameters: of the action.
    func assumeRole(
        _ parameters: [QueryParameter], signedWith key: Credentials, origin: String, at now: Timestamp
    ) async throws(PollFailure) -> Credentials {
        try await exchange("AssumeRole", key: key, origin: origin, at: now) { time in
            var common = Self.common("AssumeRole", at: time)
            common += [
                QueryParameter("SignatureMethod", "HMAC-SHA1"), QueryParameter("SignatureVersion", "1.0"),
                QueryParameter("AccessKeyId", key.accessKeyID),
            ]
            var form = parameters
            if let token = key.securityToken { form.append(QueryParameter("SecurityToken", token)) }
            let signature = RPCSignature.sign(method: "POST", parameters: common + form, secret: key.accessKeySecret)
            common.append(QueryParameter("Signature", signature))
            return (common, form)
        }
    }

    /// Unsigned: the identity provider's token is the proof.
    func assumeRoleWithOIDC(
        _ parameters: [QueryParameter], origin: String, at now: Timestamp
    ) async throws(PollFailure) -> Credentials {
        try await exchange("AssumeRoleWithOIDC", key: nil, origin: origin, at: now) { time in
            (Self.common("AssumeRoleWithOIDC", at: time), parameters)
        }
    }

    private static func common(_ action: String, at now: Timestamp) -> [QueryParameter] {
        [
            QueryParameter("Action", action), QueryParameter("Format", "JSON"), QueryParameter("Version", "2015-04-01"),
            QueryParameter("Timestamp", now.acsDate), QueryParameter("SignatureNonce", SignatureNonce.make()),
        ]
    }

    /// Sends a call, and once more if the host's clock was the cause: without a role no call of the API is ever made
    /// that could learn how far off it is.
    ///
    /// - Parameters:
    ///   - now: the time as far as the servers' is known.
    ///   - parameters: of the query and of the form, for a time to date them by.
    private func exchange(
        _ action: String, key: Credentials?, origin: String, at now: Timestamp,
        _ parameters: (Timestamp) -> (query: [QueryParameter], form: [QueryParameter])
    ) async throws(PollFailure) -> Credentials {
        let hostTime = hostTime()
        var time = now
        var hasLearnt = false
        while true {
            let (query, form) = parameters(time)
            let response = try await http.fetch(request(query, form), from: place)
            let members = (try? JSONValue(parsing: response.body))?.objectValue
            if response.status == 200, let credentials = members?["Credentials"]?.objectValue {
                return try FetchedCredentials.read(credentials, origin: origin, place: place)
            }
            let refusal = refusal(response, members, action: action, key: key, form: form, time)
            guard refusal.reason == .clock, !hasLearnt,
                clock.learn(serverTime: response.headers.date, hostTime: hostTime, used: time.since(hostTime))
            else { throw refusal }
            hasLearnt = true
            time = clock.serverTime(hostTime)
        }
    }

    var place: String { "STS (\(endpoint))" }

    /// What is secret or long goes into the body: URLs get logged, and tokens may have 20,000 characters.
    private func request(_ query: [QueryParameter], _ form: [QueryParameter]) -> HTTPRequest {
        HTTPRequest(
            method: .post, url: "\(endpoint.url)?\(query.canonicalQuery)",
            headers: [
                HTTPHeader("Accept", "application/json"),
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
            ], body: Array(form.canonicalQuery.utf8), connection: connection, maximumBodySize: 64 << 10,
            allowsResend: false)
    }

    private func refusal(
        _ response: HTTPResponse, _ members: [String: JSONValue]?, action: String, key: Credentials?,
        form: [QueryParameter], _ now: Timestamp
    ) -> PollFailure {
        let error = members.map(ErrorBody.init) ?? ErrorBody(response.body)
        let code = error.code.flatMap(ShownWord.code)
        let reason: FailureReason
        if let code = error.code {
            let known = ErrorCode.reason(of: code, httpStatus: response.status)
            // Whatever else STS does not like is about the role, the policy or the token.
            reason = known == .unknown || known == .configuration || known == .notFound ? .credentials : known
        } else {
            reason = response.status >= 500 ? .server : response.status == 429 ? .throttled : .malformed
        }
        let what = code ?? "status \(response.status)"
        let said = error.message.map { ": " + Self.words($0, hiding: key, form).withoutFullStop } ?? ""
        let source = key.map { " with \($0)" } ?? ""
        let remedy =
            switch reason {
            case .clock: "set this host's clock (timedatectl set-ntp true)"
            case .throttled, .server: "the request is repeated automatically"
            default: "check the role's ARN, its trust policy, and the credentials used to assume it"
            }
        return PollFailure(
            reason: reason, code: code, httpStatus: response.status,
            message:
                "STS (\(endpoint)) refused \(action)\(source) (\(what))\(said); \(remedy)",
            requestID: error.requestID, retryAfter: RetryAfter.explicit(response.headers, at: now))
    }

    /// What STS says of a refusal, without anything secret that was sent to it.
    private static func words(_ message: String, hiding key: Credentials?, _ form: [QueryParameter]) -> String {
        let names = ["OIDCToken", "SecurityToken", "ExternalId"]
        let shown = Redaction(secrets: form.filter { names.contains($0.name) }.map(\.value)).redact(message)
        return key.map { Redaction.text(shown, hiding: $0) } ?? Redaction.text(shown)
    }
}
