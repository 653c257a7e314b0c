import Model

/// All robots, by service and credential.
struct RobotBook: Sendable {
    /// Every service that there is a stand-in for: a new one is a file and a line here.
    static let services: [String: any Robot.Type] = Dictionary(
        uniqueKeysWithValues: [
            DingTalkRobot.self, FeishuRobot.self, WeComRobot.self, SlackRobot.self, TeamsRobot.self, DiscordRobot.self,
            TelegramRobot.self, GoogleChatRobot.self, MattermostRobot.self, NtfyRobot.self, PagerDutyRobot.self,
            AlertmanagerRobot.self,
        ].map { ($0.service, $0) })

    private struct Progress {
        var step = 0
        var answered = 0
    }

    private var scripts: [RobotScript]
    private var robots: [String: any Robot] = RobotBook.services.mapValues { $0.init() }
    private var progress: [String: Progress] = [:]
    private var limits = RobotLimits()
    private let startedAt: Timestamp

    init(_ scripts: [RobotScript], startedAt: Timestamp) {
        self.scripts = scripts
        self.startedAt = startedAt
    }

    /// Replaces the robot of the same service and credential; its plan begins anew.
    mutating func set(_ script: RobotScript) {
        scripts.removeAll { $0.service == script.service && $0.token == script.token }
        scripts.append(script)
        progress[Self.key(script)] = nil
        limits.clear()
    }

    struct Result {
        let reply: ServerReply
        let receiver: String
        let verdict: String
    }

    /// - Parameters:
    ///   - path: the service's name and its own path.
    ///   - now: the service's clock.
    /// - Returns: nil if there is no such service.
    mutating func receive(_ call: Call, path: [String], now: Timestamp) -> Result? {
        guard let service = path.first, let robot = robots[service] else { return nil }
        let anybody = RobotScript(service: service, name: service, token: "")
        func robotCall(_ script: RobotScript) -> RobotCall {
            RobotCall(
                call: call, path: Array(path.dropFirst()), script: script, now: now,
                json: try? JSONValue(parsing: call.body))
        }
        if call.method == "GET", let reply = robot.show(robotCall(anybody)) {
            return Result(reply: reply, receiver: service, verdict: "shown")
        }
        let token = robot.token(of: robotCall(anybody))
        guard let script = script(service: service, token: token) else {
            return refuse(
                RobotRefusal("unknown_token", token == nil ? "no credential" : "unknown credential"), by: anybody)
        }
        guard call.method == "POST" else {
            return Result(reply: .text("", status: 405), receiver: script.name, verdict: "not POST")
        }
        return answer(robotCall(script))
    }

    private mutating func answer(_ call: RobotCall) -> Result {
        let script = call.script
        let step = nextStep(of: script, now: call.call.at)
        if let failure = step.failure {
            return refuse(RobotRefusal(failure, "on plan"), by: script, wait: step.wait, delay: step.delay)
        }
        let rates = script.rates ?? Self.services[script.service]?.rates ?? []
        if let wait = limits.take(Self.key(script), rates, now: call.call.at) {
            return refuse(RobotRefusal("throttled", "too many messages"), by: script, wait: wait, delay: step.delay)
        }
        guard var robot = robots[script.service] else {
            return Result(reply: .text("", status: 404), receiver: script.name, verdict: "no such service")
        }
        do throws(RobotRefusal) {
            try robot.inspect(call)
        } catch {
            robots[script.service] = robot
            return refuse(error, by: script, delay: step.delay)
        }
        var reply = robot.accept(call)
        robots[script.service] = robot
        reply.delay = step.delay
        return Result(reply: reply, receiver: script.name, verdict: "accepted")
    }

    private func refuse(
        _ refusal: RobotRefusal, by script: RobotScript, wait: Duration = .seconds(5), delay: Duration = .zero
    ) -> Result {
        let failures = Self.services[script.service]?.failures ?? [:]
        let make = failures[refusal.failure] ?? CommonFailures.all[refusal.failure]
        var reply = make?(wait) ?? .text("no failure named \(refusal.failure)", status: 500)
        reply.delay = delay
        return Result(reply: reply, receiver: script.name, verdict: "\(refusal.failure): \(refusal.words)")
    }

    /// Where the scenario names no robot of a service, any credential will do.
    private func script(service: String, token: String?) -> RobotScript? {
        let own = scripts.filter { $0.service == service }
        guard !own.isEmpty else {
            return token.map { RobotScript(service: service, name: service, token: $0) }
        }
        return own.first { $0.token == token }
    }

    private mutating func nextStep(of script: RobotScript, now: Timestamp) -> RobotScript.Step {
        var state = progress[Self.key(script)] ?? Progress()
        defer { progress[Self.key(script)] = state }
        while state.step < script.plan.count {
            let step = script.plan[state.step]
            let isOver =
                state.answered >= step.times ?? .max
                || step.until.map { now >= $0.timestamp(startedAt: startedAt) } ?? false
            guard isOver else {
                state.answered += 1
                return step
            }
            state = Progress(step: state.step + 1)
        }
        return RobotScript.Step()
    }

    private static func key(_ script: RobotScript) -> String { "\(script.service) \(script.token)" }
}
