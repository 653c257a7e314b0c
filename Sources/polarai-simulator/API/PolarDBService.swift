import Foundation
import Model

/// The API's endpoint: gateway, quota, faults, then the action itself.
struct PolarDBService: Sendable {
    var gateway: Gateway
    var quotas: QuotaBook
    var faults: FaultBook
    var tasks: TaskBook
    private var instances: [Instance]
    private let regions: Set<String>

    init(_ scenario: Scenario, startedAt: Timestamp) {
        gateway = Gateway(scenario, startedAt: startedAt)
        quotas = QuotaBook(rules: scenario.quotas)
        faults = FaultBook(scenario.faults, startedAt: startedAt, seed: scenario.seed)
        tasks = TaskBook(scenario.tasks, startedAt: startedAt, seed: scenario.seed)
        instances = scenario.instances
        regions = Set(scenario.regions)
    }

    /// What an answered call was about, for the log.
    struct Note {
        var account: String?
        var code: String?
        var fault: String?
    }

    static let actions: Set<String> = [TaskAttribute.action]

    /// - Parameter serverNow: the server's own clock, which may be wrong; the tasks live by the true one.
    mutating func answer(_ call: Call, serverNow: Timestamp) -> (reply: Reply, note: Note) {
        let requestID = UUID().uuidString
        let host = call.headers["host"] ?? "?"
        var note = Note()
        let right: Reply
        do {
            let account = try gateway.admit(call, actions: Self.actions, now: serverNow)
            note.account = account.name
            right = try perform(call, for: account, requestID: requestID)
        } catch {
            note.code = error.code
            right = error.reply(requestID: requestID, host: host)
        }
        // A fault hits only what was well asked: a wrong signature stays visible under any weather.
        let isFaulty = note.code == nil || note.code == GatewayError.clusterNotFound.code
        guard isFaulty, let fault = faults.strike(subject(of: call), now: call.at) else { return (right, note) }
        note.fault = fault.kind.rawValue
        let reply = fault.reply(
            inPlaceOf: right, cluster: call.parameter("DBClusterId"), requestID: requestID, host: host)
        return (reply, note)
    }

    private func subject(of call: Call) -> FaultBook.Subject {
        FaultBook.Subject(
            action: call.headers["x-acs-action"] ?? "", cluster: call.parameter("DBClusterId"),
            region: call.parameter("RegionId")
        )
    }

    private mutating func perform(_ call: Call, for account: Account, requestID: String) throws(GatewayError) -> Reply {
        let action = call.headers["x-acs-action"] ?? ""
        if case .refused(let rest) = quotas.take(action: action, account: account.name, now: call.at) {
            var error = GatewayError.throttled
            error.retryAfter = rest
            throw error
        }
        guard !account.denied.contains(action) else { throw Self.denial(action, account) }
        let region = try region(of: call)
        return try describe(call, region: region, account: account, requestID: requestID)
    }

    private static func denial(_ action: String, _ account: Account) -> GatewayError {
        GatewayError(
            403, "Forbidden.RAM",
            "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
            detail: .object([
                "AuthAction": .string("polardb:\(action)"), "AuthPrincipalType": "SubUser",
                "AuthPrincipalDisplayName": .string(account.name), "NoPermissionType": "ImplicitDeny",
                "PolicyType": "AccountLevelIdentityBasedPolicy",
            ])
        )
    }

    private func region(of call: Call) throws(GatewayError) -> String {
        // The tables do not mark it as mandatory, but on the shared endpoint nothing else tells the region.
        guard let region = call.parameter("RegionId"), !region.isEmpty else { throw .missing("RegionId") }
        guard regions.isEmpty || regions.contains(region) else {
            throw GatewayError(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
        }
        return region
    }

    private func describe(_ call: Call, region: String, account: Account, requestID: String)
        throws(GatewayError) -> Reply
    {
        let (task, state) = try task(of: call, region: region, account: account)
        if let type = call.parameter("DescribeType"), type != "RelatedAITask" {
            throw GatewayError(400, "InvalidParameter", "The specified DescribeType is not valid.")
        }
        let reply =
            task.script.answersSample
            ? Reply(
                status: 200, headers: [("Content-Type", "application/json;charset=utf-8")],
                body: Array(SampleAnswer.text.utf8))
            : .json(.object(TaskAttribute.answer(task, state, requestID: requestID)))
        return reply.with(header: "x-acs-request-id", requestID)
    }

    private func task(of call: Call, region: String, account: Account)
        throws(GatewayError) -> (LiveTask, LiveTask.State)
    {
        guard let id = call.parameter("DBClusterId"), !id.isEmpty else { throw .missing("DBClusterId") }
        guard id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_*.".contains($0)) }) else {
            throw GatewayError(404, "InvalidDBClusterId.Malformed", "The specified DBClusterId is malformed.")
        }
        guard let task = tasks[id], task.script.region == nil || task.script.region == region,
            task.script.account == nil || task.script.account == account.name,
            let state = task.state(at: call.at)
        else { throw .clusterNotFound }
        return (task, state)
    }
}
