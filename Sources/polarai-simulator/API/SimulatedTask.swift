import Model

/// A task of the scenario, placed in time.
struct SimulatedTask: Sendable {
    struct Phase: Sendable {
        let at: Timestamp
        let status: String
        var fields: [String: JSONValue] = [:]
        var taskInfo: [String: JSONValue] = [:]
    }

    /// How it stands at one moment.
    struct State: Sendable {
        let status: String
        let created: Timestamp
        /// The beginning of the latest run; nil before the first one.
        let started: Timestamp?
        /// The end of the latest run; nil while it goes on.
        let ended: Timestamp?
        let fields: [String: JSONValue]
        let taskInfo: [String: JSONValue]
    }

    /// One training from its start to its end.
    struct Run: Sendable {
        let started: Timestamp
        /// Nil while it goes on.
        var ended: Timestamp?
        var hasFailed = false
    }

    let id: String
    let script: TaskScript
    private(set) var phases: [Phase]

    init(id: String, script: TaskScript, phases: [Phase]) {
        self.id = id
        self.script = script
        self.phases = phases.sorted { $0.at < $1.at }
    }

    /// Nil before the task exists.
    func state(at now: Timestamp) -> State? {
        let past = phases.filter { $0.at <= now }
        guard let first = past.first, let last = past.last else { return nil }
        let run = runs(until: now).last
        // One that is settled from the start ended when it was made.
        let ended = run.map(\.ended) ?? past.first { Self.isSettled($0.status) }?.at
        return State(
            status: last.status, created: first.at, started: run?.started, ended: ended, fields: last.fields,
            taskInfo: last.taskInfo
        )
    }

    /// All trainings so far, oldest first: each begins where the status becomes ACTIVATION.
    func runs(until now: Timestamp) -> [Run] {
        var runs: [Run] = []
        var previous: String?
        for phase in phases where phase.at <= now {
            if Self.isRunning(phase.status), previous.map({ !Self.isRunning($0) }) ?? true {
                runs.append(Run(started: phase.at))
            } else if Self.isSettled(phase.status), let last = runs.last, last.ended == nil {
                runs[runs.count - 1].ended = phase.at
                runs[runs.count - 1].hasFailed = phase.status.trimmed.uppercased() == "FAILED"
            }
            previous = phase.status
        }
        return runs
    }

    /// From now on this status; what was to come after it does not come.
    mutating func set(status: String, fields: [String: JSONValue], taskInfo: [String: JSONValue], at time: Timestamp) {
        phases.removeAll { $0.at > time }
        phases.append(Phase(at: time, status: status, fields: fields, taskInfo: taskInfo))
    }

    static func isSettled(_ status: String) -> Bool {
        ["COMPLETED", "FAILED"].contains(status.trimmed.uppercased())
    }

    static func isRunning(_ status: String) -> Bool {
        status.trimmed.uppercased() == "ACTIVATION"
    }
}
