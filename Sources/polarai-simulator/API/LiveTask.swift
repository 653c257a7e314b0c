import Model

/// A task of the scenario, placed in time.
struct LiveTask: Sendable {
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
        var started: Timestamp?
        var ended: Timestamp?
        var previous: String?
        for phase in past {
            if Self.isRunning(phase.status), previous.map({ !Self.isRunning($0) }) ?? true {
                started = phase.at
                ended = nil
            } else if Self.isSettled(phase.status), ended == nil {
                ended = phase.at
            }
            previous = phase.status
        }
        return State(
            status: last.status, created: first.at, started: started, ended: ended,
            fields: last.fields, taskInfo: last.taskInfo
        )
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
