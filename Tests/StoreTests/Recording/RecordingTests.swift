import Foundation
import Model
import Testing

@testable import Store

@Suite(.onBothEngines)
struct RecordingTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    /// An event with every field set.
    static let full = Event(
        kind: .failed, cluster: ClusterID("pm-1"), name: "nightly", account: "prod", region: "cn-beijing",
        labels: ["team": "nlp", "quote\"": "a\\b\n"], from: .activation, to: .failed, sighting: .late,
        observedAt: StoreFixture.time(1), notBefore: StoreFixture.time(0.5), apiTime: StoreFixture.time(0.7),
        requestID: "REQ-1",
        facts: TaskFacts(
            description: "任务 \u{1F600}", createdAt: StoreFixture.time(-100), startedAt: StoreFixture.time(-90),
            completedAt: StoreFixture.time(0), baseModel: "Qwen-1.7B", trainMode: "sft", trainType: "lora",
            modelPaths: ["/a", "/b"]),
        progress: TrainingProgress(
            step: 3, totalSteps: 10, epoch: 1.5, metrics: ["loss": .number(0.25), "note": .string("ok")],
            loggedAt: StoreFixture.time(-1)),
        logLines: ["one", "\u{1}two\u{1F}"], detail: "what a person must know", target: "ops")

    @Test
    func `an event comes back as it was`() throws {
        let stored = try store.record(Self.full)
        #expect(stored == [StoredEvent(seq: 1, id: "k3v9x2ab-1", event: Self.full)])
        let alert = try #require(try store.dueAlerts(for: "chat", at: StoreFixture.start, limit: 1).first)
        #expect(alert.event == stored[0])
        #expect(alert.attempts == 0)
        #expect(alert.nextAttemptAt == StoreFixture.start)
    }

    @Test(arguments: [
        EventReason.longerThan(limit: .seconds(60), runtime: .milliseconds(61_001)),
        .slowerThan(lastRun: .seconds(5), runtime: .seconds(11)),
        .afterDeadline(StoreFixture.time(-3), runtime: .seconds(1_000_000)), .noNewStep(.seconds(1800)),
        .wasSuspended(.zero), .test,
    ])
    func `why it was made comes back with it`(reason: EventReason) throws {
        let event = Event(kind: .overdue, cluster: ClusterID("pm-1"), observedAt: StoreFixture.time(0), reason: reason)
        try store.record(event)
        #expect(try store.dueAlerts(for: "chat", at: StoreFixture.start, limit: 1).first?.event.event == event)
    }

    @Test
    func `an event with nothing but what it must have comes back as it was`() throws {
        let bare = Event(kind: .targetFailing, observedAt: StoreFixture.time(0))
        try store.record(bare)
        #expect(try store.dueAlerts(for: "chat", at: StoreFixture.start, limit: 1).first?.event.event == bare)
    }

    @Test
    func `numbers have no gaps, not even after a commit that failed`() throws {
        #expect(try store.record(StoreFixture.event(), StoreFixture.event()).map(\.seq) == [1, 2])
        func recording(_ cluster: String) -> Recording {
            Recording(
                events: [RoutedEvent(event: StoreFixture.event(), targets: ["chat"])],
                clusters: [ClusterRecord(id: ClusterID(cluster), scope: StoreFixture.scope)])
        }
        #expect(throws: StoreError.self) { try store.record(recording(""), at: StoreFixture.start) }
        #expect(try store.waitingCount(for: "chat") == 2)
        #expect(try store.record(recording("pm-1"), at: StoreFixture.start).map(\.seq) == [3])
    }

    @Test
    func `numbers are never given twice, also when retention has emptied the history`() throws {
        try store.record(StoreFixture.event(), StoreFixture.event(), for: [])
        var place: PrunePlace? = .start
        while let from = place {
            place = try store.prune(keep: .seconds(1), at: StoreFixture.time(1000), from: from, batch: 1)
        }
        #expect(try store.read { try $0.int("SELECT count(*) FROM events") } == 0)
        #expect(try store.record(StoreFixture.event()).map(\.seq) == [3])
    }

    @Test
    func `an event without targets has no alert`() throws {
        try store.record(StoreFixture.event(), for: [])
        #expect(try store.alertCounts() == AlertCounts(pending: 0, dead: 0))
    }

    @Test
    func `a cluster comes back as it was, and is replaced whole`() throws {
        var cluster = ClusterRecord(id: ClusterID("pm-1"), name: "n", scope: StoreFixture.scope, instance: "pc-1")
        cluster.status = .completed
        cluster.since = StoreFixture.time(1)
        cluster.wasActivated = true
        cluster.lastGoodAt = StoreFixture.time(2)
        cluster.lastPollAt = StoreFixture.time(3)
        cluster.nextPollAt = StoreFixture.time(4)
        cluster.lastError = "timeout"
        cluster.failingSince = StoreFixture.time(5)
        cluster.isPollFailing = true
        cluster.isStalled = true
        cluster.facts = Self.full.facts
        _ = try store.record(Recording(clusters: [cluster]), at: StoreFixture.time(5))
        #expect(try store.loadClusters([cluster.id, ClusterID("pm-2")]) == [cluster])
        #expect(try store.loadWatched() == [cluster])
        let bare = ClusterRecord(id: cluster.id, scope: StoreFixture.scope)
        _ = try store.record(Recording(clusters: [bare]), at: StoreFixture.start)
        #expect(try store.loadWatched() == [bare])
    }

    @Test
    func `poll times change those four fields only`() throws {
        var cluster = ClusterRecord(id: ClusterID("pm-1"), scope: StoreFixture.scope)
        cluster.status = .activation
        _ = try store.record(Recording(clusters: [cluster]), at: StoreFixture.start)
        let times = PollTimes(
            cluster: cluster.id, lastGoodAt: StoreFixture.time(1), lastPollAt: StoreFixture.time(2),
            nextPollAt: StoreFixture.time(3), lastError: "x")
        _ = try store.record(Recording(pollTimes: [times]), at: StoreFixture.time(2))
        cluster.lastGoodAt = times.lastGoodAt
        cluster.lastPollAt = times.lastPollAt
        cluster.nextPollAt = times.nextPollAt
        cluster.lastError = "x"
        #expect(try store.loadWatched() == [cluster])
    }

    @Test
    func `a poll is not later than the clock shows, which was set back since`() throws {
        let clusters = (1...3).map { ClusterRecord(id: ClusterID("pm-\($0)"), scope: StoreFixture.scope) }
        _ = try store.record(Recording(clusters: clusters), at: StoreFixture.start)
        #expect(try store.lastSeen() == nil)
        for (second, cluster) in clusters.enumerated() {
            let time = StoreFixture.time(1000 + Double(second))
            let times = PollTimes(
                cluster: cluster.id, lastGoodAt: time, lastPollAt: time, nextPollAt: nil, lastError: nil)
            _ = try store.record(Recording(pollTimes: [times]), at: StoreFixture.time(second == 2 ? 40 : 1010))
        }
        #expect(try store.loadWatched().map(\.lastPollAt).compactMap(\.self).min() == StoreFixture.time(40))
        #expect(try store.lastSeen() == StoreFixture.time(1001))
        try store.keepWaits(
            after: StoreFixture.time(1020), change: .seconds(-975), targets: [], at: StoreFixture.time(45))
        #expect(try store.lastSeen() == StoreFixture.time(45))
    }

    @Test
    func `failing scopes are kept until they recover`() throws {
        let failing = ScopeRecord(scope: StoreFixture.scope, failingSince: StoreFixture.time(1))
        _ = try store.record(Recording(scopes: [failing]), at: StoreFixture.start)
        #expect(try store.failingScopes() == [failing])
        _ = try store.record(
            Recording(scopes: [ScopeRecord(scope: StoreFixture.scope, failingSince: nil)]), at: StoreFixture.start)
        #expect(try store.failingScopes() == [])
    }

    @Test
    func `everything recorded is there after a restart`() throws {
        try store.record(Self.full)
        try store.settle(1, .pending, next: 77)
        try store.close()
        let again = try fixture.open()
        #expect(try again.nextAttemptTime(for: "chat") == StoreFixture.time(77))
        #expect(try again.dueAlerts(for: "chat", at: StoreFixture.time(77), limit: 9).map(\.event.event) == [Self.full])
    }
}
