import Model
import Testing

@testable import Store

@Suite(.onBothEngines)
struct SummaryStoreTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test func `nothing happened is a summary, too`() throws {
        let figures = try store.summary(since: StoreFixture.time(0), until: StoreFixture.time(100))
        #expect(figures == SummaryFigures(since: StoreFixture.time(0), until: StoreFixture.time(100)))
        #expect(SummaryFigures(figures.json) == figures)
    }

    @Test func `it counts what ended in its span, and shows how things stand`() throws {
        let names: [(String, String?, String)] = [
            ("pm-1", "nightly", "ACTIVATION"), ("pm-2", nil, "FAILED"), ("pm-3", "weekly", "PAUSED"),
        ]
        try store.watch(
            names.map { ClusterEntry(id: ClusterID($0.0), name: $0.1, scope: StoreFixture.scope) },
            at: StoreFixture.start)
        try store.record(
            StoreFixture.event(.failed, of: "pm-1", at: -1), StoreFixture.event(.failed, of: "pm-2", at: 0),
            StoreFixture.event(.completed, of: "pm-1", at: 10), StoreFixture.event(.stalled, of: "pm-1", at: 20),
            StoreFixture.event(.failed, of: "pm-2", at: 30), StoreFixture.event(.failed, of: "pm-2", at: 100),
            for: [])
        _ = try store.acknowledge(["k3v9x2ab-5"], by: "li", comment: "x", at: StoreFixture.time(40))
        _ = try store.addSilence(
            SilenceMatchers(), until: StoreFixture.time(500), comment: "moves", author: "li", at: StoreFixture.time(0))
        _ = try store.addSilence(
            SilenceMatchers(), until: StoreFixture.time(50), comment: "over", author: "li", at: StoreFixture.time(0))
        var failing = TargetRecord(name: "chat")
        failing.suspendedSince = StoreFixture.time(7)
        try store.settle([], targets: [failing, TargetRecord(name: "ops")], at: StoreFixture.start)
        try store.write { session in
            for name in names {
                try session.run(
                    "UPDATE clusters SET status = ? WHERE id = ?", [name.2, name.0])
            }
            try session.run(
                """
                UPDATE clusters SET is_stalled = 1, is_running = 1, overdue_limit = 'deadline', overdue_since = ?
                WHERE id = 'pm-1'
                """, [StoreFixture.time(15).milliseconds])
            for (end, cost, source) in [(50.0, 3.5, "observed"), (60, 1.25, "observed"), (70, 100, "listed")] {
                try session.run(
                    """
                    INSERT INTO runs (cluster, account, region, started_at, ended_at, outcome, source, cost,
                        currency, seen_at) VALUES ('pm-1', 'a', 'r', ?, ?, 'failed', ?, ?, 'CNY', 0)
                    """,
                    [
                        StoreFixture.time(end - 5400).milliseconds, StoreFixture.time(end).milliseconds, source, cost,
                    ])
            }
        }
        let figures = try store.summary(since: StoreFixture.time(0), until: StoreFixture.time(100))
        #expect((figures.completed, figures.failed) == (1, 2))
        #expect(figures.failures.map(\.id) == ["k3v9x2ab-5", "k3v9x2ab-2"])
        #expect(figures.failures.map { $0.acknowledgement?.author } == ["li", nil])
        #expect(figures.running.map(\.cluster) == ["pm-1", "pm-3"])
        #expect(figures.runningCount == 2)
        #expect(figures.stalled.map(\.since) == [StoreFixture.time(20)])
        #expect(figures.overdue.map(\.since) == [StoreFixture.time(15)])
        #expect(figures.silences.map(\.comment) == ["moves"])
        #expect(figures.failingTargets.map(\.target) == ["chat"])
        #expect(figures.hours == 3)
        #expect(figures.costs == [Cost(amount: 4.75, currency: "CNY")])
        #expect(SummaryFigures(figures.json) == figures)
        #expect(
            try fixture.reader().summary(since: StoreFixture.time(0), until: StoreFixture.time(100))
                == figures)
    }

    @Test func `what had ended before its span and was first seen in it is not counted`() throws {
        func seen(
            _ kind: EventKind, _ cluster: String, at seconds: Double, ended: Double?, _ sighting: Sighting = .firstSeen
        )
            -> Event
        {
            var event = StoreFixture.event(kind, of: cluster, at: seconds)
            event.sighting = sighting
            event.apiTime = ended.map(StoreFixture.time)
            return event
        }
        try store.record(
            for: [],
            [
                seen(.failed, "old", at: 150, ended: 99), seen(.completed, "old-2", at: 150, ended: 3),
                seen(.failed, "new", at: 150, ended: 100), seen(.failed, "untimed", at: 151, ended: nil),
                // Not known before either, but missed while it was watched.
                seen(.failed, "late", at: 152, ended: 50, .late), seen(.completed, "done", at: 160, ended: 155),
            ])
        let figures = try store.summary(since: StoreFixture.time(100), until: StoreFixture.time(200))
        #expect(figures.failures.map(\.cluster) == ["late", "untimed", "new"])
        #expect(figures.failed == 3 && figures.completed == 1)
    }

    @Test func `its lists are bounded, its counts are not`() throws {
        let count = SummaryFigures.longest + 10
        try store.record(
            for: [], (0..<count).map { StoreFixture.event(.failed, of: "pm-\($0)", at: Double($0)) })
        let figures = try store.summary(since: StoreFixture.time(0), until: StoreFixture.time(1000))
        #expect(figures.failed == count)
        #expect(figures.failures.count == SummaryFigures.longest)
        #expect(figures.failures.first?.cluster == "pm-\(count - 1)")
    }
}

extension EventStore {
    fileprivate func record(for targets: [String], _ events: [Event]) throws {
        _ = try record(
            Recording(events: events.map { RoutedEvent(event: $0, targets: targets) }), at: StoreFixture.start)
    }
}
