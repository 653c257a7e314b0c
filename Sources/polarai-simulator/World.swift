import Model

/// Everything that the stand-in knows; each request is answered in one step.
actor World {
    nonisolated let connections = Connections()
    private let startedAt: Timestamp
    private let log: LogFile?
    private var skew: Duration
    private var api: PolarDBService
    private var hooks: HookBook
    private var robots: RobotBook
    private var credentials: CredentialServices
    private var deliveries = DeliveryBook()
    private var calls = CallLog()

    init(scenario: Scenario, startedAt: Timestamp, log: LogFile?) {
        self.startedAt = startedAt
        self.log = log
        skew = scenario.clock.skew
        api = PolarDBService(scenario, startedAt: startedAt)
        hooks = HookBook(scenario.hooks, startedAt: startedAt)
        robots = RobotBook(scenario.robots, startedAt: startedAt)
        credentials = CredentialServices(scenario, startedAt: startedAt)
    }

    func answer(_ call: Call) -> ServerReply {
        var reply = route(call)
        if !reply.headers.contains(where: { $0.name.lowercased() == "date" }) {
            reply.headers.append(("Date", call.at.advanced(by: skew).httpDate))
        }
        return reply
    }

    /// A mail that the mail server took or refused.
    func take(_ mail: MailConversation.Mail, at time: Timestamp) {
        var headers = HeaderFields()
        headers.append("x-envelope-from", mail.sender)
        for recipient in mail.recipients { headers.append("x-envelope-to", recipient) }
        let call = Call(
            at: time, scheme: "smtp", peer: "127.0.0.1", method: "MAIL", target: "/", path: "/", queryText: "",
            query: [], headers: headers, body: mail.bytes)
        let outcome = mail.verdict == "accepted" ? "250" : "refused"
        let delivery = deliveries.record("mail", call, verdict: mail.verdict, outcome: outcome)
        log?.append(delivery.json)
    }

    func close() {
        log?.append(.object(["kind": "end", "calls": .integer(Int64(calls.count))]))
    }

    private func route(_ call: Call) -> ServerReply {
        let parts = call.pathParts
        switch parts.first {
        case "_control":
            var desk = ControlDesk(
                api: api, hooks: hooks, robots: robots, deliveries: deliveries, calls: calls, skew: skew,
                startedAt: startedAt,
                connections: connections.opened)
            let reply = desk.answer(call, path: Array(parts.dropFirst()))
            (api, hooks, robots) = (desk.api, desk.hooks, desk.robots)
            (deliveries, skew) = (desk.deliveries, desk.skew)
            return reply
        case "hook" where parts.count == 2:
            let (reply, verdict) = hooks.receive(call, name: parts[1], now: call.at)
            return deliver(call, to: parts[1], reply: reply, verdict: verdict)
        case "robot":
            let now = call.at.advanced(by: skew)
            guard let result = robots.receive(call, path: Array(parts.dropFirst()), now: now) else {
                return .text("no such service", status: 404)
            }
            return deliver(call, to: result.receiver, reply: result.reply, verdict: result.verdict)
        default:
            return answerAPI(call)
        }
    }

    private func deliver(_ call: Call, to receiver: String, reply: ServerReply, verdict: String) -> ServerReply {
        let delivery = deliveries.record(receiver, call, verdict: verdict, outcome: reply.outcome)
        log?.append(delivery.json)
        return reply
    }

    private func answerAPI(_ call: Call) -> ServerReply {
        let serverNow = call.at.advanced(by: skew)
        if call.headers["x-acs-action"] == CloudMonitorService.action {
            let (reply, verdict) = api.putCustomEvent(call, serverNow: serverNow)
            return deliver(call, to: "cloudmonitor", reply: reply, verdict: verdict)
        }
        if let result = credentials.answer(call, api: &api, serverNow: serverNow) {
            record(call, kind: "credentials", action: result.action, result.note, result.reply)
            return result.reply
        }
        let (reply, note) = api.answer(call, serverNow: serverNow)
        record(call, kind: "api", action: call.headers["x-acs-action"], note, reply)
        return reply
    }

    private func record(_ call: Call, kind: String, action: String?, _ note: PolarDBService.Note, _ reply: ServerReply)
    {
        let record = CallRecord(
            number: calls.nextNumber, at: call.at, kind: kind, scheme: call.scheme, peer: call.peer,
            method: call.method, path: call.path, action: action, cluster: call.parameter("DBClusterId"),
            region: call.parameter("RegionId"), account: note.account, outcome: reply.outcome, code: note.code,
            fault: note.fault
        )
        calls.append(record)
        log?.append(record.json)
    }
}
