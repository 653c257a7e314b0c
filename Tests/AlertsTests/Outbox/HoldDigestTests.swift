import Model
import Testing

@testable import Alerts

/// Alerts whose hold ended together: one message, the same one until it has arrived.
struct HoldDigestTests {
    private let chat = TargetPlan(
        name: "chat", pace: Pace(RateLimit(count: 60, per: .seconds(60)), burst: 6), digestCapacity: 10)
    private let reason = HoldReason.silence(id: 3, comment: "host moves")

    private func released(_ bench: inout OutboxBench, _ seqs: [Int64]) {
        bench.store.release(seqs, of: "chat", heldBy: [reason], at: bench.now)
    }

    @Test func `they are one digest at once, and news goes by itself`() throws {
        var bench = OutboxBench(chat)
        for cluster in ["a", "b", "c"] { bench.record(cluster, kind: .failed) }
        released(&bench, [1, 2, 3])
        bench.record("d")
        let starts = bench.start()
        let digest = try #require(starts.first { $0.isDigest })
        #expect(digest.alerts.map(\.event.seq) == [1, 2, 3])
        guard case .digest(let message) = digest.message else { return }
        #expect(message.heldBy == [reason])
        #expect(message.events.allSatisfy { $0.heldBy == [reason] })
        bench.finish(digest, .delivered)
        #expect((1...3).allSatisfy { bench.row($0)?.state == .digested })
        #expect(bench.start().map { $0.alerts.map(\.event.seq) } == [[4]] || starts.count == 2)
    }

    @Test func `a restart before its arrival sends the same digest, whatever was released since`() throws {
        var bench = OutboxBench(chat)
        for cluster in ["a", "b"] { bench.record(cluster, kind: .failed) }
        released(&bench, [1, 2])
        let first = try bench.startOne()
        bench.outbox = Outbox(plans: [chat], records: Array(bench.store.targets.values), at: bench.now)
        for cluster in ["c", "d"] { bench.record(cluster, kind: .failed) }
        released(&bench, [3, 4])
        let again = try bench.startOne()
        #expect(again.message == first.message)
        bench.finish(again, .delivered)
        #expect(try bench.startOne().alerts.map(\.event.seq) == [3, 4])
    }

    @Test func `it waits for the attempt that is under way in one of its lines`() throws {
        var bench = OutboxBench(TargetPlan(name: "chat", concurrency: 4, groupCapacity: 50))
        bench.record("a", kind: .failed)
        bench.record("b", kind: .failed)
        bench.store.release([1, 2], of: "chat", heldBy: [reason], at: bench.now)
        bench.store.hide([1, 2], of: "chat")
        bench.record("a", kind: .restarted)
        let news = try bench.startOne()
        #expect(news.alerts.map(\.event.seq) == [3])
        bench.store.show([1, 2], of: "chat")
        bench.outbox.wake(["chat"], at: bench.now)
        #expect(bench.start().isEmpty)
        bench.finish(news, .delivered)
        #expect(try bench.startOne().alerts.map(\.event.seq) == [1, 2])
    }

    @Test func `a receiver that refuses the digest gets each by itself`() throws {
        var bench = OutboxBench(chat)
        for cluster in ["a", "b"] { bench.record(cluster, kind: .failed) }
        released(&bench, [1, 2])
        bench.finish(try bench.startOne(), .messageRefused)
        bench.finish(try bench.startOne(), .messageRefused)
        let single = try bench.startOne()
        #expect(!single.isDigest)
        guard case .alert(let stored) = single.message else { return }
        #expect(stored.heldBy == [reason])
    }

    @Test func `one that is left of them goes as itself`() throws {
        var bench = OutboxBench(chat)
        bench.record("a", kind: .failed)
        released(&bench, [1])
        let start = try bench.startOne()
        #expect(!start.isDigest)
        guard case .alert(let stored) = start.message else { return }
        #expect(stored.heldBy == [reason])
    }
}
