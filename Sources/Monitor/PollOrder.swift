package import Model

/// A call whose turn it is. Each order brings exactly one result, even if the call was cancelled.
package struct PollOrder: Hashable, Sendable {
    /// Unique in this process.
    package let number: UInt64
    package let scope: AccountRegion
    package let call: PollCall

    package init(number: UInt64, scope: AccountRegion, call: PollCall) {
        self.number = number
        self.scope = scope
        self.call = call
    }
}

/// What is asked of the API. All of it is paid for by the one budget of the account and region.
package enum PollCall: Hashable, Sendable {
    /// DescribeAIDBClusterTaskAttribute. `known` is the digest of the last good answer: a body that matches it need not
    /// be decoded.
    case describeTask(ClusterID, known: BodyDigest?)
    /// DescribeAIDBClusterTasks: one page, counted from 1, of the tasks of a parent instance.
    case listTasks(instance: String, page: Int)
    /// DescribeAIDBClusterTaskMetrics: the newest steps since a time, nil being long ago, and no further back from now
    /// than `reach`.
    case readProgress(ClusterID, since: Timestamp?, reach: Duration)
    /// DescribeAIDBClusterTaskLogFiles: the last lines that a run wrote which failed.
    case readLog(ClusterID, TaskFacts)

    /// The cluster that the call is about; nil if it is about many.
    package var cluster: ClusterID? {
        switch self {
        case .describeTask(let cluster, _), .readProgress(let cluster, _, _), .readLog(let cluster, _): cluster
        case .listTasks: nil
        }
    }
}

/// What a call brought.
package enum CallOutcome: Sendable {
    case task(PollOutcome)
    case list(Result<TaskListPage, PollFailure>)
    case progress(Result<ProgressReading, PollFailure>)
    /// Secrets masked, oldest line first.
    case log(Result<[String], PollFailure>)

    /// A call that could not even be made.
    package static func failed(_ failure: PollFailure, _ call: PollCall) -> CallOutcome {
        switch call {
        case .describeTask: .task(.failure(failure))
        case .listTasks: .list(.failure(failure))
        case .readProgress: .progress(.failure(failure))
        case .readLog: .log(.failure(failure))
        }
    }
}

/// What an order brought, and when the answer was here.
package struct PollResult: Sendable {
    package let order: PollOrder
    package let outcome: CallOutcome
    package let at: Moment

    package init(_ order: PollOrder, outcome: CallOutcome, at: Moment) {
        self.order = order
        self.outcome = outcome
        self.at = at
    }
}
