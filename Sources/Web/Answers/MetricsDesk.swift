import Config
import Figures
import Model
import Reports
import Store

/// `/metrics`: figures for Prometheus.
struct MetricsDesk: Sendable {
    let archive: Archive
    /// Answers soon, also if a server hangs: whoever collects metrics does not wait for long.
    let health: Archive
    let daemon: DaemonStatus
    let figures: WebFigures
    /// Names of the targets in the config.
    let targets: Set<String>

    func answer(accept: String?, tasks: TaskMetrics) async -> Reply {
        async let snapshot = Self.timed { await daemon.get("/v1/metrics").flatMap { MetricsSnapshot(json: $0) } }
        let database = await Self.timed { await stored(tasks) }
        let (answered, duration) = await snapshot
        // Another daemon's figures are not those of this database. While that cannot be read, the one of this host counts.
        let holder = database.value?.1.flatMap { $0.isRunning ? $0 : nil }
        // Nor can a file that has taken the place of its own say that it runs.
        let isOwn = holder == nil ? archive.trouble(in: await daemon.current().trouble) != nil : false
        let own = answered.flatMap {
            isOwn || database.value == nil || holder?.isProcess($0.pid) == true ? $0 : nil
        }
        let families = MetricsPage.families(
            daemon: Collected(own, in: duration), database: Collected(database.value?.0, in: database.duration),
            targets: targets, own: await figures.families())
        let format = MetricsFormat(accept: accept)
        return Reply(type: format.contentType, body: MetricsText.bytes(families, format))
    }

    /// Nil if the database cannot be read.
    private func stored(_ tasks: TaskMetrics) async -> (DatabaseFigures, DaemonInfo?)? {
        guard (try? await health.check()) != nil else { return nil }
        return try? await archive.read { reader in
            (try reader.figures(tasks: tasks, at: TimeArgument.now), try reader.daemonInfo())
        }
    }

    private static func timed<Value: Sendable>(
        _ body: () async -> Value?
    ) async -> (value: Value?, duration: Duration) {
        let began = ContinuousClock.now
        let value = await body()
        return (value, began.duration(to: .now))
    }
}

/// What this program counts of itself.
actor WebFigures {
    private var registry = MetricRegistry()
    private let streams: @Sendable () -> Int

    /// - Parameter streams: how many event streams are open.
    init(streams: @escaping @Sendable () -> Int) {
        self.streams = streams
        registry.set(.webBuild, [ProgramVersion.current, BuildRevision.current], to: 1)
    }

    /// - Parameter handler: the kind of address that was asked for.
    func count(handler: String, status: Int, duration: Duration) {
        registry.count(.webRequests, [handler, "\(status)"])
        registry.observe(.webRequestDuration, [handler], duration.inSeconds)
    }

    func families() -> [MetricFamily] {
        registry.set(.webStreams, to: Double(streams()))
        return registry.families + ProcessFigures.current().families(ofDaemon: false)
    }
}

extension WebRoute? {
    /// For counting: bounded, whatever is asked for.
    var handler: String {
        switch self {
        case nil: "none"
        case .healthy: "healthy"
        case .ready: "ready"
        case .metrics: "metrics"
        case .feed: "feed"
        case .file: "file"
        case .page(let page):
            switch page {
            case .now: "now"
            case .task: "task"
            case .history: "history"
            case .runs: "runs"
            case .alerts: "alerts"
            case .silences: "silences"
            }
        case .api(let route):
            switch route {
            case .status: "api_status"
            case .history: "api_history"
            case .runs: "api_runs"
            case .alerts: "api_alerts"
            case .silences: "api_silences"
            case .task: "api_task"
            case .curve: "api_curve"
            case .events: "api_events"
            case .description: "api_description"
            }
        }
    }
}
