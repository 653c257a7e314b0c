import HTTPTransport
import Model
import PolarDB

/// Checks each request as the API gateway does before any product sees it.
struct Gateway: Sendable {
    static let version = "2017-08-01"
    /// How far a timestamp may be off, and for how long a nonce may not come back.
    static let window = Duration.seconds(900)

    var accounts: [Account]
    let httpsOnly: Bool
    let hosts: [String]
    let startedAt: Timestamp
    private var nonces = NonceBook()

    init(_ scenario: Scenario, startedAt: Timestamp) {
        accounts = scenario.accounts
        httpsOnly = scenario.httpsOnly
        hosts = scenario.hosts
        self.startedAt = startedAt
    }

    /// Who calls, once everything is in order.
    ///
    /// - Parameter now: the server's own clock, which may be wrong.
    mutating func admit(
        _ call: Call, actions: Set<String>, version: String = Self.version, now: Timestamp
    ) throws(GatewayError) -> Account {
        guard call.scheme == "https" || !httpsOnly else {
            throw GatewayError(404, "InvalidProtocol.NeedSsl", "Your request is denied as lack of ssl protect.")
        }
        guard call.method == "POST" || call.method == "GET" else {
            throw GatewayError(403, "UnsupportedHTTPMethod", "This http method is not supported.")
        }
        if let host = call.headers["host"], !hosts.isEmpty, !hosts.contains(host) {
            throw GatewayError(
                404, "InvalidProduct.NotFound", "Cannot find product according to your specified domain.")
        }
        try checkAction(call, actions, version: version)
        let authorization = try authorization(of: call)
        let account = try account(of: authorization, call: call, now: now)
        try checkDate(call, now: now)
        guard let nonce = call.headers["x-acs-signature-nonce"], !nonce.isEmpty else {
            throw .missing("x-acs-signature-nonce")
        }
        guard !nonces.contains(nonce, now: now) else {
            throw GatewayError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        }
        try checkSignature(authorization, of: call, secret: account.accessKeySecret)
        nonces.insert(nonce, now: now)
        try TokenCheck.check(
            call.headers["x-acs-security-token"], of: account, among: accounts, startedAt: startedAt, now: now)
        return account
    }

    /// A temporary key that was given out just now; those that ended long ago are forgotten.
    mutating func admitKey(_ account: Account, now: Timestamp) {
        accounts.removeAll { account in
            guard case .absolute(let end)? = account.expires else { return false }
            return now.since(end) > .seconds(3600)
        }
        accounts.append(account)
    }

    private func checkAction(_ call: Call, _ actions: Set<String>, version wanted: String) throws(GatewayError) {
        guard let action = call.headers["x-acs-action"] else { throw .missing("x-acs-action") }
        guard let version = call.headers["x-acs-version"] else { throw .missing("x-acs-version") }
        guard call.path == "/", version == wanted, actions.contains(action) else {
            throw GatewayError(
                404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method.")
        }
    }

    private func authorization(of call: Call) throws(GatewayError) -> ACS3Authorization {
        guard let text = call.headers["authorization"] else { throw .missing("Authorization") }
        guard let authorization = ACS3Authorization(parsing: text) else {
            throw GatewayError(
                400, "IncompleteSignature", "The request signature does not conform to Aliyun standards: \(text)")
        }
        let signed = authorization.signedHeaders
        guard signed == signed.sorted(), signed == signed.map({ $0.lowercased() }), Set(signed).count == signed.count
        else {
            throw GatewayError(
                400, "IncompleteSignature", "SignedHeaders must be lower-case, sorted and without doubles.")
        }
        let mustBeSigned = call.headers.names.filter { $0 == "host" || $0 == "content-type" || $0.hasPrefix("x-acs-") }
        for name in mustBeSigned where !signed.contains(name) {
            throw GatewayError(400, "IncompleteSignature", "The header \(name) was sent, but is not in SignedHeaders.")
        }
        for name in signed where call.headers[name] == nil {
            throw GatewayError(400, "IncompleteSignature", "The header \(name) is in SignedHeaders, but was not sent.")
        }
        return authorization
    }

    private func account(of authorization: ACS3Authorization, call: Call, now: Timestamp)
        throws(GatewayError) -> Account
    {
        let sameKey = accounts.filter { $0.accessKeyID == authorization.accessKeyID }
        guard let account = sameKey.first else {
            throw GatewayError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        }
        guard !account.inactive else {
            throw GatewayError(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
        }
        return account
    }

    private func checkDate(_ call: Call, now: Timestamp) throws(GatewayError) {
        guard let text = call.headers["x-acs-date"] else { throw .missing("x-acs-date") }
        guard text.utf8.count == 20, text.hasSuffix("Z"), let date = Timestamp(rfc3339: text) else {
            throw GatewayError(
                400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
        }
        let distance = now.since(date)
        guard distance <= Self.window, distance >= .zero - Self.window else {
            throw GatewayError(
                400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
        }
    }

    private func checkSignature(_ authorization: ACS3Authorization, of call: Call, secret: String)
        throws(GatewayError)
    {
        guard let hash = call.headers["x-acs-content-sha256"] else { throw .missing("x-acs-content-sha256") }
        guard hash == ACS3Signature.sha256(call.body) else {
            throw GatewayError(
                400, "SignatureDoesNotMatch", "x-acs-content-sha256 is not the SHA-256 of the body that was sent.")
        }
        let expected = authorization.expected(
            method: call.method, path: call.path, query: call.queryText,
            headers: call.headers.fields.map { HTTPHeader($0.name, $0.value) }, body: call.body, secret: secret)
        guard let expected, expected.signature == authorization.signature else {
            let own =
                expected.map { ACS3Signature.stringToSign($0.canonicalRequest) } ?? "none, the query is unreadable"
            throw GatewayError(
                400, "SignatureDoesNotMatch",
                "Specified signature does not match our calculation. server string to sign is:" + own)
        }
    }
}

/// The nonces of the last quarter of an hour.
struct NonceBook: Sendable {
    private var seen: [String: Timestamp] = [:]
    private var nextPurge = Timestamp(milliseconds: .min)

    func contains(_ nonce: String, now: Timestamp) -> Bool {
        guard let at = seen[nonce] else { return false }
        return now.since(at) < Gateway.window
    }

    mutating func insert(_ nonce: String, now: Timestamp) {
        seen[nonce] = now
        guard now >= nextPurge else { return }
        seen = seen.filter { now.since($0.value) < Gateway.window }
        nextPurge = now.advanced(by: .seconds(60))
    }
}
