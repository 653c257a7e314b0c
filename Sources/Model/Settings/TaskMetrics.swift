/// Which tasks have metrics of their own. The raw value is `web.task_metrics` in the config.
package enum TaskMetrics: String, CaseIterable, Sendable {
    case off
    /// Tasks that run, and failed ones that nobody has acknowledged, for at most `failedKept`.
    case running
    case all

    /// How long a failed task keeps its metrics.
    package static let failedKept = Duration.seconds(7 * 86_400)
}
