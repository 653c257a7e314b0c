/// One training run of a task, for `runs`, summaries, and the limits that compare with the last run.
///
/// Written, one with the outcome `running` continues the task's run that goes on, or begins it. Any other ends that run; if
/// none goes on, it completes what is known of the ended run with the known start, or adds a run.
package struct RunRecord: Hashable, Sendable {
    /// How a run ended, if it did.
    package enum Outcome: String, CaseIterable, Sendable {
        case running
        case completed
        case failed
        /// How it ended is not known: the task was released, or ran again when it was next seen.
        case gone
    }

    /// How it came to be known.
    package enum Source: String, CaseIterable, Sendable {
        /// The daemon saw it run or end. Never replaced by `listed`.
        case observed
        /// Known only from the times in the API's list: it ended before anybody watched.
        case listed
    }

    /// The start by which the database knows a run that has ended.
    package enum KnownStart: Hashable, Sendable {
        /// `startedAt`.
        case same
        /// This one, or none: the API has given the start, or another one, since the run ended.
        case other(Timestamp?)
    }

    package var cluster: ClusterID
    package var name: String?
    package var scope: AccountRegion
    /// The API's StartTime, else the first ACTIVATION that was seen.
    package var startedAt: Timestamp?
    package var knownStart: KnownStart = .same
    package var endedAt: Timestamp?
    package var outcome: Outcome
    package var source: Source
    package var steps: Int?
    package var lastLoss: Double?
    /// What it has cost; of one that goes on, so far. Nil without a price or the API's StartTime.
    package var cost: Cost?
    /// What an hour of it costs, while it goes on. Nil without a price or the API's StartTime.
    package var price: HourlyPrice?

    package init(
        cluster: ClusterID, name: String? = nil, scope: AccountRegion, startedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil, outcome: Outcome, source: Source = .observed, steps: Int? = nil,
        lastLoss: Double? = nil, cost: Cost? = nil, price: HourlyPrice? = nil
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
        self.price = price
    }

    /// How long it took, or nil while it runs or if a time is not known.
    package var duration: Duration? {
        guard let startedAt, let endedAt, endedAt >= startedAt else { return nil }
        return endedAt.since(startedAt)
    }
}
