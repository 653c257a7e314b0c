/// One answer of DescribeAIDBClusterTaskMetrics: the newest steps that a training wrote down since some time.
package struct ProgressReading: Sendable {
    /// Oldest first, without repeats.
    package let points: [ProgressPoint]
    /// Whether there may be more points than these: the page was full.
    package let isFull: Bool
    package let requestID: String?
    /// The server's own time of the answer, if it gave one: the host's clock may be wrong.
    package var answeredAt: Timestamp?

    package init(points: [ProgressPoint], isFull: Bool = false, requestID: String? = nil) {
        self.points = points
        self.isFull = isFull
        self.requestID = requestID
    }
}

/// What a training wrote down at one time. Its numbers come from the user's own script: they are bounded where they are
/// read, so that any of them can be calculated with.
package struct ProgressPoint: Hashable, Sendable {
    /// `LogTime`, else `Timestamp`.
    package let at: Timestamp
    /// `CurrentStep`.
    package let step: Int?
    /// `GlobalStep`: the API's name for the total number of steps.
    package let totalSteps: Int?
    package let epoch: Double?
    /// `MetricType` is `eval`: measured beside the training, of the step that it names.
    package let isEvaluation: Bool
    /// Whatever the metric map holds, as numbers or words. Bounded in number and length.
    package let metrics: [String: JSONValue]

    package init(
        at: Timestamp, step: Int? = nil, totalSteps: Int? = nil, epoch: Double? = nil, isEvaluation: Bool = false,
        metrics: [String: JSONValue] = [:]
    ) {
        self.at = at
        self.step = step
        self.totalSteps = totalSteps
        self.epoch = epoch
        self.isEvaluation = isEvaluation
        self.metrics = metrics
    }

    /// The training's loss, if the metrics have one under that name. Finite.
    package var loss: Double? { metrics["loss"]?.numberValue.flatMap { abs($0) <= Self.largestMetric ? $0 : nil } }

    /// More steps than any training has; small enough for sums and products of a few of them.
    package static let mostSteps = 1_000_000_000_000
    /// A loss that has diverged this far says nothing more; the difference of two such numbers is finite.
    package static let largestMetric = 1e100
}
