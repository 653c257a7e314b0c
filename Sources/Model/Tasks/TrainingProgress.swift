/// How far a training is, from DescribeAIDBClusterTaskMetrics.
package struct TrainingProgress: Hashable, Sendable {
    /// `CurrentStep`.
    package var step: Int?
    /// `GlobalStep`: the API's name for the total number of steps.
    package var totalSteps: Int?
    package var epoch: Double?
    /// The metric map, `loss` and whatever else it holds, as numbers or words.
    package var metrics: [String: JSONValue] {
        get { metricsText.flatMap { try? JSONValue(parsing: Array($0.utf8)) }?.objectValue ?? [:] }
        set { metricsText = newValue.isEmpty ? nil : JSONValue.object(newValue).text() }
    }
    /// As JSON, keys sorted: progress of thousands of trainings is kept in memory, and a dictionary takes five times as
    /// much.
    private var metricsText: String?
    /// When the training wrote the step.
    @Compact package var loggedAt: Timestamp?

    package init(
        step: Int? = nil, totalSteps: Int? = nil, epoch: Double? = nil, metrics: [String: JSONValue] = [:],
        loggedAt: Timestamp? = nil
    ) {
        self.step = step
        self.totalSteps = totalSteps
        self.epoch = epoch
        self.metrics = metrics
        self.loggedAt = loggedAt
    }

    /// How much of the run is done, from 0 to 100; nil if that is not known.
    package var percent: Int? {
        guard let step, let totalSteps, totalSteps > 0 else { return nil }
        return Int(min(100, max(0, Double(step) / Double(totalSteps) * 100)))
    }
}
