import Model
import Testing

@testable import Store

@Suite(.onBothEngines)
struct SilenceStoreTests {
    private let fixture: StoreFixture
    private let store: EventStore
    private let matchers = SilenceMatchers(
        clusters: ["pm-*", "nightly \"x\""], labels: [.init(key: "team", value: "nlp=1")], events: [.failed, .overdue],
        targets: ["chat"])

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func reader() throws -> HistoryReader { try fixture.reader() }

    @Test
    func `a silence is read as it was written, by both kinds of readers`() throws {
        let first = try store.addSilence(
            matchers, until: StoreFixture.time(3600), comment: "host moves, 搬家", author: "li", at: StoreFixture.time(0))
        let second = try store.addSilence(
            SilenceMatchers(), until: StoreFixture.time(60), comment: "all", author: "li", drops: true,
            at: StoreFixture.time(1))
        #expect((first.id, second.id) == (1, 2))
        #expect(try store.loadSilences(endedSince: StoreFixture.time(0)) == [first, second])
        #expect(try store.loadSilences(endedSince: StoreFixture.time(61)) == [first])
        #expect(try reader().silences(at: StoreFixture.time(61)).map(\.silence) == [first, second])
        #expect(second.matchers.isEmpty)
    }

    @Test
    func `a silence that was ended stays listed for seven days, and its id is not given again`() throws {
        let silence = try store.addSilence(
            matchers, until: StoreFixture.time(3600), comment: "x", author: "li", at: StoreFixture.time(0))
        let ended = try #require(try store.endSilence(silence.id, at: StoreFixture.time(10)))
        #expect(ended.silence.endsAt == StoreFixture.time(10))
        #expect(ended.json(at: StoreFixture.time(10))["state"]?.stringValue == "ended")
        // Ending it again changes nothing.
        #expect(try store.endSilence(silence.id, at: StoreFixture.time(20))?.silence == ended.silence)
        #expect(try store.endSilence(99, at: StoreFixture.time(20)) == nil)
        let week = 7 * 86_400.0
        #expect(try reader().silences(at: StoreFixture.time(10 + week)).count == 1)
        #expect(try reader().silences(at: StoreFixture.time(11 + week)).isEmpty)
        #expect(try reader().silences(all: true, at: StoreFixture.time(11 + week)).count == 1)
    }

    @Test
    func `silences that ended long ago leave with the history`() throws {
        for end in [10.0, 20, 1e6] {
            _ = try store.addSilence(
                matchers, until: StoreFixture.time(end), comment: "x", author: "li", at: StoreFixture.start)
        }
        func prune(at seconds: Double, keep: Duration?) throws {
            var place: PrunePlace? = .start
            while let from = place {
                place = try store.prune(keep: keep, at: StoreFixture.time(seconds), from: from, batch: 1)
            }
        }
        let week = 7 * 86_400.0
        try prune(at: week + 15, keep: nil)
        #expect(try reader().silences(all: true, at: StoreFixture.start).count == 3)
        try prune(at: week + 15, keep: .seconds(60))
        #expect(try reader().silences(all: true, at: StoreFixture.start).map(\.silence.id) == [2, 3])
    }

    @Test
    func `held alerts are counted for each silence that holds them`() throws {
        let until = StoreFixture.time(3600)
        func held(_ reasons: HoldReason...) -> AlertDecision {
            AlertDecision(target: "chat", disposition: .held(Hold(until: until, reasons: reasons)))
        }
        for id in 1...2 {
            _ = try store.addSilence(
                SilenceMatchers(), until: until, comment: "c\(id)", author: "li", at: StoreFixture.start)
        }
        let one = HoldReason.silence(id: 1, comment: "c1")
        let two = HoldReason.silence(id: 2, comment: "c2")
        _ = try store.record(
            Recording(events: [
                RoutedEvent(event: StoreFixture.event(of: "a"), alerts: [held(one)]),
                RoutedEvent(event: StoreFixture.event(of: "b"), alerts: [held(one, two, .hours(route: 3))]),
                RoutedEvent(event: StoreFixture.event(of: "c"), targets: ["chat"]),
            ]), at: StoreFixture.start)
        #expect(try reader().silences(at: StoreFixture.start).map(\.held) == [2, 1])
        #expect(try store.silence(2)?.held == 1)
        #expect(try store.alertCounts() == AlertCounts(pending: 1, dead: 0, held: 2))
        #expect(try reader().alertCounts() == AlertCounts(pending: 1, dead: 0, held: 2))
        var rows: [AlertRow] = []
        try reader().alerts(AlertFilter()) { rows.append($0) }
        #expect(rows.map(\.state) == [.held, .held, .pending])
        #expect(rows.map(\.heldUntil) == [until, until, nil])
        #expect(rows[1].heldBy == [one, two, .hours(route: 3)])
        #expect(
            rows[1].heldBy.json.text()
                == #"[{"comment":"c1","silence":1},{"comment":"c2","silence":2},{"hours":"routes[3]"}]"#)
    }

    @Test(arguments: [
        #"{"event": ["failed", "exploded"]}"#, #"{"label": ["no-value"]}"#, #"{"cluster": "pm-1"}"#,
        #"{"target": [1]}"#, "[]", "7",
    ])
    func `matchers that say more than this version knows match nothing`(text: String) throws {
        #expect(SilenceMatchers(try JSONValue(parsing: Array(text.utf8))) == nil)
        _ = try store.addSilence(
            SilenceMatchers(), until: StoreFixture.time(60), comment: "c", author: "a", at: StoreFixture.start)
        try store.write { try $0.run("UPDATE silences SET matchers = ?", [text]) }
        #expect(try store.loadSilences(endedSince: StoreFixture.start).isEmpty)
    }

    @Test
    func `a new alert that is dropped, held or sent stands so in the outbox`() throws {
        let hold = Hold(until: StoreFixture.time(60), reasons: [.hours(route: 0)])
        _ = try store.record(
            Recording(events: [
                RoutedEvent(
                    event: StoreFixture.event(),
                    alerts: [
                        AlertDecision(target: "a"), AlertDecision(target: "b", disposition: .held(hold)),
                        AlertDecision(target: "c", disposition: .suppressed(reason: "suppressed by silence 1: x")),
                    ])
            ]), at: StoreFixture.start)
        let rows = try reader().alerts(ofEvent: 1)
        #expect(rows.map(\.state) == [.pending, .held, .suppressed])
        #expect(rows[2].lastError == "suppressed by silence 1: x")
        #expect(try store.due("a", at: 0) == [1])
        #expect(try store.due("b", at: 1000).isEmpty)
    }

    @Test
    func `what holds an alert holds the good news after it, and nothing of another task`() throws {
        let hold = Hold(until: StoreFixture.time(60), reasons: [.hours(route: 0)])
        _ = try store.record(
            Recording(events: [
                RoutedEvent(
                    event: StoreFixture.event(), alerts: [AlertDecision(target: "chat", disposition: .held(hold))]),
                RoutedEvent(event: StoreFixture.event(.restarted), targets: ["chat"]),
                RoutedEvent(event: StoreFixture.event(.restarted, of: "pm-other"), targets: ["chat"]),
            ]), at: StoreFixture.start)
        #expect(try store.due(at: 0) == [3])
    }

    @Test
    func `an operator can send or drop what is held`() throws {
        let hold = Hold(until: StoreFixture.time(60), reasons: [.hours(route: 0)])
        for cluster in ["a", "b"] {
            _ = try store.record(
                Recording(events: [
                    RoutedEvent(
                        event: StoreFixture.event(of: cluster),
                        alerts: [AlertDecision(target: "chat", disposition: .held(hold))])
                ]), at: StoreFixture.start)
        }
        #expect(try store.change(.retry, [1], at: 1).changed.map(\.was) == [.held])
        #expect(try store.due(at: 1) == [1])
        #expect(try store.change(.drop, [2], at: 1).changed.map(\.was) == [.held])
        #expect(try store.alertCounts() == AlertCounts(pending: 1, dead: 0, held: 0))
    }
}
