import Alerts
import Figures
import Model
import Monitor
import Store
import Synchronization
import Systemd
import TestSupport
import Testing

@testable import Daemon

/// The value of one series; nil if there is none.
private func value(_ registry: MetricRegistry, _ metric: Metric, _ labels: [String] = []) -> Double? {
    let series = registry.families.first { $0.name == metric.rawValue }?.series.first { $0.labels == labels }
    guard case .number(let number)? = series?.value else { return nil }
    return number
}

private func histogram(_ registry: MetricRegistry, _ metric: Metric, _ labels: [String] = []) -> HistogramValue? {
    let series = registry.families.first { $0.name == metric.rawValue }?.series.first { $0.labels == labels }
    guard case .histogram(let histogram)? = series?.value else { return nil }
    return histogram
}

struct DaemonFiguresTests {
    private static let scope = AccountRegion(account: "prod", region: "cn-hangzhou")

    private static func stored(
        _ seq: Int64, _ kind: EventKind, sighting: Sighting = .observed, apiTime: Int64? = nil, at observed: Int64
    ) -> StoredEvent {
        StoredEvent(
            seq: seq, id: "k3v9x2ab-\(seq)",
            event: Event(
                kind: kind, cluster: ClusterID("pm-9"), sighting: sighting,
                observedAt: Timestamp(milliseconds: observed), apiTime: apiTime.map { Timestamp(milliseconds: $0) }))
    }

    @Test func `events are counted by kind, from 0, with the number of the last one`() {
        let figures = DaemonFigures()
        #expect(value(figures.counted, .events, ["completed"]) == 0)
        figures.noteStored([Self.stored(3, .completed, at: 5000), Self.stored(4, .completed, at: 6000)])
        #expect(value(figures.counted, .events, ["completed"]) == 2)
        #expect(value(figures.counted, .events, ["failed"]) == 0)
        let series = figures.counted.families.first { $0.name == Metric.events.rawValue }?.series
        #expect(
            series?.first { $0.labels == ["completed"] }?.exemplar
                == MetricExemplar(seq: 4, at: Timestamp(milliseconds: 6000)))
    }

    @Test func `the lag of detection is that of observed events that the API dates`() {
        let figures = DaemonFigures()
        figures.noteStored([
            Self.stored(1, .failed, apiTime: 1000, at: 4500),
            // The API's clock is ahead.
            Self.stored(2, .failed, apiTime: 9000, at: 4500),
            Self.stored(3, .failed, sighting: .late, apiTime: 0, at: 90_000_000),
            Self.stored(4, .failed, sighting: .firstSeen, apiTime: 0, at: 90_000_000),
            Self.stored(5, .failed, at: 4500),
        ])
        let lag = histogram(figures.counted, .detectionLag, ["failed"])
        #expect(lag?.count == 2)
        #expect(lag?.sum == 3.5)
        #expect(histogram(figures.counted, .detectionLag, ["completed"])?.count == 0)
    }

    @Test func `series belong to what the config names`() {
        let figures = DaemonFigures()
        figures.use(scopes: [Self.scope], targets: ["ops"])
        figures.noteCall(.list, in: Self.scope, .failure(.throttled), took: .milliseconds(300))
        #expect(value(figures.counted, .polls, ["prod", "cn-hangzhou", "list", "throttled"]) == 1)
        #expect(value(figures.counted, .polls, ["prod", "cn-hangzhou", "task", "success"]) == 0)
        #expect(value(figures.counted, .throttled, ["prod", "cn-hangzhou"]) == 1)
        #expect(histogram(figures.counted, .pollDuration, ["list"])?.sum == 0.3)
        #expect(value(figures.counted, .deliveryAttempts, ["ops", "target_broken"]) == 0)

        let other = AccountRegion(account: "test", region: "cn-beijing")
        figures.use(scopes: [other], targets: ["chat"])
        #expect(value(figures.counted, .throttled, ["prod", "cn-hangzhou"]) == nil)
        #expect(value(figures.counted, .throttled, ["test", "cn-beijing"]) == 0)
        #expect(value(figures.counted, .deliveryAttempts, ["ops", "delivered"]) == nil)
        #expect(histogram(figures.counted, .deliveryLatency, ["chat"])?.count == 0)
        // What is reloaded and stays goes on.
        figures.noteCall(.task, in: other, .success, took: .milliseconds(1))
        figures.use(scopes: [other, Self.scope], targets: ["chat"])
        #expect(value(figures.counted, .polls, ["test", "cn-beijing", "task", "success"]) == 1)
    }

    @Test func `a config that is refused shows, and the time of the good one stays`() {
        let announcer = Announcer(
            output: .text(TextLog(descriptor: -1)), notifier: SystemdNotifier(send: nil),
            now: { Timestamp(milliseconds: 7_500) })
        announcer.configTaken()
        announcer.configRefused(["a mistake"])
        #expect(value(announcer.figures.counted, .reloadSuccessful) == 0)
        #expect(value(announcer.figures.counted, .reloadTime) == 7.5)
        announcer.configTaken()
        #expect(value(announcer.figures.counted, .reloadSuccessful) == 1)
    }

    @Test func `attempts are counted by outcome, and the latency is that of what arrived`() async throws {
        let world = try DeliveryWorld()
        try world.record(.failed, of: "pm-1")
        world.clock.advance(by: .seconds(2))
        await world.finish(try #require(await world.driver.takeDue().first), .tryAgain(retryAfter: nil))
        world.clock.advance(by: .seconds(3600))
        await world.finish(try #require(await world.driver.takeDue().first), .delivered)
        let counted = world.figures.counted
        #expect(value(counted, .deliveryAttempts, ["hook", "try_again"]) == 1)
        #expect(value(counted, .deliveryAttempts, ["hook", "delivered"]) == 1)
        #expect(histogram(counted, .deliveryDuration, ["hook"])?.count == 2)
        let latency = histogram(counted, .deliveryLatency, ["hook"])
        #expect(latency?.count == 1)
        #expect(latency?.sum == 3602)
    }

    @Test func `asking for the expiry of credentials costs the same, however often it was asked`() {
        let figures = DaemonFigures()
        let depths = Mutex<Set<UInt>>([])
        figures.use(scopes: [], targets: []) {
            var place = 0
            let depth = withUnsafePointer(to: &place) { UInt(bitPattern: $0) }
            depths.withLock { _ = $0.insert(depth) }
            return [:]
        }
        for _ in 0..<10_000 { _ = figures.credentialsExpiry }
        // What is called through ever more functions lies ever deeper in the stack.
        #expect(depths.withLock { $0.count } == 1)
    }

    @Test func `commits are measured, and what fails is not`() throws {
        let folder = try TemporaryFolder()
        let store = try EventStore(path: folder.file("test.db"), at: Timestamp(milliseconds: 1))
        let figures = DaemonFigures()
        store.commitTimer.observe { figures.noteCommit(took: $0) }
        struct Failed: Error {}
        #expect(throws: (any Error).self) { try store.transaction { _ in throw Failed() } }
        #expect(histogram(figures.counted, .commitDuration)?.count == 0)
        try store.transaction { try $0.noteReload(configLoadedAt: Timestamp(milliseconds: 2)) }
        #expect(histogram(figures.counted, .commitDuration)?.count == 1)
    }
}

/// Answers as it is scripted to, or never.
private struct ScriptedPoller: TaskPoller {
    let outcome: CallOutcome?

    func poll(_ order: PollOrder) async -> CallOutcome {
        while true {
            if let outcome { return outcome }
            // Takes no notice of being cancelled.
            try? await Task.sleep(for: .milliseconds(5))
            if Task.isCancelled { return .task(.unchanged(requestID: nil)) }
        }
    }
}

struct CountingPollerTests {
    private static let scope = AccountRegion(account: "prod", region: "cn-hangzhou")
    private static let order = PollOrder(
        number: 1, scope: scope, call: .readProgress(ClusterID("pm-1"), since: nil, reach: .seconds(60)))

    @Test(arguments: FailureReason.allCases)
    func `a call is counted by how it ends`(_ reason: FailureReason) async {
        let figures = DaemonFigures()
        let failure = PollFailure(reason: reason, message: "")
        let poller = CountingPoller(
            poller: ScriptedPoller(outcome: .progress(.failure(failure))), figures: figures)
        _ = await poller.poll(Self.order)
        _ = await poller.poll(Self.order)
        #expect(value(figures.counted, .polls, ["prod", "cn-hangzhou", "progress", reason.rawValue]) == 2)
        #expect(value(figures.counted, .throttled, ["prod", "cn-hangzhou"]) == (reason == .throttled ? 2 : nil))
        #expect(histogram(figures.counted, .pollDuration, ["progress"])?.count == 2)
    }

    @Test func `one that is given up counts once, as timed out`() async {
        let figures = DaemonFigures()
        let poller = CountingPoller(poller: ScriptedPoller(outcome: nil), figures: figures)
        let call = Task { await poller.poll(Self.order) }
        call.cancel()
        _ = await call.value
        #expect(value(figures.counted, .polls, ["prod", "cn-hangzhou", "progress", "timeout"]) == 1)
        #expect(value(figures.counted, .polls, ["prod", "cn-hangzhou", "progress", "success"]) == nil)
    }

    @Test func `reading the log of a failure is a call, too`() async {
        let figures = DaemonFigures()
        let failure = PollFailure(reason: .permission, message: "no")
        let poller = CountingPoller(poller: ScriptedPoller(outcome: .log(.failure(failure))), figures: figures)
        _ = await poller.poll(
            PollOrder(number: 1, scope: Self.scope, call: .readLog(ClusterID("pm-1"), TaskFacts())))
        #expect(value(figures.counted, .polls, ["prod", "cn-hangzhou", "log", "permission"]) == 1)
    }
}
