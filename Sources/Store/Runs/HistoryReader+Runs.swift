package import Model

extension HistoryReader {
    /// The newest `limit` runs that match, oldest first.
    ///
    /// - Parameters:
    ///   - limit: nil is all.
    ///   - place: only those before it: where an earlier page ended.
    ///   - now: for the cost so far of those that go on.
    package func runs(
        _ filter: RunFilter = RunFilter(), limit: Int?, before place: RunPlace? = nil, at now: Timestamp
    ) throws -> [StoredRun] {
        try connection.snapshot {
            let wanted: [ClusterID]? =
                filter.clusters.isEmpty
                ? nil : try Set(filter.clusters.flatMap { try clusters(matching: $0) }).sorted()
            let (sql, values) = RunQuery.newest(filter, clusters: wanted, before: place, limit: limit)
            return try runs(sql, values, at: now).reversed()
        }
    }

    /// The last `count` runs of a task, newest first.
    package func latestRuns(of cluster: ClusterID, count: Int, at now: Timestamp) throws -> [StoredRun] {
        let (sql, values) = RunQuery.newest(RunFilter(), clusters: [cluster], before: nil, limit: count)
        return try runs(sql, values, at: now)
    }

    /// The runs that ended from one time up to another, which is not included, by their ends.
    package func runs(endedFrom start: Timestamp, before end: Timestamp) throws -> [StoredRun] {
        try runs(RunQuery.ended, [start.milliseconds, end.milliseconds], at: end)
    }

    /// The runs that go on, those that began first at the front.
    package func runningRuns(at now: Timestamp) throws -> [StoredRun] {
        try runs(RunQuery.running, [], at: now)
    }

    private func runs(_ sql: String, _ values: SQLValues, at now: Timestamp) throws -> [StoredRun] {
        let statement = try connection.prepare(sql, values)
        var runs: [StoredRun] = []
        while try statement.step() {
            if let run = RunQuery.run(statement, at: now) { runs.append(run) }
        }
        return runs
    }
}

/// Which runs are wanted.
package struct RunFilter: Hashable, Sendable {
    /// Ids, names and globs; empty is all.
    package var clusters: [String]
    /// Empty is all.
    package var outcomes: Set<RunRecord.Outcome>
    /// Empty is all.
    package var accounts: [String]
    /// Those that were not over before it.
    package var since: Timestamp?
    /// Those that began by then.
    package var until: Timestamp?

    package init(
        clusters: [String] = [], outcomes: Set<RunRecord.Outcome> = [], accounts: [String] = [],
        since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.clusters = clusters
        self.outcomes = outcomes
        self.accounts = accounts
        self.since = since
        self.until = until
    }
}

/// A run as the database has it.
package struct StoredRun: Hashable, Sendable {
    package let place: RunPlace
    package let record: RunRecord
    /// What the task is called at Alibaba Cloud.
    package var description: String?

    /// The run for people: a task without a name in the config is shown by what Alibaba Cloud calls it.
    package var titled: RunRecord {
        var run = record
        run.name = record.name ?? description.flatMap { $0.isEmpty ? nil : $0 }
        return run
    }

    /// The members are a contract with scripts; what is not known is null.
    package var json: JSONValue {
        .object([
            "cluster": .string(record.cluster.rawValue), "name": JSONValue(record.name),
            "account": .string(record.scope.account), "region": .string(record.scope.region),
            "started_at": JSONValue(record.startedAt), "ended_at": JSONValue(record.endedAt),
            "duration_seconds": record.duration.map { .integer($0.components.seconds) } ?? .null,
            "outcome": .string(record.outcome.rawValue),
            "steps": record.steps.map { .integer(Int64($0)) } ?? .null,
            "last_loss": record.lastLoss.map { .number($0) } ?? .null, "cost": record.cost?.json ?? .null,
            "source": .string(record.source.rawValue),
        ])
    }
}

/// Where a run stands among the others, for going on from there.
package struct RunPlace: Hashable, Sendable {
    package let at: Timestamp
    package let id: Int64

    package init(at: Timestamp, id: Int64) {
        self.at = at
        self.id = id
    }
}
