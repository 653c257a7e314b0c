package import HTTPTransport
package import Model

/// Calls the PolarDB API (2017-08-01) of one account in one region. Keeps nothing between calls but the clock's offset.
package struct PolarDBClient: Sendable {
    package let endpoint: Endpoint
    package let region: String
    /// Warns once if the host's clock is off: `takeNotice()`.
    package let clock: ClockOffset

    private let http: any HTTPClient
    private let credentials: any CredentialsProvider
    private let connection: ConnectionOptions
    let now: @Sendable () -> Timestamp

    /// - Parameter now: the host's wall clock.
    package init(
        http: any HTTPClient, endpoint: Endpoint, region: String, credentials: any CredentialsProvider,
        connection: ConnectionOptions = ConnectionOptions(), clock: ClockOffset = ClockOffset(),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.http = http
        self.endpoint = endpoint
        self.region = region
        self.credentials = credentials
        self.connection = connection
        self.clock = clock
        self.now = now
    }

    /// What the host's wall clock says.
    var hostTime: Timestamp { now() }

    /// What the next call would be signed with.
    package func currentCredentials() async throws(PollFailure) -> Credentials {
        try await credentials.credentials(at: clock.serverTime(now()))
    }

    /// Calls any action that only reads.
    ///
    /// - Parameters:
    ///   - subject: what the call is about, for messages: for example the id of a task.
    ///   - parameters: of the action, `RegionId` excepted.
    package func call(
        _ action: String, subject: String?, _ parameters: [QueryParameter]
    ) async throws(PollFailure) -> APIAnswer {
        let reply = try await exchange(action, subject: subject, parameters, known: nil)
        guard let members = reply.members else { throw malformed(action, subject, reply) }
        return APIAnswer(
            members: members, body: reply.response.body, headers: reply.response.headers,
            duration: reply.response.duration)
    }

    /// Sends a call until it is answered, refused for good, or fails.
    ///
    /// Every sending has a signature and a nonce of its own. What another signature may fix is tried again at once, once for
    /// each cause.
    func exchange(
        _ action: String, subject: String?, _ parameters: [QueryParameter], known: BodyDigest?
    ) async throws(PollFailure) -> APIReply {
        let query = (parameters + [QueryParameter("RegionId", region)]).canonicalQuery
        let signed = SignedCall(endpoint: endpoint, action: action, query: query, connection: connection)
        var retried: Set<RetryReason> = []
        while true {
            let offset = clock.current
            let time = now().advanced(by: offset)
            let key = try await credentials.credentials(at: time)
            let response: HTTPResponse
            do {
                response = try await http.send(signed.request(key, at: time))
            } catch {
                if error.isStaleConnection, retried.insert(.connection).inserted { continue }
                throw PollFailure(error)
            }
            clock.observe(sentAt: time.advanced(by: .zero - offset), receivedAt: now()) { response.headers.date }
            let reply = APIReply(response, known: known)
            guard !reply.isUnchanged,
                let refusal = Refusal(
                    response, members: reply.members,
                    call: Refusal.Call(
                        action: action, subject: subject, region: region, endpoint: endpoint, credentials: key),
                    now: time)
            else { return reply }
            guard let reason = RetryReason(refusal), retried.insert(reason).inserted,
                await prepareRetry(reason, response, key, datedBy: offset)
            else { throw refusal.failure }
        }
    }

    /// Why another try with a new signature may succeed.
    private enum RetryReason: String {
        case nonce = "SignatureNonceUsed"
        case token = "InvalidSecurityToken.Expired"
        case clock = "InvalidTimeStamp.Expired"
        /// The key was replaced while the call was under way, or one half of it was read before and one after that.
        case key
        /// A kept connection that the server had closed.
        case connection

        init?(_ refusal: Refusal) {
            guard let code = refusal.code else { return nil }
            if let known = RetryReason(rawValue: code) {
                self = known
            } else if refusal.isOfCredentials {
                self = .key
            } else {
                return nil
            }
        }
    }

    /// - Returns: whether another try makes sense.
    private func prepareRetry(
        _ reason: RetryReason, _ response: HTTPResponse, _ key: Credentials, datedBy offset: Duration
    ) async -> Bool {
        switch reason {
        case .nonce, .connection: return true
        case .token:
            await credentials.invalidate(key)
            // One that does not say when it ends may be a fixed one, which nobody renews. Why there are no others, if there
            // are none, the next try says.
            guard key.expiration == nil, let other = try? await credentials.credentials(at: clock.serverTime(now()))
            else { return true }
            return other != key
        case .key:
            // A role's session may have been revoked: only its source knows of another.
            if key.securityToken != nil { await credentials.invalidate(key) }
            guard let other = try? await credentials.credentials(at: clock.serverTime(now())) else { return false }
            return other != key
        case .clock: return clock.learn(serverTime: response.headers.date, hostTime: now(), used: offset)
        }
    }

    /// Status 200, and not what was asked for.
    func malformed(_ action: String, _ subject: String?, _ reply: APIReply) -> PollFailure {
        let about = subject.map { " for \($0)" } ?? ""
        let body = reply.response.body
        let what =
            if body.isEmpty {
                "an empty body"
            } else if let error = reply.error {
                "\(body.count) bytes that are not JSON: \(error)"
            } else {
                "JSON that is not an object"
            }
        return PollFailure(
            reason: .malformed, httpStatus: reply.response.status,
            message: "\(endpoint) answered \(action)\(about) with \(what); if this lasts, check endpoint and proxy",
            requestID: reply.response.requestID)
    }
}

/// What came back, decoded only if it is not known already.
struct APIReply {
    let response: HTTPResponse
    let digest: BodyDigest
    /// As the scan found it.
    let requestID: String?
    let isUnchanged: Bool
    /// Nil if nothing changed, and if the body is not a JSON object.
    let members: [String: JSONValue]?
    /// Where and why the body is not JSON.
    let error: JSONError?

    init(_ response: HTTPResponse, known: BodyDigest?) {
        self.response = response
        (digest, requestID) = AnswerDigest.make(of: response.body)
        isUnchanged = response.status == 200 && digest == known
        guard !isUnchanged else {
            members = nil
            error = nil
            return
        }
        do {
            members = try JSONValue(parsing: response.body, limits: .foreign).objectValue
            error = nil
        } catch {
            members = nil
            self.error = error
        }
    }
}

extension HTTPResponse {
    /// The id of the call as the gateway's header has it; nil if it does not look like one.
    var requestID: String? {
        headers["x-acs-request-id"].flatMap { PlainName.isRequestID($0) ? $0 : nil }
    }
}
