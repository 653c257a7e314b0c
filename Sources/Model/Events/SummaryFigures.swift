/// What a summary says. Lists are bounded; where one is cut, its `Count` says how many there are.
package struct SummaryFigures: Hashable, Sendable {
    package var since: Timestamp
    package var until: Timestamp
    package var completed = 0
    package var failed = 0
    /// Newest first.
    package var failures: [Failure] = []
    package var runningCount = 0
    package var running: [Running] = []
    /// Trainings that are overdue or stalled now.
    package var overdue: [Trouble] = []
    package var stalled: [Trouble] = []
    package var silences: [ActiveSilence] = []
    package var failingTargets: [FailingTarget] = []
    package var deadAlerts = 0
    package var heldAlerts = 0
    /// Of the runs that ended, as far as their times are known.
    package var hours = 0.0
    /// What the runs that ended have cost, by currency.
    package var costs: [Cost] = []

    /// How many entries a list has at most.
    package static let longest = 50

    package init(since: Timestamp, until: Timestamp) {
        self.since = since
        self.until = until
    }

    /// A training that failed.
    package struct Failure: Hashable, Sendable {
        package var id: String
        package var cluster: String?
        package var name: String?
        package var at: Timestamp
        package var acknowledgement: Acknowledgement?

        package init(
            id: String, cluster: String? = nil, name: String? = nil, at: Timestamp,
            acknowledgement: Acknowledgement? = nil
        ) {
            self.id = id
            self.cluster = cluster
            self.name = name
            self.at = at
            self.acknowledgement = acknowledgement
        }
    }

    /// A training that goes on.
    package struct Running: Hashable, Sendable {
        package var cluster: String
        package var name: String?
        package var startedAt: Timestamp?
        package var step: Int?
        package var totalSteps: Int?
        package var expectedEnd: Timestamp?

        package init(
            cluster: String, name: String? = nil, startedAt: Timestamp? = nil, step: Int? = nil, totalSteps: Int? = nil,
            expectedEnd: Timestamp? = nil
        ) {
            self.cluster = cluster
            self.name = name
            self.startedAt = startedAt
            self.step = step
            self.totalSteps = totalSteps
            self.expectedEnd = expectedEnd
        }
    }

    /// A training that is overdue or stalled.
    package struct Trouble: Hashable, Sendable {
        package var cluster: String
        package var name: String?
        package var since: Timestamp?

        package init(cluster: String, name: String? = nil, since: Timestamp? = nil) {
            self.cluster = cluster
            self.name = name
            self.since = since
        }
    }

    /// A silence that holds alerts now.
    package struct ActiveSilence: Hashable, Sendable {
        package var id: Int64
        package var comment: String
        package var endsAt: Timestamp

        package init(id: Int64, comment: String, endsAt: Timestamp) {
            self.id = id
            self.comment = comment
            self.endsAt = endsAt
        }
    }

    /// A target that is suspended.
    package struct FailingTarget: Hashable, Sendable {
        package var target: String
        package var since: Timestamp

        package init(target: String, since: Timestamp) {
            self.target = target
            self.since = since
        }
    }
}

extension SummaryFigures {
    /// The object `summary` of an event and of the command. The members are a contract with scripts.
    package var json: JSONValue {
        func list<Item>(_ items: [Item], _ json: (Item) -> JSONValue) -> JSONValue { .array(items.map(json)) }
        return .object([
            "since": JSONValue(since), "until": JSONValue(until), "completed": .integer(Int64(completed)),
            "failed": .integer(Int64(failed)),
            "failures": list(failures) {
                .object([
                    "id": .string($0.id), "cluster": JSONValue($0.cluster), "name": JSONValue($0.name),
                    "at": JSONValue($0.at), "acknowledged": $0.acknowledgement?.json ?? .null,
                ])
            },
            "running_total": .integer(Int64(runningCount)),
            "running": list(running) {
                .object([
                    "cluster": .string($0.cluster), "name": JSONValue($0.name), "started_at": JSONValue($0.startedAt),
                    "step": $0.step.map { .integer(Int64($0)) } ?? .null,
                    "total_steps": $0.totalSteps.map { .integer(Int64($0)) } ?? .null,
                    "expected_end": JSONValue($0.expectedEnd),
                ])
            },
            "overdue": list(overdue, Self.trouble), "stalled": list(stalled, Self.trouble),
            "silences": list(silences) {
                .object([
                    "id": .integer($0.id), "comment": .string($0.comment), "ends_at": JSONValue($0.endsAt),
                ])
            },
            "failing_targets": list(failingTargets) {
                .object(["target": .string($0.target), "since": JSONValue($0.since)])
            },
            "dead_alerts": .integer(Int64(deadAlerts)), "held_alerts": .integer(Int64(heldAlerts)),
            "hours": .number(hours),
            "cost": list(costs) { .object(["amount": .number($0.amount), "currency": .string($0.currency)]) },
        ])
    }

    private static func trouble(_ trouble: Trouble) -> JSONValue {
        .object([
            "cluster": .string(trouble.cluster), "name": JSONValue(trouble.name), "since": JSONValue(trouble.since),
        ])
    }

    /// Reads what `json` writes; what is missing or of a wrong shape is left out.
    ///
    /// - Returns: nil if it has no times.
    package init?(_ json: JSONValue) {
        guard let since = json.time("since"), let until = json.time("until") else { return nil }
        self.init(since: since, until: until)
        completed = json["completed"]?.integerValue ?? 0
        failed = json["failed"]?.integerValue ?? 0
        failures = json.items("failures") { item in
            guard let id = item["id"]?.stringValue, let at = item.time("at") else { return nil }
            return Failure(
                id: id, cluster: item["cluster"]?.stringValue, name: item["name"]?.stringValue, at: at,
                acknowledgement: item["acknowledged"].flatMap { ack in
                    guard let at = ack.time("at"), let author = ack["by"]?.stringValue else { return nil }
                    return Acknowledgement(at: at, author: author, comment: ack["comment"]?.stringValue)
                })
        }
        runningCount = json["running_total"]?.integerValue ?? 0
        running = json.items("running") { item in
            guard let cluster = item["cluster"]?.stringValue else { return nil }
            return Running(
                cluster: cluster, name: item["name"]?.stringValue, startedAt: item.time("started_at"),
                step: item["step"]?.integerValue, totalSteps: item["total_steps"]?.integerValue,
                expectedEnd: item.time("expected_end"))
        }
        func troubles(_ key: String) -> [Trouble] {
            json.items(key) { item in
                item["cluster"]?.stringValue.map {
                    Trouble(cluster: $0, name: item["name"]?.stringValue, since: item.time("since"))
                }
            }
        }
        overdue = troubles("overdue")
        stalled = troubles("stalled")
        silences = json.items("silences") { item in
            guard let id = item["id"]?.integerValue, let end = item.time("ends_at") else { return nil }
            return ActiveSilence(id: Int64(id), comment: item["comment"]?.stringValue ?? "", endsAt: end)
        }
        failingTargets = json.items("failing_targets") { item in
            guard let target = item["target"]?.stringValue, let since = item.time("since") else { return nil }
            return FailingTarget(target: target, since: since)
        }
        deadAlerts = json["dead_alerts"]?.integerValue ?? 0
        heldAlerts = json["held_alerts"]?.integerValue ?? 0
        hours = json["hours"]?.numberValue ?? 0
        costs = json.items("cost") { item in
            guard let amount = item["amount"]?.numberValue, let currency = item["currency"]?.stringValue else {
                return nil
            }
            return Cost(amount: amount, currency: currency)
        }
    }
}

extension JSONValue {
    fileprivate func items<Item>(_ key: String, _ read: (JSONValue) -> Item?) -> [Item] {
        (self[key]?.arrayValue ?? []).compactMap(read)
    }
}
