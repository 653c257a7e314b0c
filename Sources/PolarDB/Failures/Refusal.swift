import Foundation
import HTTPTransport
import Model

/// A call that the API refused, turned into a failure with a sentence for an operator.
struct Refusal {
    /// What was called: all that a sentence can name.
    struct Call {
        let action: String
        /// `pm-…`, or whatever else the call was about.
        let subject: String?
        let region: String
        let endpoint: Endpoint
        let credentials: Credentials
    }

    private let call: Call
    private let response: HTTPResponse
    private let error: ErrorBody
    private let now: Timestamp

    /// - Returns: nil if the answer is none: status 200 without an error's `Code`.
    init?(_ response: HTTPResponse, members: [String: JSONValue]?, call: Call, now: Timestamp) {
        let error = members.map(ErrorBody.init) ?? ErrorBody(response.body)
        let isRefusal = error.code.map { !Self.successCodes.contains($0.lowercased()) } ?? false
        guard response.status != 200 || isRefusal else { return nil }
        self.call = call
        self.response = response
        self.error = error
        self.now = now
    }

    /// What some of Alibaba Cloud's APIs write into `Code` of a good answer.
    private static let successCodes: Set<String> = ["200", "ok", "success"]

    var code: String? { error.code }
    /// Whether it is about the access key, not about what was asked for.
    var isOfCredentials: Bool { classified == .credentials }

    var failure: PollFailure {
        let asked = RetryAfter.explicit(response.headers, at: now)
        var reason = classified
        // A server that names a time to wait is short of something, whatever it calls it.
        if asked != nil, reason == .server || reason == .unknown || reason == .malformed { reason = .throttled }
        return PollFailure(
            reason: reason, code: hidden(error.code), httpStatus: response.status, message: message(reason),
            requestID: hidden(error.requestID ?? response.requestID),
            retryAfter: asked ?? (reason == .throttled ? RetryAfter.quota(response.headers) : nil))
    }

    private var classified: FailureReason {
        if let code = error.code { return ErrorCode.reason(of: code, httpStatus: response.status) }
        switch response.status {
        case 429: return .throttled
        case 500...599: return .server
        default: return .malformed
        }
    }

    // MARK: Sentences

    private func message(_ reason: FailureReason) -> String {
        switch reason {
        case .throttled:
            "Alibaba Cloud throttles \(call.action)\(coded); fewer calls are made now; if this lasts, raise the quota "
                + "(Quota Center, API rate limits of PolarDB) or lower calls_per_second"
        case .notFound:
            "the API does not know \(subject) in \(call.region)\(coded); check the id, its region and its account"
        case .credentials: credentialsMessage
        case .permission: permissionMessage
        case .clock:
            "this host's clock is more than 15 minutes off\(coded); set it (timedatectl set-ntp true)"
        case .configuration: configurationMessage
        case .server:
            "the API failed\(coded); calls are repeated automatically; if this lasts, ask Alibaba Cloud support\(said)"
        case .malformed: malformedMessage
        case .network, .timeout, .tls, .unknown:
            "the API refused \(call.action)\(forSubject)\(coded)\(said)"
        }
    }

    private var credentialsMessage: String {
        let origin = call.credentials.origin
        return switch error.code ?? "" {
        case "InvalidAccessKeyId.Inactive", "Forbidden.AccessKeyDisabled":
            "the access key from \(origin) is disabled\(coded); enable it in RAM or use another"
        case let code where code.hasPrefix("InvalidAccessKeyId"):
            "Alibaba Cloud does not know the access key from \(origin)\(coded); check the access key id"
        case "SignatureDoesNotMatch", "IncompleteSignature":
            "the signature does not match the access key from \(origin)\(coded); most likely its secret is wrong or was pasted "
                + "with extra characters"
        case "InvalidSecurityToken.Expired":
            "the temporary credentials from \(origin) have expired\(coded); replace them, or use a RAM role, which renews them"
        default:
            "the security token from \(origin) does not belong to its access key\(coded); use the key id, secret and token that were issued together"
        }
    }

    private var permissionMessage: String {
        switch error.code ?? "" {
        case "InsufficientBalance":
            return "the account has an overdue payment\(coded); settle it at Alibaba Cloud\(said)"
        case "Forbidden.RiskControl":
            return
                "Alibaba Cloud's risk control has blocked the account\(coded); log in to its console as the account's owner "
                + "and read the Message Center, or open a ticket\(said)"
        default:
            let action = hidden(error.denial?.action) ?? "polardb:\(call.action)"
            let who = hidden(error.denial?.principal) ?? "the access key from \(call.credentials.origin)"
            let isForbidden = error.denial?.kind == "ExplicitDeny"
            let policy = hidden(error.denial?.policyType).map { " (policy type: \($0))" } ?? ""
            let remedy =
                isForbidden
                ? "a RAM policy denies it explicitly\(policy); remove that Deny statement"
                : "grant it in a RAM policy, with Resource \"*\"\(policy)"
            return "\(who) may not call \(action)\(coded); \(remedy)"
        }
    }

    private var configurationMessage: String {
        switch error.code ?? "" {
        case "InvalidDBClusterId.Malformed":
            "\(subject) is not an id that the API accepts\(coded); check it in the config"
        case let code where code.hasPrefix("InvalidRegionId"):
            "the API does not know the region \(call.region)\(coded); check region in the config"
        case let code
        where code.hasPrefix("InvalidApi") || code.hasPrefix("InvalidProduct") || code == "InvalidVersion"
            || code.hasPrefix("InvalidAction"):
            "\(call.endpoint) does not offer \(call.action)\(coded); check endpoint, region and network in the config"
        case let code where code.hasPrefix("InvalidProtocol"):
            "\(call.endpoint) requires https\(coded); check endpoint in the config"
        default:
            "the API rejects the parameters of \(call.action)\(forSubject)\(coded); check id and region\(said)"
        }
    }

    private var malformedMessage: String {
        switch response.status {
        case 300...399:
            "\(call.endpoint) answered with a redirect (status \(response.status)), which is never followed; "
                + "check endpoint in the config"
        case 407: "a proxy requires a user and password (status 407); add them to the proxy's URL"
        default:
            "\(call.endpoint) answered with status \(response.status), and the body is not an error of the API; check endpoint and proxy"
                + snippet
        }
    }

    private var subject: String { call.subject ?? "what \(call.action) asked for" }
    private var forSubject: String { call.subject.map { " for \($0)" } ?? "" }

    /// ` (Throttling.User)`, or the status if there is no code.
    private var coded: String {
        " (\(hidden(error.code) ?? "status \(response.status)"))"
    }

    /// A word of the answer: whoever answers may repeat what was sent, also where a code or an id belongs.
    private func hidden(_ word: String?) -> String? {
        word.map { Redaction.text($0, hiding: call.credentials) }
    }

    /// The API's own sentence.
    private var said: String {
        error.message.map { " (the API says: \(Redaction.text($0, hiding: call.credentials).withoutFullStop))" } ?? ""
    }

    private var snippet: String {
        let text = String(decoding: response.body.prefix(120), as: UTF8.self).trimmed
        return text.isEmpty ? "" : ": " + Redaction.text(text, hiding: call.credentials)
    }
}
