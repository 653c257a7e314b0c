import Model
import Testing

@testable import Alerts

/// A target that goes to another host while messages are under way to it: their ends mean what they always mean.
struct HandOverTests {
    private let hook = TargetPlan(name: "chat", concurrency: 4)
    private let paced = TargetPlan(
        name: "chat", concurrency: 8, pace: Pace(RateLimit(count: 9, per: .seconds(60)), burst: 3))

    /// The host that takes the target over: it knows what is stored, and nothing else.
    private func takeOver(_ bench: inout OutboxBench, _ plan: TargetPlan) {
        bench.outbox = Outbox(plans: [plan], records: Array(bench.store.targets.values), at: bench.now)
    }

    @Test(arguments: [
        DeliveryOutcome.tryAgain(retryAfter: nil), .throttled(retryAfter: nil), .messageRefused, .targetBroken,
    ])
    func `an attempt that fails leaves its alert for the next host`(outcome: DeliveryOutcome) throws {
        var bench = OutboxBench(hook)
        bench.record("a")
        let start = try bench.startOne()
        bench.outbox.configure([], isShared: true, at: bench.now)
        bench.record("b")
        #expect(bench.start().isEmpty, "nothing new begins")
        #expect(bench.outbox.underWay == [start])
        bench.finish(start, outcome, reason: "the receiver was stopped")
        #expect(bench.row(1)?.state == .pending)
        #expect(bench.row(1)?.attempts == 1)
        #expect(bench.row(1)?.note == "the receiver was stopped")
        #expect(bench.outbox.underWay.isEmpty)

        bench.outbox.forget(["chat"])
        takeOver(&bench, hook)
        bench.pass(.seconds(7200))
        let again = bench.start()
        #expect(again.map { $0.alerts[0].event.seq }.sorted() == [1, 2])
        let first = try #require(again.first { $0.alerts[0].event.seq == 1 })
        #expect(first.asPlainText == (outcome == .messageRefused))
        for start in again { bench.finish(start, .delivered) }
        #expect(bench.row(1)?.state == .delivered)
    }

    @Test func `what was delivered meanwhile is delivered`() throws {
        var bench = OutboxBench(hook)
        bench.record("a")
        let start = try bench.startOne()
        bench.outbox.configure([], isShared: true, at: bench.now)
        bench.finish(start, .delivered)
        #expect(bench.row(1)?.state == .delivered)
    }

    @Test func `the next host waits as long as the service has asked for`() throws {
        var bench = OutboxBench(hook)
        for cluster in ["a", "b"] { bench.record(cluster) }
        let starts = bench.start()
        #expect(starts.count == 2)
        bench.outbox.configure([], isShared: true, at: bench.now)
        bench.finish(starts[0], .throttled(retryAfter: .seconds(1800)))
        bench.finish(starts[1], .delivered)
        takeOver(&bench, hook)
        bench.record("c")
        bench.pass(.seconds(1799))
        #expect(bench.start().isEmpty)
        bench.pass(.seconds(1))
        #expect(bench.start().map { $0.alerts[0].event.seq }.sorted() == [1, 3])
    }

    @Test func `the next host does not get a rate anew that is used up`() {
        var bench = OutboxBench(paced)
        for number in 1...6 { bench.record("c\(number)") }
        #expect(bench.start().count == 3)
        bench.outbox.configure([], isShared: true, at: bench.now)
        // Also if none of them ends in time.
        #expect(bench.outbox.hasUnsavedRecords)
        let decision = bench.outbox.decide([], at: bench.now)
        bench.store.commit(decision)
        bench.outbox.apply(decision)
        #expect(bench.store.targets["chat"]?.tokens == 0)
        takeOver(&bench, paced)
        #expect(bench.start().isEmpty)
        bench.pass(.seconds(60))
        #expect(bench.start().count == 3)
    }

    @Test func `what another host used up counts when the target comes back`() {
        var bench = OutboxBench(paced)
        for number in 1...6 { bench.record("c\(number)") }
        #expect(bench.start().count == 3)
        bench.outbox.configure([], isShared: true, at: bench.now)
        bench.outbox.forget(["chat"])
        var record = TargetRecord(name: "chat")
        record.tokens = 1
        record.tokensAt = bench.now
        bench.outbox.configure([paced], records: [record], isShared: true, at: bench.now)
        #expect(bench.start().count == 1)
    }

    @Test func `a digest that failed during the hand-over is sent again as it was`() throws {
        let chat = TargetPlan(
            name: "chat", pace: Pace(RateLimit(count: 60, per: .seconds(60)), burst: 6), digestCapacity: 10)
        var bench = OutboxBench(chat)
        for cluster in ["a", "b", "c"] { bench.record(cluster, kind: .failed) }
        bench.store.release([1, 2, 3], of: "chat", heldBy: [.silence(id: 3, comment: "host moves")], at: bench.now)
        let first = try bench.startOne()
        #expect(first.isDigest)
        bench.outbox.configure([], isShared: true, at: bench.now)
        bench.finish(first, .tryAgain(retryAfter: nil))
        takeOver(&bench, chat)
        bench.pass(.seconds(7200))
        let again = try bench.startOne()
        #expect(again.message == first.message)
        bench.finish(again, .delivered)
        #expect((1...3).allSatisfy { bench.row($0)?.state == .digested })
    }

    @Test func `a target that is this host's again goes on with what is under way`() throws {
        var bench = OutboxBench(hook)
        bench.record("a")
        let start = try bench.startOne()
        bench.outbox.configure([], isShared: true, at: bench.now)
        bench.outbox.configure([hook], isShared: true, at: bench.now)
        bench.record("b")
        let news = bench.start()
        #expect(news.map { $0.alerts[0].event.seq } == [2])
        bench.finish(start, .delivered)
        bench.finish(news[0], .delivered)
        #expect(bench.row(1)?.state == .delivered && bench.row(2)?.state == .delivered)
    }

    @Test func `a suspended target that leaves is not shown as this host's`() throws {
        var bench = OutboxBench(hook)
        for cluster in ["a", "b", "c"] { bench.record(cluster) }
        for start in bench.start() { bench.finish(start, .targetBroken, reason: "no such robot") }
        #expect(bench.outbox.suspended.map(\.name) == ["chat"])
        bench.now = bench.outbox.nextFetchAt(after: bench.now) ?? bench.now
        let probe = try bench.startOne()
        bench.outbox.configure([], isShared: true, at: bench.now)
        #expect(bench.outbox.suspended.isEmpty)
        bench.finish(probe, .delivered)
        #expect(bench.events.last?.kind == .targetRecovered)
        #expect(bench.store.targets["chat"]?.suspendedSince == nil)
    }
}
