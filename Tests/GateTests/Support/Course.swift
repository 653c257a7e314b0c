import Alerts
import HTTPTransport
import Model
import Monitor
import PolarDB
import Store
import TestSupport

/// The whole way of an answer under a virtual clock: decode, decide, commit, render. All of it is the daemon's own but the
/// network.
struct Course {
    private var monitor: TaskMonitor
    private let client: PolarDBClient
    private let store: EventStore
    private var now: Moment
    private var random = SeededGenerator(seed: 1)
    private(set) var events: [StoredEvent] = []
    private(set) var failures: [PollFailure] = []

    static let cluster = ClusterID("pm-2ze9examp1e00001")
    static let start = Moment(
        monotonic: MonotonicInstant(nanoseconds: 5_000_000_000), wall: Timestamp(milliseconds: 1_795_507_200_000))

    /// - Parameter answer: the body for an action.
    init(store: EventStore, watchesInstance: Bool, answer: @escaping @Sendable (String) -> String) {
        let scope = AccountRegion(account: "default", region: "cn-beijing")
        let settings = MonitorSettings(
            clusters: [WatchedCluster(id: Self.cluster, name: "nightly", scope: scope)],
            instances: watchesInstance ? [WatchedInstance(key: InstanceKey(id: "pc-1", scope: scope))] : [],
            quotas: [scope: QuotaSettings()])
        now = Self.start
        monitor = TaskMonitor(settings, at: now)
        self.store = store
        client = PolarDBClient(
            http: AnsweringClient { request in
                let action = request.headers.first { $0.name == "x-acs-action" }?.value ?? ""
                return HTTPResponse(status: 200, headers: HTTPHeaders(), body: Array(answer(action).utf8))
            }, endpoint: Endpoint(region: "cn-beijing", usesVPC: false), region: "cn-beijing", credentials: FixedKey(),
            now: { Self.start.wall })
    }

    /// Goes on for a while, or for so many turns, whichever ends first.
    mutating func run(for duration: Duration, turns: Int = 60) async throws {
        let end = now.monotonic.advanced(by: duration)
        for _ in 0..<turns where now.monotonic < end {
            var results: [PollResult] = []
            for order in monitor.takeDue(at: now.monotonic) {
                results.append(PollResult(order, outcome: await outcome(of: order.call), at: now))
            }
            if !results.isEmpty { try commit(monitor.decide(results, using: &random)) }
            let silences = monitor.decideSilences(at: now)
            if silences.isDurable { try commit(silences) }
            let progress = monitor.unwrittenProgress()
            _ = try store.record(Recording(pollTimes: monitor.unsavedPollTimes(), progress: progress), at: now.wall)
            monitor.markSaved(progress)
            let next = monitor.nextWake(after: now.monotonic) ?? end
            let wait = max(.milliseconds(100), min(next, end).since(now.monotonic))
            now = Moment(monotonic: now.monotonic.advanced(by: wait), wall: now.wall.advanced(by: wait))
        }
    }

    private mutating func outcome(of call: PollCall) async -> CallOutcome {
        switch call {
        case .describeTask(let id, let known):
            let outcome = await client.describeTask(id, known: known)
            if case .failure(let failure) = outcome { failures.append(failure) }
            return .task(outcome)
        case .listTasks(let instance, let page): return .list(await client.listTasks(of: instance, page: page))
        case .readProgress(let id, let since, let reach):
            return .progress(await client.readProgress(of: id, since: since, reach: reach))
        case .readLog(let id, let facts): return .log(await client.lastLogLines(of: id, facts))
        }
    }

    private mutating func commit(_ decided: Monitor.Decision) throws {
        var decision = decided
        _ = monitor.noteCalls(of: decision, at: now.monotonic)
        if decision.isDurable {
            decision.recall([], progress: [])
            events += try store.record(decision.recording { _ in [AlertDecision(target: "chat")] }, at: now.wall)
        }
        monitor.apply(decision, at: now.monotonic)
    }

    /// Writes every event as each service gets it, and reads what is stored.
    func render() throws {
        let now = now.wall
        let sender = Sender(
            client: AnsweringClient { _ in HTTPResponse(status: 200, headers: HTTPHeaders(), body: []) },
            read: { secret in if case .literal(let text) = secret.source { text } else { "" } }, now: { now })
        for event in events {
            for kind in [TargetKind.webhook, .dingtalk, .feishu, .wecom, .slack, .teams, .discord, .alertmanager] {
                let target = TargetSettings(
                    name: "chat", kind: kind, urls: [Secret(.literal("https://example.com/hook/0123456789abcdef"))])
                _ = try sender.dryRun(.alert(event), to: target)
            }
        }
        let clusters = try store.loadWatched()
        _ = try store.loadProgress(clusters.map(\.id) + [Self.cluster])
    }
}
