import Model
import TestSupport
import Testing

@testable import Store

@Suite(.onBothEngines)
struct AlertOrderTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test
    func `only the oldest alert of a cluster is due`() throws {
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "a"), StoreFixture.event(of: "b"))
        #expect(try store.due(at: 0) == [1, 3])
        try store.settle(1, .delivered)
        #expect(try store.due(at: 0) == [2, 3])
    }

    @Test
    func `an alert that waits for its next attempt holds back its own line only`() throws {
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "a"), StoreFixture.event(of: "b"))
        try store.settle(1, .pending, next: 60)
        #expect(try store.due(at: 59) == [3])
        #expect(try store.due(at: 60) == [1, 3])
        #expect(try store.nextAttemptTime(for: "chat", excluding: [3]) == StoreFixture.time(60))
    }

    @Test
    func `targets do not wait for each other`() throws {
        try store.record(StoreFixture.event(), for: ["chat", "ops"])
        try store.record(StoreFixture.event(), for: ["chat", "ops"])
        try store.settle(1, .pending, target: "chat", next: 3600)
        try store.settle(1, .delivered, target: "ops")
        #expect(try store.due("chat", at: 1) == [])
        #expect(try store.due("ops", at: 1) == [2])
    }

    @Test
    func `events of an account, of another account and of targets are lines of their own`() throws {
        try store.record(
            StoreFixture.event(.pollFailing, of: nil, account: "a"),
            StoreFixture.event(.pollFailing, of: nil, account: "b"),
            StoreFixture.event(.targetFailing, of: nil, account: nil),
            StoreFixture.event(.pollRecovered, of: nil, account: "a"),
            StoreFixture.event(.targetRecovered, of: nil, account: nil), StoreFixture.event(of: "c"))
        #expect(try store.due(at: 0) == [1, 2, 3, 6])
    }

    @Test
    func `what became free is due since it was made, so that the oldest go first`() throws {
        try store.record(StoreFixture.event(of: "a"), at: 1)
        try store.record(StoreFixture.event(of: "a"), at: 2)
        try store.record(StoreFixture.event(of: "b"), at: 3)
        try store.settle(1, .delivered, at: 100)
        #expect(try store.nextAttemptTime(for: "chat") == StoreFixture.time(2))
        #expect(try store.due(at: 100, limit: 1) == [2])
    }

    @Test
    func `after the clock was set back, what becomes free is not due in the future`() throws {
        try store.record(StoreFixture.event(), at: 1000)
        try store.record(StoreFixture.event(), at: 1000)
        try store.settle(1, .delivered, at: 10)
        #expect(try store.due(at: 10) == [2])
    }

    @Test
    func `alerts under way are passed over and hold their line`() throws {
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "a"), StoreFixture.event(of: "b"))
        #expect(try store.due(at: 0, excluding: [1], limit: 1) == [3])
        #expect(try store.due(at: 0, excluding: [1, 3]) == [])
        #expect(try store.nextAttemptTime(for: "chat", excluding: [1, 3]) == nil)
    }

    @Test
    func `a digest settles alerts out of their order, and the lines go on behind it`() throws {
        try store.record(
            StoreFixture.event(of: "a"), StoreFixture.event(of: "a"), StoreFixture.event(of: "b"),
            StoreFixture.event(of: "a"), StoreFixture.event(of: "b"))
        #expect(try store.waitingAlerts(for: "chat", limit: 3).map(\.event.seq) == [1, 2, 3])
        #expect(try store.waitingCount(for: "chat") == 5)
        try store.settle(
            [1, 2, 3].map { Settlement(alert: AlertKey(seq: $0, target: "chat"), state: .digested) },
            at: StoreFixture.time(9))
        #expect(try store.due(at: 9) == [4, 5])
        #expect(try store.waitingCount(for: "chat") == 2)
    }

    @Test
    func `settling one in the middle frees nothing`() throws {
        try store.record(StoreFixture.event(), StoreFixture.event(), StoreFixture.event())
        try store.settle(2, .dead)
        #expect(try store.due(at: 9) == [1])
        try store.settle(1, .delivered)
        #expect(try store.due(at: 9) == [3])
    }

    /// Random operations, and after each the rule: exactly the oldest pending alert of each line has a time.
    @Test(arguments: 1...20)
    func `whatever happens, exactly the heads have a time`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let clusters = ["a", "b", nil]
        for step in 0..<60 {
            let now = Double(step)
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1:
                try store.record(
                    StoreFixture.event(of: clusters[Int.random(in: 0..<3, using: &random)]), for: ["chat", "ops"],
                    at: now)
            case 2:
                let head = try store.due(at: 1e6).randomElement(using: &random)
                if let head { try store.settle(head, .pending, next: now + 30, at: now) }
            case 3:
                let any = Int64.random(in: 1...20, using: &random)
                try store.settle(
                    any, [.dead, .digested, .delivered, .pending].randomElement(using: &random) ?? .dead, at: now)
            case 4:
                let seqs = [Int64.random(in: 1...20, using: &random), Int64.random(in: 1...20, using: &random)]
                try store.change(.retry, seqs, at: now)
            case 5: try store.change(.drop, [Int64.random(in: 1...20, using: &random)], target: "ops", at: now)
            case 6: try store.change(.retry, target: "chat", since: now / 2, at: now)
            case 7: try store.change(.drop, target: "ops", since: now - 3, at: now)
            default: _ = try store.buryAlerts(ofTargetsNotIn: ["chat"], at: StoreFixture.time(now))
            }
            try expectHeadsOnly()
        }
    }

    private func expectHeadsOnly() throws {
        let wrong = try fixture.outside().read {
            try $0.int(
                """
                SELECT count(*) FROM outbox AS o WHERE state = 'pending' AND (next_attempt_at IS NOT NULL) <> (seq = (
                    SELECT min(seq) FROM outbox AS i
                    WHERE i.target = o.target AND i.line = o.line AND i.state = 'pending'))
                """)
        }
        #expect(wrong == 0)
        // Counts that are kept by difference never drift.
        #expect(try store.alertCounts() == store.read { try EventStore.countAlerts(in: $0) })
    }
}
