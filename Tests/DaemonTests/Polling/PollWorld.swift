import Glibc
import HTTPTransport
import Model
import Monitor
import PolarDB
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// An API whose answers a test sets.
final class LoopPoller: TaskPoller {
    struct State {
        var answer: @Sendable (Int, PollOrder) async -> CallOutcome = { _, order in
            .failed(PollFailure(reason: .unknown, message: "not scripted"), order.call)
        }
        var logLines: @Sendable (ClusterID) async -> Result<[String], PollFailure> = { _ in .success([]) }
        var calls = 0
        var logReads = 0
    }

    private let state = Mutex(State())

    var calls: Int { state.withLock { $0.calls } }
    var logReads: Int { state.withLock { $0.logReads } }

    /// - Parameter body: gets the number of the call, from 1.
    func answer(_ body: @escaping @Sendable (Int, PollOrder) async -> CallOutcome) {
        state.withLock { $0.answer = body }
    }

    func logLines(_ body: @escaping @Sendable (ClusterID) async -> Result<[String], PollFailure>) {
        state.withLock { $0.logLines = body }
    }

    func poll(_ order: PollOrder) async -> CallOutcome {
        if case .readLog(let cluster, _) = order.call { return .log(await lines(of: cluster)) }
        let (answer, number) = state.withLock { state in
            state.calls += 1
            return (state.answer, state.calls)
        }
        return await answer(number, order)
    }

    private func lines(of cluster: ClusterID) async -> Result<[String], PollFailure> {
        let lines = state.withLock { state in
            state.logReads += 1
            return state.logLines
        }
        return await lines(cluster)
    }
}

/// Holds whoever waits, cancelled or not, until it is opened.
final class PollGate: Sendable {
    struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Whether somebody waits for it to open.
    var isAwaited: Bool { state.withLock { !$0.waiters.isEmpty } }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// A loop over a database of its own.
final class PollWorld {
    let loop: PollLoop
    /// Failures go to a hook.
    let routes = EventRouting { $0.kind == .failed || $0.kind == .pollFailing ? ["hook"] : [] }
    private let folder: TemporaryFolder
    private let store: StoreQueue
    private let logFile: Int32

    static let scope = AccountRegion(account: "default", region: "cn-beijing")

    static func settings(_ clusters: Int) -> MonitorSettings {
        var settings = MonitorSettings(
            clusters: (0..<clusters).map { WatchedCluster(id: ClusterID("pm-\($0)"), scope: scope) },
            quotas: [scope: QuotaSettings(callsPerSecond: 50, burst: 20)])
        settings.readsProgress = false
        return settings
    }

    convenience init(_ poller: LoopPoller, clusters: Int = 1) throws {
        try self.init(poller, settings: Self.settings(clusters))
    }

    convenience init(_ poller: LoopPoller, permits: @escaping @Sendable (AccountRegion) -> Bool) throws {
        try self.init(poller, settings: Self.settings(1), permits: permits)
    }

    init(
        _ poller: LoopPoller, settings: MonitorSettings,
        permits: @escaping @Sendable (AccountRegion) -> Bool = { _ in true }
    ) throws {
        folder = try TemporaryFolder()
        let clock = SystemClock()
        store = StoreQueue(try EventStore(path: folder.file("test.db"), at: clock.now().wall))
        logFile = open(folder.file("log"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
        loop = PollLoop(
            on: CurlClient(userAgent: "test"), monitor: TaskMonitor(settings, at: clock.now()),
            plan: PollPlan(settings: settings, poller: poller, routes: routes), store: store,
            announcer: Announcer(output: .text(TextLog(descriptor: logFile)), notifier: SystemdNotifier(send: nil)),
            heartbeats: Heartbeats(interval: .seconds(5), clock: clock), clock: clock, clockOffset: ClockOffset(),
            permits: permits, wakeDelivery: { _ in })
    }

    deinit { _ = Glibc.close(logFile) }

    var log: String { folder.read("log") }

    /// The alerts that wait for the target.
    func alerts(count: Int = 1, within limit: Duration = .seconds(15)) async throws -> [PendingAlert] {
        try await eventually("\(count) alerts", within: limit) {
            let alerts = try await store.perform { try $0.waitingAlerts(for: "hook", limit: 100) }
            return alerts.count >= count ? alerts : nil
        }
    }

    /// How many events are stored.
    func count() async throws -> Int64 {
        try await store.perform { try $0.reader().newest() }
    }

    /// Runs the loop around `body`, and stops it.
    func running(_ body: (PollWorld) async throws -> Void) async throws {
        let loop = loop
        async let polling: Void = loop.run()
        var failure: (any Error)?
        do { try await body(self) } catch { failure = error }
        loop.stop()
        await polling
        try await store.perform { try $0.close() }
        if let failure { throw failure }
    }
}
