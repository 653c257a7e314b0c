extension Metric {
    /// What the running daemon says; nil for the metrics of others.
    var daemonDefinition: MetricDefinition? {
        switch self {
        case .build:
            MetricDefinition(.info, "The version of the running daemon.", ["version", "revision"])
        case .reloadSuccessful:
            MetricDefinition(.gauge, "Whether the last load or reload of the config succeeded (1) or was refused (0).")
        case .reloadTime:
            MetricDefinition(.gauge, "When the config that is in force was loaded, in seconds since 1970.")
        case .polls:
            MetricDefinition(
                .counter, "Calls of the PolarDB API, by what was asked and how they ended.",
                ["account", "api_region", "call", "outcome"])
        case .pollDuration:
            MetricDefinition(
                .histogram, "How long a call of the PolarDB API took, repetitions included.", ["call"],
                bounds: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
        case .pollLag:
            MetricDefinition(.gauge, "How late the most overdue poll is.")
        case .detectionLag:
            MetricDefinition(
                .histogram, "Time from a change, as the API dates it, until it was observed.", ["event"],
                bounds: [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600])
        case .budgetRate:
            MetricDefinition(
                .gauge, "Calls per second that the account may make now; lower while the API throttles it.",
                ["account", "api_region"])
        case .budgetAvailable:
            MetricDefinition(
                .gauge, "Calls that the account could make immediately, without waiting for calls_per_second.",
                ["account", "api_region"])
        case .throttled:
            MetricDefinition(.counter, "Calls that the API refused as too many.", ["account", "api_region"])
        case .events:
            MetricDefinition(.counter, "Events that were stored since the daemon started.", ["event"])
        case .deliveryAttempts:
            MetricDefinition(
                .counter, "Attempts to deliver to a target, by how they ended.", ["target", "outcome"])
        case .deliveryDuration:
            MetricDefinition(
                .histogram, "How long an attempt to deliver took.", ["target"],
                bounds: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30])
        case .deliveryLatency:
            MetricDefinition(
                .histogram, "Time from the commit of an alert until it was delivered.", ["target"],
                bounds: [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600])
        case .commitDuration:
            MetricDefinition(
                .histogram, "How long a commit to the database took.",
                bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1])
        case .credentialsExpiry:
            MetricDefinition(
                .gauge, "When the account's temporary credentials expire, in seconds since 1970.", ["account"])
        case .clockOffset:
            MetricDefinition(
                .gauge, "How far Alibaba Cloud's clock is ahead of this host's; 0 while they agree within 30 s.")
        case .daemonStartTime:
            MetricDefinition(.gauge, "When the daemon started, in seconds since 1970.")
        case .daemonCPU:
            MetricDefinition(.counter, "CPU time of the daemon, user and system together, in seconds.")
        case .daemonMemory:
            MetricDefinition(.gauge, "Resident memory of the daemon.")
        case .daemonOpenFiles:
            MetricDefinition(.gauge, "Open file descriptors of the daemon.")
        case .daemonMostFiles:
            MetricDefinition(.gauge, "How many file descriptors the daemon may have open.")
        default: nil
        }
    }
}
