/// One training run of a task, for `runs`, summaries, and the limits that compare with the last run.
package struct RunRecord: Hashable, Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case running
        case completed
        case failed
        case gone
    }

    package enum Source: String, CaseIterable, Sendable {
        /// The daemon saw it run or end.
        case observed
        /// Known only from the times in the API's list: it ended before anybody watched.
        case listed
    }

    package var cluster: ClusterID
    package var name: String?
    package var scope: AccountRegion
    /// The API's StartTime, else the first ACTIVATION that was seen.
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    package var outcome: Outcome
    package var source: Source
    package var steps: Int?
    package var lastLoss: Double?
    package var cost: Cost?

    package init(
        cluster: ClusterID, name: String? = nil, scope: AccountRegion, startedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil, outcome: Outcome, source: Source = .observed, steps: Int? = nil,
        lastLoss: Double? = nil, cost: Cost? = nil
    ) {
        self.cluster = cluster
        self.name = name
        self.scope = scope
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.source = source
        self.steps = steps
        self.lastLoss = lastLoss
        self.cost = cost
    }

    /// How long it took, or nil while it runs or if a time is not known.
    package var duration: Duration? {
        guard let startedAt, let endedAt, endedAt >= startedAt else { return nil }
        return endedAt.since(startedAt)
    }
}
