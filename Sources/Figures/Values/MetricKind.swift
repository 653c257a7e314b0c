/// What a metric is, in Prometheus' words.
package enum MetricKind: String, CaseIterable, Sendable {
    /// Only grows, from 0 at the start of the process. Its name ends in `_total`.
    case counter
    case gauge
    case histogram
    /// Facts as labels, always 1: a gauge in Prometheus' text format, an `info` in OpenMetrics. Its name ends in `_info`.
    case info
}
