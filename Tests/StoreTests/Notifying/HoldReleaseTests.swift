import Model
import Testing

@testable import Store

/// The end of holds: one commit that sends what is still true, together, and nothing else.
@Suite(.onBothEngines)
struct HoldReleaseTests {
    let fixture: StoreFixture
    let store: EventStore
    let reason = HoldReason.silence(id: 1, comment: "host moves")

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @discardableResult
    func hold(
        _ kind: EventKind, of cluster: String? = "pm-1", target: String = "chat", until: Double = 60,
        isHeld: Bool = true,
        change: (inout Event) -> Void = { _ in }
    ) throws -> Int64 {
        var event = StoreFixture.event(kind, of: cluster)
        change(&event)
        let hold = Hold(until: StoreFixture.time(until), reasons: [reason])
        let alert = AlertDecision(target: target, disposition: isHeld ? .held(hold) : .pending)
        return try store.record(
            Recording(events: [RoutedEvent(event: event, alerts: [alert])]), at: StoreFixture.start)[0].seq
    }

    func release(
        at seconds: Double, all: Bool = false, capacity: Int? = 50,
        _ decide: (StoredEvent, String, Hold) -> AlertDisposition? = { _, _, _ in .pending }
    ) throws -> Released {
        let now = StoreFixture.time(seconds)
        return try store.releaseHolds(dueBy: all ? nil : now, at: now, capacity: { _ in capacity }, deciding: decide)
    }

    func rows() throws -> [AlertRow] {
        var rows: [AlertRow] = []
        try fixture.reader().alerts(AlertFilter(states: Set(AlertState.allCases))) { rows.append($0) }
        return rows
    }

    func digest(_ seq: Int64) throws -> Int64? {
        try store.waitingAlerts(for: "chat", limit: 1000).first { $0.event.seq == seq }?.digestThrough
    }

    @Test func `nothing is looked at before its time`() throws {
        try hold(.failed)
        #expect(try store.nextHoldEnd() == StoreFixture.time(60))
        #expect(try release(at: 59) == Released())
        #expect(try rows().map(\.state) == [.held])
    }

    @Test func `what is released together is one message of its target, and waits from then on`() throws {
        try hold(.failed, of: "a")
        try hold(.completed, of: "b")
        try hold(.failed, of: "a", target: "ops")
        let released = try release(at: 60)
        #expect(released.targets == ["chat", "ops"])
        #expect(released.sent == 3)
        #expect(try rows().map(\.state) == [.pending, .pending, .pending])
        #expect(try rows().allSatisfy { $0.heldBy == [reason] && $0.heldUntil == nil })
        let waiting = try store.waitingAlerts(for: "chat", limit: 10)
        #expect(waiting.map(\.digestThrough) == [2, 2])
        #expect(waiting.map(\.createdAt) == [StoreFixture.time(60), StoreFixture.time(60)])
        #expect(waiting.map(\.heldBy) == [[reason], [reason]])
        #expect(try store.waitingAlerts(for: "ops", limit: 10).map(\.digestThrough) == [nil])
        #expect(try store.nextHoldEnd() == nil)
        #expect(try store.alertCounts() == AlertCounts(pending: 3, dead: 0, held: 0))
    }

    @Test func `a service that keeps incidents gets each by itself, and a long queue becomes several messages`() throws
    {
        for index in 0..<5 { try hold(.failed, of: "pm-\(index)") }
        _ = try release(at: 60, capacity: 2)
        #expect(try store.waitingAlerts(for: "chat", limit: 10).map(\.digestThrough) == [2, 2, 4, 4, nil])
        for index in 0..<2 { try hold(.failed, of: "pc-\(index)") }
        _ = try release(at: 60, capacity: nil)
        #expect(try store.waitingAlerts(for: "chat", limit: 10).suffix(2).map(\.digestThrough) == [nil, nil])
    }

    @Test func `failures are in the first of several messages, and each task's alerts are in one`() throws {
        try hold(.completed, of: "a")
        try hold(.completed, of: "b")
        try hold(.restarted, of: "c")
        try hold(.completed, of: "d")
        try hold(.failed, of: "c")
        try hold(.failed, of: "e")
        _ = try release(at: 60, capacity: 3)
        #expect(try store.waitingAlerts(for: "chat", limit: 10).map(\.digestThrough) == [4, 4, 6, 4, 6, 6])
    }

    @Test func `a task with more alerts than a message holds gets messages of its own`() throws {
        try hold(.completed, of: "a")
        for _ in 0..<2 {
            try hold(.started, of: "b")
            try hold(.completed, of: "b")
        }
        try hold(.completed, of: "c")
        _ = try release(at: 60, capacity: 3)
        #expect(try store.waitingAlerts(for: "chat", limit: 10).map(\.digestThrough) == [6, 4, 4, 4, nil, 6])
    }

    static let troubles: [(EventKind, EventKind, String?)] = [
        (.stalled, .stallEnded, "pm-1"), (.pollFailing, .pollRecovered, nil), (.targetFailing, .targetRecovered, nil),
    ]

    @Test(arguments: troubles)
    func `trouble that is over is suppressed with its end`(opener: EventKind, end: EventKind, cluster: String?) throws {
        func named(_ name: String) -> (inout Event) -> Void {
            { if opener == .targetFailing { $0.target = name } else if cluster == nil { $0.region = name } }
        }
        try hold(opener, of: cluster, change: named("x"))
        try hold(end, of: cluster, change: named("x"))
        // Of another task, account or target: still on.
        try hold(opener, of: cluster.map { $0 + "0" }, change: named("y"))
        // Sent before the hold: its end is news.
        try hold(opener, of: cluster.map { $0 + "1" }, isHeld: false, change: named("z"))
        try store.settle(4, .delivered)
        try hold(end, of: cluster.map { $0 + "1" }, change: named("z"))
        let released = try release(at: 60)
        #expect(released.suppressed == 2)
        #expect(try rows().map(\.state) == [.suppressed, .suppressed, .pending, .delivered, .pending])
        #expect(
            try rows()[0].lastError
                == "not sent: the problem was already over when the hold ended (\(end.rawValue), k3v9x2ab-2)")
        #expect(
            try rows()[1].lastError
                == "not sent: this alert reports the end of k3v9x2ab-1 (\(opener.rawValue)), and the alert about k3v9x2ab-1 was never sent"
        )
    }

    @Test func `what came to an end is sent whatever came after it`() throws {
        for kind in [EventKind.failed, .restarted, .stalled, .failed, .restarted, .completed, .gone] { try hold(kind) }
        _ = try release(at: 60)
        #expect(
            try rows().map(\.state)
                == [.pending, .pending, .suppressed, .pending, .pending, .pending, .pending])
    }

    @Test func `an escalation is not sent once somebody has it in hand`() throws {
        try hold(.failed, isHeld: false)
        try hold(.failed, target: "oncall") { $0 = $0.escalated(of: "k3v9x2ab-1") }
        try hold(.failed, of: "pm-2", isHeld: false)
        try hold(.failed, of: "pm-2", target: "oncall") { $0 = $0.escalated(of: "k3v9x2ab-3") }
        _ = try store.acknowledge(["k3v9x2ab-1"], by: "li", comment: nil, at: StoreFixture.time(30))
        _ = try release(at: 60)
        #expect(try rows().map(\.state) == [.pending, .suppressed, .pending, .pending])
        #expect(try rows()[1].lastError == "not sent: li acknowledged the problem before the hold ended")
    }

    @Test func `a hold that goes on is kept with all its reasons`() throws {
        try hold(.failed)
        let longer = Hold(until: StoreFixture.time(90), reasons: [.hours(route: 2)])
        #expect(try release(at: 60) { _, _, _ in .held(longer) }.sent == 0)
        let row = try #require(try rows().first)
        #expect(row.state == .held)
        #expect(row.heldUntil == StoreFixture.time(90))
        #expect(row.heldBy == [reason, .hours(route: 2)])
    }

    @Test func `a target that is put back before the hold ends gets what was held, and else it is dead`() throws {
        try hold(.failed)
        #expect(try release(at: 30, all: true) { _, _, _ in nil } == Released())
        #expect(try rows().map(\.state) == [.held])
        #expect(try release(at: 60) { _, _, _ in nil }.dead == 1)
        #expect(try rows().map(\.state) == [.dead])
        #expect(try store.alertCounts() == AlertCounts(pending: 0, dead: 1, held: 0))
        try store.change(.retry, [1], at: 70)
        #expect(try store.due(at: 70) == [1])
    }

    @Test func `a release that is cut off has not happened`() throws {
        try hold(.failed, of: "a")
        try hold(.failed, of: "b")
        struct Cut: Error {}
        #expect(throws: Cut.self) {
            try store.transaction { store in
                _ = try store.releaseHolds(
                    dueBy: nil, at: StoreFixture.time(60), capacity: { _ in 50 }, deciding: { _, _, _ in .pending })
                throw Cut()
            }
        }
        #expect(try rows().map(\.state) == [.held, .held])
    }

    @Test func `many held alerts are released in parts`() throws {
        let hold = Hold(until: StoreFixture.time(60), reasons: [reason])
        let events = (0..<4500).map { index in
            RoutedEvent(
                event: StoreFixture.event(of: "pm-\(index)"),
                alerts: [AlertDecision(target: "chat", disposition: .held(hold))])
        }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        var sent: [Int] = []
        var place: HoldPlace? = .start
        while let from = place {
            let part = try store.releaseHolds(
                dueBy: nil, from: from, at: StoreFixture.time(60), capacity: { _ in 50 },
                deciding: { _, _, _ in .pending })
            sent.append(part.sent)
            place = part.next
        }
        #expect(sent == [2000, 2000, 500])
        #expect(try store.due(at: 60, limit: 5000).count == 4500)
    }
}
