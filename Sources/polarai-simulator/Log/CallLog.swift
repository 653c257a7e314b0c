import Model

/// One answered request of any kind.
struct CallRecord: Sendable {
    let number: Int
    let at: Timestamp
    let kind: String
    let scheme: String
    let peer: String
    let method: String
    let path: String
    var action: String?
    var cluster: String?
    var region: String?
    var account: String?
    /// What was sent: a status, `mute`, `reset`.
    let outcome: String
    /// The API's error code.
    var code: String?
    var fault: String?

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "n": .integer(Int64(number)), "at": .string(at.rfc3339), "kind": .string(kind),
            "scheme": .string(scheme), "peer": .string(peer), "method": .string(method), "path": .string(path),
            "answer": .string(outcome),
        ]
        let others = [
            "action": action, "cluster": cluster, "region": region, "account": account, "code": code, "fault": fault,
        ]
        for (key, value) in others { members[key] = value.map { .string($0) } }
        return .object(members)
    }
}

/// The last calls, and counts of all of them.
struct CallLog: Sendable {
    private static let kept = 50_000
    private var records: [CallRecord] = []
    private(set) var count = 0
    private var outcomes: [String: Int] = [:]
    private var actions: [String: Int] = [:]

    var nextNumber: Int { count + 1 }

    mutating func append(_ record: CallRecord) {
        count += 1
        records.append(record)
        if records.count > Self.kept + 1000 { records.removeFirst(1000) }
        guard record.kind == "api" else { return }
        outcomes[record.code ?? record.outcome, default: 0] += 1
        actions[record.action ?? "?", default: 0] += 1
    }

    func list(since: Int, limit: Int, where matches: (CallRecord) -> Bool) -> [CallRecord] {
        Array(records.filter { $0.number > since && matches($0) }.suffix(limit))
    }

    /// Counts of the API's calls: by outcome (200, an error code, `mute`, …) and by action.
    var json: [String: JSONValue] {
        ["by_outcome": Self.object(outcomes), "by_action": Self.object(actions)]
    }

    private static func object(_ counts: [String: Int]) -> JSONValue {
        .object(counts.mapValues { .integer(Int64($0)) })
    }
}
