import Model
import Testing

@testable import Store

/// Orders about more alerts than one transaction changes.
@Suite(.onBothEngines)
struct BacklogTests {
    private let fixture: StoreFixture
    private let store: EventStore
    private static let count = EventStore.backlogBatch * 2 + 500

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    /// One dead alert in three for chat, the rest waits; as many wait for ops.
    private func fill() throws {
        let events = (0..<Self.count).map {
            RoutedEvent(event: StoreFixture.event(of: "c\($0 % 7)", at: Double($0)), targets: ["chat", "ops"])
        }
        let stored = try store.record(Recording(events: events), at: StoreFixture.start)
        let dead = stored.filter { $0.seq % 3 == 0 }.map {
            Settlement(alert: AlertKey(seq: $0.seq, target: "chat"), state: .dead, note: "refused")
        }
        try store.settle(dead, at: StoreFixture.start)
    }

    private func expectCounts(pending: Int, dead: Int) throws {
        #expect(try store.alertCounts() == AlertCounts(pending: pending, dead: dead))
        #expect(try store.alertCounts() == store.read { try EventStore.countAlerts(in: $0) })
    }

    @Test
    func `a retry of a target goes from batch to batch, names the first and counts all`() throws {
        try fill()
        let dead = Self.count / 3
        try expectCounts(pending: Self.count * 2 - dead, dead: dead)
        var parts = 0
        var place: AlertPlace?
        var answer = AlertAnswer()
        let now = StoreFixture.time(1e6)
        repeat {
            let part = try store.change(.retry, AlertOrder(target: "chat"), from: place, at: now)
            #expect(part.answer.changedCount <= EventStore.backlogBatch)
            answer.add(part.answer)
            place = part.next
            parts += 1
        } while place != nil
        #expect(parts >= 3)
        #expect(answer.changedCount == Self.count)
        #expect(answer.changed.count == AlertAnswer.listed)
        #expect(answer.targets == ["chat"])
        try expectCounts(pending: Self.count * 2, dead: 0)
        // The heads, each the oldest of its line, are due at once.
        #expect(try store.due("chat", at: 1e6) == [1, 2, 3, 4, 5, 6, 7])
        let due = try store.dueAlerts(for: "chat", at: now, limit: 1)
        #expect(due.map(\.createdAt) == [now], "it waits anew")
        #expect(try store.waitingCount(for: "chat", limit: 100) == 100)
    }

    @Test
    func `those that wait for their next attempt are due at once, and their state before is named`() throws {
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "a"), StoreFixture.event(of: "b"))
        try store.settle(1, .pending, next: 4000)
        try store.settle(3, .dead)
        #expect(try store.due(at: 10) == [])
        let answer = try store.change(.retry, target: "chat", at: 10)
        #expect(answer.changed.map(\.was) == [.pending, .pending, .dead])
        #expect(try store.due(at: 10) == [1, 3])
        #expect(try store.nextAttemptTime(for: "chat") == StoreFixture.time(10))
    }

    @Test
    func `each named alert says what it was`() throws {
        let states: [AlertState] = [.pending, .dead, .delivered, .accepted, .suppressed, .digested]
        for (index, state) in states.enumerated() {
            try store.record(StoreFixture.event(of: "c\(index)"))
            if state != .pending { try store.settle(Int64(index + 1), state) }
        }
        let all = Array(Int64(1)...6)
        let retry = try store.change(.retry, all + [2], at: 5)
        #expect(retry.changed.map(\.was) == [.pending, .dead, .suppressed])
        #expect(retry.unchanged.map(\.was) == [.delivered, .accepted, .digested])
        let drop = try store.change(.drop, all, at: 6)
        #expect(drop.changed.map(\.was) == [.pending, .pending, .pending])
        #expect(drop.unchanged.map(\.was) == [.delivered, .accepted, .digested])
        #expect(try store.change(.drop, [1], at: 7).unchanged.map(\.was) == [.suppressed])
    }

    @Test
    func `a target that nobody knows is named, one that is configured is not`() throws {
        try store.record(StoreFixture.event(), for: ["old"])
        try store.settle(1, .delivered, target: "old")
        let order = AlertOrder(target: "chta")
        #expect(try store.changeAll(.retry, order, at: StoreFixture.start).unknownTarget == "chta")
        #expect(try store.changeAll(.retry, order, knownTargets: ["chta"], at: StoreFixture.start) == AlertAnswer())
        #expect(try store.change(.retry, target: "old", at: 1) == AlertAnswer())
        #expect(try store.change(.retry, [1], target: "chta", at: 1).unknownTarget == "chta")
    }

    @Test
    func `the backlog of a removed target is buried a batch at a time, and is not sent meanwhile`() throws {
        try fill()
        let dead = Self.count / 3
        let first = try store.buryAlerts(ofTargetsNotIn: ["chat"], at: StoreFixture.time(9))
        #expect(first == ("ops", EventStore.backlogBatch, true))
        var buried = first.buried
        while true {
            let part = try store.buryAlerts(ofTargetsNotIn: ["chat"], at: StoreFixture.time(9))
            buried += part.buried
            guard part.isMore else { break }
        }
        #expect(buried == Self.count)
        try expectCounts(pending: Self.count - dead, dead: dead + Self.count)
        let answer = try store.change(.drop, target: "ops", since: Double(Self.count - 10), at: 10)
        #expect(answer.changedCount == 10)
        try expectCounts(pending: Self.count - dead, dead: dead + Self.count - 10)
    }

    @Test
    func `what is being sent to a removed target is not buried, also if nothing else waits for it`() throws {
        let events = (0..<5).map {
            RoutedEvent(event: StoreFixture.event(of: "c\($0 % 2)", at: Double($0)), targets: ["old", "ops"])
        }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        let underWay: Set = [AlertKey(seq: 1, target: "old"), AlertKey(seq: 4, target: "old")]
        func bury() throws -> (target: String?, buried: Int, isMore: Bool) {
            try store.buryAlerts(ofTargetsNotIn: ["ops"], sparing: underWay, at: StoreFixture.time(9))
        }
        #expect(try bury() == ("old", 3, true))
        #expect(try bury() == (nil, 0, false))
        try expectCounts(pending: 5 + 2, dead: 3)
        #expect(try store.buryAlerts(ofTargetsNotIn: ["ops"], at: StoreFixture.time(9)) == ("old", 2, true))
        try expectCounts(pending: 5, dead: 5)
    }

    @Test
    func `after a retry each line has one head, the oldest, however its alerts were mixed`() throws {
        try fill()
        // Alerts of chat in front of, between and behind the dead of each line are delivered.
        for seq: Int64 in [1, 2, 4, 5, 20, 22] { try store.settle(seq, .delivered) }
        _ = try store.changeAll(
            .retry, AlertOrder(target: "chat", since: StoreFixture.time(2)), at: StoreFixture.time(1e6))
        let heads = try store.read { session in
            try session.rows(
                """
                SELECT line, min(seq) AS oldest, count(next_attempt_at) AS timed,
                    max(CASE WHEN next_attempt_at IS NOT NULL THEN seq END) AS head
                FROM outbox WHERE target = 'chat' AND state = 'pending' GROUP BY line
                """
            ) { (oldest: $0[1] as Int64, timed: $0[2] as Int64, head: $0[3] as Int64?) }
        }
        #expect(heads.count == 7)
        for row in heads {
            #expect(row.timed == 1)
            #expect(row.head == row.oldest)
        }
    }

    @Test
    func `an event of a later version is named as such, and the next in line goes on once it is settled`() throws {
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "a"))
        try fixture.outside().write { try $0.run("UPDATE events SET event = 'hibernated' WHERE seq = 1") }
        #expect(try store.due(at: 1) == [])
        let alert = AlertKey(seq: 1, target: "chat")
        #expect(
            try store.unreadableAlerts(for: "chat", dueBy: StoreFixture.time(1), limit: 10)
                == [UnreadableAlert(key: alert, kind: "hibernated")])
        try store.settle([Settlement(alert: alert, state: .dead, note: "unknown")], at: StoreFixture.time(1))
        #expect(try store.due(at: 1) == [2])
        #expect(try store.unreadableAlerts(for: "chat", dueBy: StoreFixture.time(1), limit: 10) == [])
        #expect(try store.alertCounts() == AlertCounts(pending: 1, dead: 1))
    }

    @Test
    func `a retry without a daemon makes the probe of a suspended target due, and of no other`() throws {
        var suspended = TargetRecord(name: "chat")
        suspended.suspendedSince = StoreFixture.time(1)
        suspended.probeAt = StoreFixture.time(4000)
        suspended.digestGroup = .targets
        suspended.digestThrough = 3
        let well = TargetRecord(name: "ops")
        try store.settle([], targets: [suspended, well], at: StoreFixture.time(1))
        #expect(try store.loadTargets() == [suspended, well])
        try store.makeProbesDue(of: ["chat", "ops", "nobody"], at: StoreFixture.time(100))
        suspended.probeAt = StoreFixture.time(100)
        #expect(try store.loadTargets() == [suspended, well])
    }
}
