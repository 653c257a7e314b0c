import Figures
import Testing

/// The names, types and labels are a contract with dashboards and rules: what is outside is written out here once more.
@Suite struct CatalogueTests {
    private static let contract = """
        up gauge
        scrape_collector_success gauge collector
        scrape_collector_duration_seconds gauge collector
        build_info info version revision
        config_last_reload_successful gauge
        config_last_reload_success_timestamp_seconds gauge
        polls_total counter account api_region call outcome
        poll_duration_seconds histogram call
        poll_lag_seconds gauge
        detection_lag_seconds histogram event
        api_budget_calls_per_second gauge account api_region
        api_budget_available_calls gauge account api_region
        api_throttled_total counter account api_region
        events_total counter event
        delivery_attempts_total counter target outcome
        delivery_duration_seconds histogram target
        delivery_latency_seconds histogram target
        database_commit_duration_seconds histogram
        credentials_expiry_timestamp_seconds gauge account
        clock_offset_seconds gauge
        process_start_time_seconds gauge
        process_cpu_seconds_total counter
        process_resident_memory_bytes gauge
        process_open_fds gauge
        process_max_fds gauge
        scope_failing gauge account api_region
        tasks gauge status
        tasks_failing_polls gauge
        tasks_stalled gauge
        task_info info task name base_model parent
        task_status gauge task status
        task_progress_ratio gauge task
        task_loss gauge task
        task_expected_end_timestamp_seconds gauge task
        task_last_step_timestamp_seconds gauge task
        last_event_seq gauge
        outbox_alerts gauge target state
        outbox_oldest_pending_timestamp_seconds gauge target
        target_suspended gauge target
        database_size_bytes gauge
        database_wal_size_bytes gauge
        database_free_bytes gauge
        web_build_info info version revision
        web_http_requests_total counter handler code
        web_http_request_duration_seconds histogram handler
        web_event_streams gauge
        """

    @Test func namesTypesAndLabelsAreThoseOfTheContract() {
        let ours = Metric.allCases.filter { $0.rawValue.hasPrefix("polarai_") }.map { metric in
            ([String(metric.rawValue.dropFirst("polarai_".count)), metric.definition.kind.rawValue]
                + metric.definition.labels).joined(separator: " ")
        }
        #expect(ours == Self.contract.split(separator: "\n").map(String.init))
        #expect(
            Metric.allCases.filter { !$0.rawValue.hasPrefix("polarai_") }.map(\.rawValue) == [
                "process_start_time_seconds", "process_cpu_seconds_total", "process_resident_memory_bytes",
                "process_open_fds", "process_max_fds",
            ])
    }

    @Test(arguments: Metric.allCases)
    func everyMetricIsDescribed(_ metric: Metric) {
        let definition = metric.definition
        #expect(definition.help.hasSuffix(".") && definition.help.count > 20)
        #expect((definition.kind == .histogram) == !definition.bounds.isEmpty)
        #expect(definition.bounds == definition.bounds.sorted())
        // Labels that scrapers add themselves.
        #expect(Set(definition.labels).isDisjoint(with: ["cluster", "region", "job", "instance", "env"]))
    }

    @Test func theBucketsReachAsFarAsTheyShould() {
        #expect(Metric.pollDuration.definition.bounds.first == 0.025)
        #expect(Metric.pollDuration.definition.bounds.last == 10)
        #expect(Metric.commitDuration.definition.bounds.first == 0.001)
        #expect(Metric.commitDuration.definition.bounds.last == 1)
        #expect(Metric.detectionLag.definition.bounds.first == 1)
        #expect(Metric.detectionLag.definition.bounds.last == 3600)
        #expect(Metric.deliveryLatency.definition.bounds.first == 0.5)
        #expect(Metric.deliveryLatency.definition.bounds.last == 3600)
    }

    @Test func thisProcessHasFigures() throws {
        let figures = ProcessFigures.current()
        #expect(try #require(figures.residentMemory) > 1_000_000)
        #expect(try #require(figures.openFiles) >= 3)
        #expect(try #require(figures.mostFiles) >= 3)
        #expect(try #require(figures.cpu) > 0)
        #expect(try #require(figures.startTime) > 1_600_000_000)
        #expect(figures.families(ofDaemon: true).count == 5)
    }
}
