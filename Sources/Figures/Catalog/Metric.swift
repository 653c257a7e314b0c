/// Every metric of the programs. The raw value is its name outside, which is a contract with dashboards and rules.
package enum Metric: String, CaseIterable, Sendable {
    // Of whoever collects: `polarai-web` and `polarai-daemon metrics`.
    case up = "polarai_up"
    case collectorSuccess = "polarai_scrape_collector_success"
    case collectorDuration = "polarai_scrape_collector_duration_seconds"

    // Of the daemon: gone while it does not answer.
    case build = "polarai_build_info"
    case reloadSuccessful = "polarai_config_last_reload_successful"
    case reloadTime = "polarai_config_last_reload_success_timestamp_seconds"
    case polls = "polarai_polls_total"
    case pollDuration = "polarai_poll_duration_seconds"
    case pollLag = "polarai_poll_lag_seconds"
    case detectionLag = "polarai_detection_lag_seconds"
    case budgetRate = "polarai_api_budget_calls_per_second"
    case budgetAvailable = "polarai_api_budget_available_calls"
    case throttled = "polarai_api_throttled_total"
    case events = "polarai_events_total"
    case deliveryAttempts = "polarai_delivery_attempts_total"
    case deliveryDuration = "polarai_delivery_duration_seconds"
    case deliveryLatency = "polarai_delivery_latency_seconds"
    case commitDuration = "polarai_database_commit_duration_seconds"
    case credentialsExpiry = "polarai_credentials_expiry_timestamp_seconds"
    case clockOffset = "polarai_clock_offset_seconds"
    case daemonStartTime = "polarai_process_start_time_seconds"
    case daemonCPU = "polarai_process_cpu_seconds_total"
    case daemonMemory = "polarai_process_resident_memory_bytes"
    case daemonOpenFiles = "polarai_process_open_fds"
    case daemonMostFiles = "polarai_process_max_fds"

    // Of the database: there whether the daemon runs or not.
    case scopeFailing = "polarai_scope_failing"
    case tasks = "polarai_tasks"
    case tasksFailingPolls = "polarai_tasks_failing_polls"
    case tasksStalled = "polarai_tasks_stalled"
    case taskInfo = "polarai_task_info"
    case taskStatus = "polarai_task_status"
    case taskProgress = "polarai_task_progress_ratio"
    case taskLoss = "polarai_task_loss"
    case taskExpectedEnd = "polarai_task_expected_end_timestamp_seconds"
    case taskLastStep = "polarai_task_last_step_timestamp_seconds"
    case lastEvent = "polarai_last_event_seq"
    case alerts = "polarai_outbox_alerts"
    case oldestPending = "polarai_outbox_oldest_pending_timestamp_seconds"
    case targetSuspended = "polarai_target_suspended"
    case databaseSize = "polarai_database_size_bytes"
    case logSize = "polarai_database_wal_size_bytes"
    case diskFree = "polarai_database_free_bytes"

    // Of `polarai-web` itself.
    case webBuild = "polarai_web_build_info"
    case webRequests = "polarai_web_http_requests_total"
    case webRequestDuration = "polarai_web_http_request_duration_seconds"
    case webStreams = "polarai_web_event_streams"
    case webStartTime = "process_start_time_seconds"
    case webCPU = "process_cpu_seconds_total"
    case webMemory = "process_resident_memory_bytes"
    case webOpenFiles = "process_open_fds"
    case webMostFiles = "process_max_fds"

    package var definition: MetricDefinition {
        daemonDefinition ?? databaseDefinition ?? collectorDefinition
    }
}
