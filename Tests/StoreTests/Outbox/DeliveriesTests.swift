import Model
import Testing

@testable import Store

/// What a target took lately: all that is needed to know what an Alertmanager is to hold.
@Suite(.onBothEngines)
struct DeliveriesTests {
    private let store: EventStore
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        for number in 1...6 {
            try store.record(StoreFixture.event(of: "pm-\(number)"), for: ["am", "chat"], at: Double(number))
        }
    }

    private func attempt(_ seq: Int64, _ outcome: DeliveryOutcome, target: String = "am", at seconds: Double) throws {
        let record = AttemptRecord(
            startedAt: StoreFixture.time(seconds), duration: .milliseconds(20), verdict: Verdict(outcome))
        let isOver = outcome == .delivered || outcome == .accepted
        try store.settle(
            seq, isOver ? .delivered : .pending, target: target, next: isOver ? nil : seconds + 60, attempt: record,
            at: seconds + 1)
    }

    private func deliveries(since seconds: Double, limit: Int = 100) throws -> [Int64] {
        try store.deliveries(to: "am", since: StoreFixture.time(seconds), limit: limit).map(\.event.seq)
    }

    @Test func `in the order in which they were taken, and only those that were`() throws {
        try attempt(3, .delivered, at: 30)
        try attempt(1, .tryAgain(retryAfter: nil), at: 31)
        try attempt(2, .delivered, target: "chat", at: 32)
        try attempt(4, .accepted, at: 33)
        try attempt(1, .delivered, at: 40)
        #expect(try deliveries(since: 0) == [3, 1])
        let last = try #require(try store.deliveries(to: "am", since: StoreFixture.start, limit: 9).last)
        #expect(last.deliveredAt == StoreFixture.time(40))
        #expect(last.event.id == "k3v9x2ab-1")
        #expect(last.event.event.cluster == ClusterID("pm-1"))
    }

    @Test func `those of before do not count, and of too many the newest do`() throws {
        for seq in Int64(1)...6 { try attempt(seq, .delivered, at: Double(seq) * 10) }
        #expect(try deliveries(since: 30) == [3, 4, 5, 6])
        #expect(try deliveries(since: 0, limit: 2) == [5, 6])
        #expect(try deliveries(since: 61).isEmpty)
    }
}
