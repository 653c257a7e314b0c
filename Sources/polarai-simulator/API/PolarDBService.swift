import Foundation
import Model

/// The API's endpoint: gateway, quota, faults, then the action itself.
struct PolarDBService: Sendable {
    var gateway: Gateway
    var quotas: QuotaBook
    var faults: FaultBook
    var tasks: TaskBook
    private var instances: [ScenarioInstance]
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

    static let actions: Set<String> = [
        TaskAttribute.action, TaskList.action, TaskRecords.metricsAction, TaskRecords.logsAction,
    ]

    /// - Parameter serverNow: the server's own clock, which may be wrong; the tasks live by the true one.
    mutating func answer(_ call: Call, serverNow: Timestamp) -> (reply: ServerReply, note: Note) {
        let requestID = UUID().uuidString
        let host = call.headers["host"] ?? "?"
        var note = Note()
        let right: ServerReply
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
            action: call.headers["x-acs-action"] ?? "",
            cluster: call.parameter("DBClusterId") ?? call.parameter("RelativeDBClusterId"),
            region: call.parameter("RegionId")
        )
    }

    private mutating func perform(_ call: Call, for account: Account, requestID: String) throws(GatewayError)
        -> ServerReply
    {
        let action = call.headers["x-acs-action"] ?? ""
        if case .refused(let rest) = quotas.take(action: action, account: account.name, now: call.at) {
            var error = GatewayError.throttled
            error.retryAfter = rest
            throw error
        }
        guard !account.denied.contains(action) else { throw Self.denial(action, account) }
        let region = try region(of: call, isRequired: action == TaskAttribute.action || action == TaskList.action)
        let answer: [String: JSONValue]
        switch action {
        case TaskList.action: answer = try list(call, region: region, account: account, requestID: requestID)
        case TaskRecords.metricsAction:
            answer = try TaskRecords.metrics(call, task(of: call, region, account).task, requestID: requestID)
        case TaskRecords.logsAction:
            answer = try TaskRecords.logs(call, task(of: call, region, account).task, requestID: requestID)
        default: return try describe(call, region: region, account: account, requestID: requestID)
        }
        return .json(.object(answer)).with(header: "x-acs-request-id", requestID)
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

    /// - Returns: nil if none is given and none is needed: the metrics and log actions have no such parameter.
    private func region(of call: Call, isRequired: Bool) throws(GatewayError) -> String? {
        guard let region = call.parameter("RegionId"), !region.isEmpty else {
            // The tables do not mark it as mandatory, but on the shared endpoint nothing else names the region.
            if isRequired { throw .missing("RegionId") }
            return nil
        }
        guard regions.isEmpty || regions.contains(region) else {
            throw GatewayError(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.")
        }
        return region
    }

    private func describe(_ call: Call, region: String?, account: Account, requestID: String)
        throws(GatewayError) -> ServerReply
    {
        let (task, state) = try task(of: call, region, account)
        if let type = call.parameter("DescribeType"), type != "RelatedAITask" {
            throw GatewayError(400, "InvalidParameter", "The specified DescribeType is not valid.")
        }
        let reply =
            task.script.answersSample
            ? ServerReply(
                status: 200, headers: [("Content-Type", "application/json;charset=utf-8")],
                body: Array(SampleAnswer.text.utf8))
            : .json(.object(TaskAttribute.answer(task, state, requestID: requestID)))
        return reply.with(header: "x-acs-request-id", requestID)
    }

    /// An unknown instance has no tasks; that is not an error.
    private func list(_ call: Call, region: String?, account: Account, requestID: String)
        throws(GatewayError) -> [String: JSONValue]
    {
        if let type = call.parameter("KubeType"), type != "aitrain" {
            throw GatewayError(400, "InvalidParameter", "The specified KubeType is not valid.")
        }
        let id = call.parameter("RelativeDBClusterId") ?? ""
        let instance = instances.first { $0.id == id }
        let isSeen =
            instance.map { isVisible(region: $0.region, account: $0.account, in: region, to: account) } ?? false
        let entries = tasks.all.compactMap { task -> TaskList.Entry? in
            guard isSeen, task.script.instance == id, isVisible(task, in: region, to: account),
                let state = task.state(at: call.at)
            else { return nil }
            return TaskList.Entry(task: task, state: state, showsStatus: instance?.listsStatus ?? true)
        }
        let page = instance?.paging ?? true ? try Page(call, standard: 30, sizes: []) : nil
        return TaskList.answer(entries, instance: id, page: page, requestID: requestID)
    }

    private func isVisible(_ task: SimulatedTask, in region: String?, to account: Account) -> Bool {
        isVisible(region: task.script.region, account: task.script.account, in: region, to: account)
    }

    private func isVisible(region own: String?, account owner: String?, in region: String?, to account: Account) -> Bool
    {
        (own == nil || region == nil || own == region) && (owner == nil || owner == account.name)
    }

    private func task(of call: Call, _ region: String?, _ account: Account)
        throws(GatewayError) -> (task: SimulatedTask, state: SimulatedTask.State)
    {
        guard let id = call.parameter("DBClusterId"), !id.isEmpty else { throw .missing("DBClusterId") }
        guard id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_*.".contains($0)) }) else {
            throw GatewayError(404, "InvalidDBClusterId.Malformed", "The specified DBClusterId is malformed.")
        }
        guard let task = tasks[id], isVisible(task, in: region, to: account), let state = task.state(at: call.at)
        else { throw .clusterNotFound }
        return (task, state)
    }
}
