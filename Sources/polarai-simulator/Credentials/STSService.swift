import Foundation
import Model
import PolarDB

/// The Security Token Service: AssumeRole (signed) and AssumeRoleWithOIDC (not signed), RPC style, version 2015-04-01
/// (RAM documentation, "AssumeRole", "AssumeRoleWithOIDC").
struct STSService: Sendable {
    static let version = "2015-04-01"

    let script: CredentialScript
    private var nonces = NonceBook()

    init(_ script: CredentialScript) {
        self.script = script
    }

    /// What was asked for, once everything is in order.
    struct Request {
        let role: String
        let session: String
        let lifetime: Duration
    }

    /// Whether the call is one of this service's: its action travels as a parameter.
    static func isMeant(_ call: Call) -> Bool {
        call.path == "/" && call.headers["x-acs-action"] == nil && parameters(of: call).contains { $0.name == "Action" }
    }

    static func action(of call: Call) -> String {
        parameters(of: call).first { $0.name == "Action" }?.value ?? ""
    }

    mutating func check(_ call: Call, accounts: [Account], startedAt: Timestamp, now: Timestamp)
        throws(GatewayError) -> Request
    {
        let parameters = Self.parameters(of: call)
        func value(_ name: String) -> String? {
            parameters.first { $0.name == name && !$0.value.isEmpty }?.value
        }
        func required(_ name: String) throws(GatewayError) -> String {
            guard let value = value(name) else { throw .missing(name) }
            return value
        }
        guard try required("Version") == Self.version else {
            throw GatewayError(404, "InvalidVersion", "Specified parameter Version is not valid.")
        }
        switch try required("Action") {
        case "AssumeRole":
            try checkSignature(call, parameters, accounts: accounts, startedAt: startedAt, now: now)
            guard script.externalID == nil || script.externalID == value("ExternalId") else {
                throw GatewayError(403, "NoPermission", "The external id does not match the trust policy of the role.")
            }
        case "AssumeRoleWithOIDC":
            _ = try required("OIDCProviderArn")
            try checkToken(try required("OIDCToken"))
        default:
            throw GatewayError(
                404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
        }
        return try request(
            role: try required("RoleArn"), session: try required("RoleSessionName"), value("DurationSeconds"))
    }

    static func answer(_ request: Request, _ account: Account, requestID: String) -> ServerReply {
        .json(
            .object([
                "RequestId": .string(requestID), "Credentials": .object(account.keyMembers),
                "AssumedRoleUser": .object([
                    "Arn": .string("\(request.role)/\(request.session)"),
                    "AssumedRoleId": .string("300000000000000000:\(request.session)"),
                ]),
            ]))
    }

    private func request(role: String, session: String, _ seconds: String?) throws(GatewayError) -> Request {
        guard role.hasPrefix("acs:ram::"), role.contains(":role/") else {
            throw GatewayError(400, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.")
        }
        guard script.roles.isEmpty || script.roles.contains(role) else {
            throw GatewayError(404, "EntityNotExist.Role", "The role not exists: \(role)")
        }
        let isName =
            (2...64).contains(session.count)
            && session.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".@-_".contains($0)) }
        guard isName else {
            throw GatewayError(
                400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.")
        }
        guard let lifetime = seconds.map({ Int64($0) }) ?? 3600, (900...43_200).contains(lifetime) else {
            throw GatewayError(
                400, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/12hr.")
        }
        return Request(role: role, session: session, lifetime: .seconds(lifetime))
    }

    private mutating func checkSignature(
        _ call: Call, _ parameters: [QueryItem], accounts: [Account], startedAt: Timestamp, now: Timestamp
    ) throws(GatewayError) {
        func required(_ name: String) throws(GatewayError) -> String {
            guard let value = parameters.first(where: { $0.name == name })?.value else { throw .missing(name) }
            return value
        }
        let id = try required("AccessKeyId")
        guard let account = accounts.first(where: { $0.accessKeyID == id }) else {
            throw GatewayError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        }
        guard let time = Timestamp(rfc3339: try required("Timestamp")) else {
            throw GatewayError(
                400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
        }
        let distance = now.since(time)
        guard distance <= Gateway.window, distance >= .zero - Gateway.window else {
            throw GatewayError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
        }
        guard try required("SignatureMethod") == "HMAC-SHA1", try required("SignatureVersion") == "1.0" else {
            throw GatewayError(400, "InvalidParameter", "SignatureMethod or SignatureVersion is not supported.")
        }
        let nonce = try required("SignatureNonce")
        guard !nonces.contains(nonce, now: now) else {
            throw GatewayError(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        }
        _ = try required("Signature")
        let signed = parameters.map { QueryParameter($0.name, $0.value) }
        guard RPCSignature.matches(method: call.method, parameters: signed, secret: account.accessKeySecret) else {
            throw GatewayError(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")
        }
        nonces.insert(nonce, now: now)
        try TokenCheck.check(
            parameters.first { $0.name == "SecurityToken" }?.value, of: account, among: accounts, startedAt: startedAt,
            now: now)
        guard !account.denied.contains("AssumeRole") else {
            throw GatewayError(
                403, "NoPermission", "You are not authorized to do this action. You should be authorized by RAM.")
        }
    }

    private func checkToken(_ token: String) throws(GatewayError) {
        guard let file = script.oidcTokenFile else { return }
        let right = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmed
        guard token == right else {
            throw GatewayError(400, "AuthenticationFail.OIDCToken.Invalid", "The OIDC token is invalid or has expired.")
        }
    }

    /// Query and form together, as the gateway reads them.
    private static func parameters(of call: Call) -> [QueryItem] {
        let isForm = call.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") ?? false
        return call.query + (isForm ? QueryItem.parse(call.bodyText) : [])
    }
}
