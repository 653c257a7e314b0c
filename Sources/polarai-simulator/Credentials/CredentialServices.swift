import Foundation
import Model

/// Everything that gives out temporary keys: the metadata service, STS, and a credentials URI at `/credentials`.
struct CredentialServices: Sendable {
    private var issuer: KeyIssuer
    private var metadata: MetadataService
    private var sts: STSService
    private let startedAt: Timestamp

    init(_ scenario: Scenario, startedAt: Timestamp) {
        issuer = KeyIssuer(scenario.credentials, seed: scenario.seed)
        metadata = MetadataService(scenario.credentials)
        sts = STSService(scenario.credentials)
        self.startedAt = startedAt
    }

    struct Result {
        var reply: ServerReply
        /// Which service, or which of its actions, answered.
        let action: String
        var note = PolarDBService.Note()
    }

    /// - Parameters:
    ///   - api: gets to know the keys; its faults can name `metadata`, `credentials_uri` and the actions of STS.
    ///   - serverNow: the servers' own clock, which may be wrong.
    /// - Returns: nil if the call is for none of these services.
    mutating func answer(_ call: Call, api: inout PolarDBService, serverNow: Timestamp) -> Result? {
        var result: Result
        if call.path.hasPrefix("/latest/") {
            result = Result(reply: answerMetadata(call, &api), action: "metadata")
        } else if call.path == "/credentials" {
            result = Result(reply: .json(.object(giveStandingKey(call, &api))), action: "credentials_uri")
        } else if STSService.isMeant(call) {
            result = assumeRole(call, &api, serverNow: serverNow)
        } else {
            return nil
        }
        guard result.note.code == nil else { return result }
        let subject = FaultBook.Subject(action: result.action, cluster: nil, region: nil)
        if let fault = api.faults.strike(subject, now: call.at, isNamed: true) {
            result.note.fault = fault.kind.rawValue
            result.reply = fault.reply(
                inPlaceOf: result.reply, cluster: nil, requestID: UUID().uuidString, host: call.headers["host"] ?? "?")
        }
        return result
    }

    private mutating func answerMetadata(_ call: Call, _ api: inout PolarDBService) -> ServerReply {
        switch metadata.answer(call) {
        case .reply(let reply): return reply
        case .key: return .json(.object(giveStandingKey(call, &api)))
        }
    }

    private mutating func giveStandingKey(_ call: Call, _ api: inout PolarDBService) -> [String: JSONValue] {
        let (account, isNew) = issuer.standingKey(now: call.at)
        if isNew { api.gateway.admitKey(account, now: call.at) }
        var members = account.keyMembers
        members["Code"] = "Success"
        members["LastUpdated"] = .string(call.at.wholeSeconds)
        return members
    }

    private mutating func assumeRole(_ call: Call, _ api: inout PolarDBService, serverNow: Timestamp) -> Result {
        let action = STSService.action(of: call)
        let requestID = UUID().uuidString
        do {
            let request = try sts.check(call, accounts: api.gateway.accounts, startedAt: startedAt, now: serverNow)
            let account = issuer.issue(lifetime: request.lifetime, now: call.at)
            api.gateway.admitKey(account, now: call.at)
            return Result(reply: STSService.answer(request, account, requestID: requestID), action: action)
        } catch {
            let reply = error.reply(requestID: requestID, host: call.headers["host"] ?? "?")
            return Result(reply: reply, action: action, note: .init(code: error.code))
        }
    }
}
