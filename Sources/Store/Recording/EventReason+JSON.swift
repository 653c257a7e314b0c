import Model

/// As it is stored among the details of an event. Durations are milliseconds, times milliseconds since 1970.
extension EventReason {
    static let key = "reason"

    var json: JSONValue {
        switch self {
        case .longerThan(let limit, let runtime): object("longer_than", ("limit", limit), ("runtime", runtime))
        case .slowerThan(let lastRun, let runtime): object("slower_than", ("last_run", lastRun), ("runtime", runtime))
        case .afterDeadline(let deadline, let runtime):
            .object([
                "kind": .string("after_deadline"), "deadline": .integer(deadline.milliseconds),
                "runtime": .integer(runtime.wholeMilliseconds),
            ])
        case .noNewStep(let time): object("no_new_step", ("for", time))
        case .wasSuspended(let time): object("was_suspended", ("for", time))
        case .test: object("test")
        }
    }

    private func object(_ kind: String, _ durations: (String, Duration)...) -> JSONValue {
        var members: [String: JSONValue] = ["kind": .string(kind)]
        for (key, duration) in durations { members[key] = .integer(duration.wholeMilliseconds) }
        return .object(members)
    }

    /// - Returns: nil if the details hold none that this version knows.
    init?(details: JSONValue) {
        guard let reason = details[Self.key] else { return nil }
        func duration(_ key: String) -> Duration? {
            if case .integer(let value)? = reason[key] { .milliseconds(value) } else { nil }
        }
        switch reason["kind"]?.stringValue {
        case "longer_than":
            guard let limit = duration("limit"), let runtime = duration("runtime") else { return nil }
            self = .longerThan(limit: limit, runtime: runtime)
        case "slower_than":
            guard let lastRun = duration("last_run"), let runtime = duration("runtime") else { return nil }
            self = .slowerThan(lastRun: lastRun, runtime: runtime)
        case "after_deadline":
            guard case .integer(let deadline)? = reason["deadline"], let runtime = duration("runtime") else {
                return nil
            }
            self = .afterDeadline(Timestamp(milliseconds: deadline), runtime: runtime)
        case "no_new_step":
            guard let time = duration("for") else { return nil }
            self = .noNewStep(time)
        case "was_suspended":
            guard let time = duration("for") else { return nil }
            self = .wasSuspended(time)
        case "test": self = .test
        default: return nil
        }
    }
}
