extension Metric {
    /// What the database says; nil for the metrics of others.
    var databaseDefinition: MetricDefinition? {
        switch self {
        case .scopeFailing:
            MetricDefinition(
                .gauge, "Whether every poll of the account in the region fails (1).", ["account", "api_region"])
        case .tasks:
            MetricDefinition(
                .gauge, "Watched tasks by status; `other` are unknown statuses and tasks without an answer so far.",
                ["status"])
        case .tasksFailingPolls:
            MetricDefinition(.gauge, "Watched tasks whose last poll failed.")
        case .tasksStalled:
            MetricDefinition(.gauge, "Watched tasks that train and have made no step for too long.")
        case .taskInfo:
            MetricDefinition(
                .info, "A task: its name in the config, its base model and the instance it was found through.",
                ["task", "name", "base_model", "parent"])
        case .taskStatus:
            MetricDefinition(.gauge, "1 for the status that the task has now.", ["task", "status"])
        case .taskProgress:
            MetricDefinition(.gauge, "Steps done of all steps of the task's run, from 0 to 1.", ["task"])
        case .taskLoss:
            MetricDefinition(.gauge, "The last loss that the task's run logged.", ["task"])
        case .taskExpectedEnd:
            MetricDefinition(.gauge, "When the task's run is expected to end, in seconds since 1970.", ["task"])
        case .taskLastStep:
            MetricDefinition(.gauge, "When the task's run logged its last step, in seconds since 1970.", ["task"])
        case .lastEvent:
            MetricDefinition(.gauge, "The number of the newest event; it never falls.")
        case .alerts:
            MetricDefinition(
                .gauge, "Alerts that are not delivered, by target and state.", ["target", "state"])
        case .oldestPending:
            MetricDefinition(
                .gauge,
                "Since when the target's oldest pending alert has waited, in seconds since 1970; absent if none waits.",
                ["target"])
        case .targetSuspended:
            MetricDefinition(.gauge, "Whether the target is suspended because it refuses messages (1).", ["target"])
        case .databaseSize:
            MetricDefinition(.gauge, "The size of the database file.")
        case .logSize:
            MetricDefinition(.gauge, "The size of the database's write-ahead log.")
        case .diskFree:
            MetricDefinition(.gauge, "Free space on the file system that holds the database.")
        default: nil
        }
    }
}
