extension Metric {
    /// What the collecting program says of itself.
    var collectorDefinition: MetricDefinition {
        switch self {
        case .collectorSuccess:
            MetricDefinition(
                .gauge, "Whether the metrics of this source could be collected (1) or not (0).", ["collector"])
        case .collectorDuration:
            MetricDefinition(.gauge, "How long it took to collect the metrics of this source.", ["collector"])
        case .webBuild:
            MetricDefinition(.info, "The version of polarai-web.", ["version", "revision"])
        case .webRequests:
            MetricDefinition(
                .counter, "HTTP requests that polarai-web answered, by handler and status code.", ["handler", "code"])
        case .webRequestDuration:
            MetricDefinition(
                .histogram, "How long polarai-web took to answer.", ["handler"],
                bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
        case .webStreams:
            MetricDefinition(.gauge, "Event streams that are open at polarai-web.")
        case .webStartTime:
            MetricDefinition(.gauge, "When this process started, in seconds since 1970.")
        case .webCPU:
            MetricDefinition(.counter, "CPU time of this process, user and system together, in seconds.")
        case .webMemory:
            MetricDefinition(.gauge, "Resident memory of this process.")
        case .webOpenFiles:
            MetricDefinition(.gauge, "Open file descriptors of this process.")
        case .webMostFiles:
            MetricDefinition(.gauge, "How many file descriptors this process may have open.")
        default:
            MetricDefinition(
                .gauge, "Whether the daemon answered (1). If not (0), its own metrics are left out.")
        }
    }
}
