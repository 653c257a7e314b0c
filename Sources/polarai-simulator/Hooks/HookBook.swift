import Model

/// The receivers at `/hook/NAME`. One that the scenario does not name accepts everything.
struct HookBook: Sendable {
    private struct Hook {
        var script: HookScript
        var step = 0
        /// Deliveries answered by the present step.
        var answered = 0
        var down: Down?
    }

    /// How a receiver that is switched off shows it.
    enum Down: String {
        case reset
        case unavailable = "503"
    }

    private var hooks: [String: Hook] = [:]
    private let startedAt: Timestamp

    init(_ scripts: [HookScript], startedAt: Timestamp) {
        self.startedAt = startedAt
        for script in scripts { hooks[script.name] = Hook(script: script) }
    }

    mutating func set(_ script: HookScript) {
        let down = hooks[script.name]?.down
        hooks[script.name] = Hook(script: script, down: down)
    }

    mutating func switchDown(_ name: String, _ down: Down?) {
        hooks[name, default: Hook(script: HookScript(name: name))].down = down
    }

    mutating func receive(_ call: Call, name: String, now: Timestamp) -> (reply: ServerReply, verdict: String) {
        var hook = hooks[name] ?? Hook(script: HookScript(name: name))
        defer { hooks[name] = hook }
        if let down = hook.down {
            return (down == .reset ? .reset : .text("down", status: 503), "not looked at: down")
        }
        guard call.method == "POST" else { return (.text("only POST", status: 405), "not POST") }
        if !hook.script.secrets.isEmpty,
            let fault = StandardWebhooks.fault(of: call, secrets: hook.script.secrets, now: now)
        {
            return (.text(fault, status: 401), fault)
        }
        let step = nextStep(of: &hook, now: now)
        if step.reset { return (.reset, "refused by plan") }
        if step.mute { return (.mute, "refused by plan") }
        var reply = ServerReply.text(step.body, status: step.status)
            .with(header: "Retry-After", step.retryAfter.map { String(Int64($0.inSeconds.rounded(.up))) })
            .with(header: "Retry-After", step.retryAfterDate.map { now.advanced(by: $0).httpDate })
            .with(header: "Location", step.location)
        reply.headers += step.headers.map { ($0.key, $0.value) }
        reply.delay = step.delay
        return (reply, (200...299).contains(step.status) ? "accepted" : "refused by plan")
    }

    private func nextStep(of hook: inout Hook, now: Timestamp) -> HookScript.Step {
        let plan = hook.script.plan
        while hook.step < plan.count - 1, isOver(plan[hook.step], answered: hook.answered, now: now) {
            hook.step += 1
            hook.answered = 0
        }
        guard plan.indices.contains(hook.step) else { return HookScript.Step() }
        if isOver(plan[hook.step], answered: hook.answered, now: now) { return HookScript.Step() }
        hook.answered += 1
        return plan[hook.step]
    }

    private func isOver(_ step: HookScript.Step, answered: Int, now: Timestamp) -> Bool {
        if let until = step.until, now >= until.timestamp(startedAt: startedAt) { return true }
        return answered >= step.times ?? .max
    }
}
