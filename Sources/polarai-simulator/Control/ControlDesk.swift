import Foundation
import Model

/// The control endpoint, `/_control/…`: tests read what happened and change what happens next.
struct ControlDesk {
    var api: PolarDBService
    var hooks: HookBook
    var robots: RobotBook
    var deliveries: DeliveryBook
    let calls: CallLog
    var skew: Duration
    let startedAt: Timestamp
    let connections: [String: Int]

    /// What a control call got wrong.
    struct Mistake: Error {
        let status: Int
        let words: String
    }

    mutating func answer(_ call: Call, path: [String]) -> ServerReply {
        do {
            return .json(try perform(call, path: path))
        } catch let mistake as Mistake {
            return .json(.object(["error": .string(mistake.words)]), status: mistake.status)
        } catch let error as DecodingError {
            return .json(.object(["error": .string(ScenarioMistakes.describe(error))]), status: 400)
        } catch {
            return .json(.object(["error": .string("\(error)")]), status: 500)
        }
    }

    private mutating func perform(_ call: Call, path: [String]) throws -> JSONValue {
        switch (call.method, path.first, path.count) {
        case ("GET", "stats", 1): stats
        case ("GET", "calls", 1): listCalls(call)
        case ("GET", "deliveries", 1): .array(listDeliveries(call).map(\.json))
        case ("DELETE", "deliveries", 1): clearDeliveries(call)
        case ("GET", "tasks", 1): .array(api.tasks.all.map { Self.describe($0, at: call.at) })
        case ("POST", "tasks", 1): try addTasks(call)
        case ("POST", "tasks", 2): try setTask(path[1], call)
        case ("DELETE", "tasks", 2): try found(api.tasks.remove(path[1]), "task \(path[1])")
        case ("GET", "faults", 1): api.faults.json
        case ("POST", "faults", 1): .object(["id": .string(api.faults.add(try decode(call)))])
        case ("DELETE", "faults", 1): clearFaults()
        case ("DELETE", "faults", 2): try found(api.faults.remove(path[1]), "fault \(path[1])")
        case ("POST", "quotas", 1): try setQuotas(call)
        case ("POST", "accounts", 1): try setAccounts(call)
        case ("POST", "clock", 1): try setClock(call)
        case ("POST", "hooks", 2): try setHook(path[1], call)
        case ("POST", "robots", 1): try setRobot(call)
        default: throw Mistake(status: 404, words: "no such control call: \(call.method) \(call.path)")
        }
    }

    // MARK: - Reading

    private var stats: JSONValue {
        var members = calls.json
        members["calls"] = .integer(Int64(calls.count))
        members["connections"] = .object(connections.mapValues { .integer(Int64($0)) })
        members["started_at"] = .string(startedAt.rfc3339)
        return .object(members)
    }

    /// `since` (a number), `limit`, `cluster`, `action`.
    private func listCalls(_ call: Call) -> JSONValue {
        let cluster = call.parameter("cluster")
        let action = call.parameter("action")
        let records = calls.list(
            since: call.parameter("since").flatMap { Int($0) } ?? 0,
            limit: call.parameter("limit").flatMap { Int($0) } ?? 1000
        ) { record in
            (cluster == nil || record.cluster == cluster) && (action == nil || record.action == action)
        }
        return .array(records.map(\.json))
    }

    /// `hook`, `since` (a number).
    private func listDeliveries(_ call: Call) -> [HookDelivery] {
        deliveries.list(
            receiver: call.parameter("hook"), since: call.parameter("since").flatMap { Int($0) } ?? 0)
    }

    private static func describe(_ task: SimulatedTask, at now: Timestamp) -> JSONValue {
        let state = task.state(at: now)
        return .object([
            "id": .string(task.id), "status": state.map { .string($0.status) } ?? .null,
            "started_at": (state?.started).map { .string($0.rfc3339) } ?? .null,
            "ended_at": (state?.ended).map { .string($0.rfc3339) } ?? .null,
        ])
    }

    // MARK: - Changing

    private mutating func clearDeliveries(_ call: Call) -> JSONValue {
        deliveries.clear(receiver: call.parameter("hook"))
        return .object([:])
    }

    private mutating func addTasks(_ call: Call) throws -> JSONValue {
        api.tasks.add(try decode(call))
        return .object([:])
    }

    /// `{"status": "FAILED", "at": "-5s"?, "fields": {}?, "task_info": {}?}`; `at` is counted from now.
    private mutating func setTask(_ id: String, _ call: Call) throws -> JSONValue {
        guard var task = api.tasks[id] else { throw Mistake(status: 404, words: "no task \(id)") }
        let phase: TaskScript.Phase = try decode(call)
        task.set(
            status: phase.status, fields: phase.fields, taskInfo: phase.taskInfo,
            at: phase.at.timestamp(startedAt: call.at))
        api.tasks[id] = task
        return Self.describe(task, at: call.at)
    }

    private mutating func clearFaults() -> JSONValue {
        api.faults.removeAll()
        return .object([:])
    }

    private mutating func setQuotas(_ call: Call) throws -> JSONValue {
        api.quotas = QuotaBook(rules: try decode(call))
        return .object([:])
    }

    private mutating func setAccounts(_ call: Call) throws -> JSONValue {
        api.gateway.accounts = try decode(call)
        return .object([:])
    }

    private mutating func setClock(_ call: Call) throws -> JSONValue {
        let clock: ClockScript = try decode(call)
        skew = clock.skew
        return .object([:])
    }

    /// A robot in the place of the one with the same service and token.
    private mutating func setRobot(_ call: Call) throws -> JSONValue {
        robots.set(try decode(call))
        return .object([:])
    }

    /// `{"down": "reset" | "503" | null}` switches it off or on; `{"plan": […], "secret": …}` replaces what it does.
    private mutating func setHook(_ name: String, _ call: Call) throws -> JSONValue {
        guard case .object(var members)? = try? JSONValue(parsing: call.body) else {
            throw Mistake(status: 400, words: "the body must be a JSON object")
        }
        if let down = members.removeValue(forKey: "down") {
            guard down.isNull || down == .bool(false) || down.stringValue.flatMap(HookBook.Down.init) != nil else {
                throw Mistake(status: 400, words: "down: write \"reset\", \"503\" or null")
            }
            hooks.switchDown(name, down.stringValue.flatMap(HookBook.Down.init))
        }
        if !members.isEmpty {
            members["name"] = .string(name)
            hooks.set(try JSONDecoder().decode(HookScript.self, from: Data(JSONValue.object(members).text().utf8)))
        }
        return .object([:])
    }

    private func decode<Value: Decodable>(_ call: Call) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(call.body))
    }

    private func found(_ isThere: Bool, _ what: String) throws -> JSONValue {
        guard isThere else { throw Mistake(status: 404, words: "no \(what)") }
        return .object([:])
    }
}
