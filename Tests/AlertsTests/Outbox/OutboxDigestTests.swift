import Model
import TestSupport
import Testing

@testable import Alerts

/// When several alerts go in one message.
struct OutboxDigestTests {
    private typealias Bench = OutboxBench

    private let hook = TargetPlan(name: "chat", concurrency: 4)
    private let chat = TargetPlan(
        name: "chat", pace: Pace(RateLimit(count: 18, per: .seconds(60)), burst: 6), digestCapacity: 10)

    @Test func `more than a minute's worth is reported as a digest of the oldest`() {
        var bench = Bench(chat)
        for number in 1...25 { bench.record("c\(number % 5)", kind: number == 7 ? .failed : .completed) }
        let starts = bench.start()
        #expect(starts.count == 1)
        #expect(starts[0].isDigest)
        #expect(starts[0].alerts.map(\.event.seq) == Array(1...10))
        guard case .digest(let digest) = starts[0].message else { return }
        #expect(digest.id == "k3v9x2ab-1..10")
        #expect(digest.byUrgency.map(\.seq).prefix(3) == [7, 1, 2])

        bench.finish(starts[0], .delivered)
        #expect(bench.row(1)?.state == .digested)
        #expect(bench.row(10)?.note == "sent in digest k3v9x2ab-1..10")
        // Fifteen are left: one by one.
        let next = bench.start()
        #expect(next.map(\.isDigest) == [false])
        #expect(next[0].alerts[0].event.seq == 11)
    }

    @Test func `a digest that failed is the same one next time, after a crash too`() throws {
        var bench = Bench(chat)
        for number in 1...25 { bench.record("c\(number)") }
        let first = try bench.startOne()
        bench.finish(first, .tryAgain(retryAfter: nil))
        for number in 30...40 { bench.record("c\(number)") }
        bench.outbox = Outbox(plans: [chat], records: Array(bench.store.targets.values), at: bench.now)
        var again: Start?
        for _ in 0..<300 where again == nil {
            for start in bench.start() {
                if start.isDigest { again = start } else { bench.finish(start, .tryAgain(retryAfter: nil)) }
            }
            bench.pass(.seconds(1))
        }
        #expect(again?.message.id == first.message.id)
        #expect(again?.alerts.map(\.event) == first.alerts.map(\.event))
    }

    @Test func `a digest that is refused also as plain text is reported one by one`() throws {
        var bench = Bench(chat)
        for number in 1...25 { bench.record("c\(number)") }
        bench.finish(try bench.startOne(), .messageRefused)
        let plain = try bench.startOne()
        #expect(plain.isDigest && plain.asPlainText)
        bench.finish(plain, .messageRefused)
        let single = bench.start()
        #expect(single.map(\.isDigest) == [false])
        #expect(bench.row(1)?.state == .pending)
    }

    @Test(arguments: [true, false])
    func `a digest that was begun ends if each alert is to go by itself from now on`(byReload: Bool) throws {
        var bench = Bench(chat)
        for number in 1...25 { bench.record("c\(number)") }
        bench.finish(try bench.startOne(), .tryAgain(retryAfter: nil))
        #expect(bench.store.targets["chat"]?.digestThrough == 10)
        if byReload {
            bench.outbox.configure([hook], at: bench.now)
        } else {
            bench.outbox = Outbox(plans: [hook], records: Array(bench.store.targets.values), at: bench.now)
        }
        #expect(bench.outbox.hasUnsavedRecords)
        for _ in 0..<60 {
            for start in bench.start() {
                #expect(!start.isDigest)
                bench.finish(start, .delivered)
            }
            bench.pass(.seconds(1))
        }
        #expect((1...25).allSatisfy { bench.row($0)?.state == .delivered })
        #expect(bench.store.targets["chat"]?.digestThrough == nil)
    }

    @Test func `a digest that is under way when the target changes so is not sent twice`() throws {
        var bench = Bench(chat)
        for number in 1...20 { bench.record("c\(number)") }
        let digest = try bench.startOne()
        bench.outbox.configure([hook], at: bench.now)
        let singly = bench.start()
        #expect(singly.flatMap(\.alerts).map(\.event.seq).allSatisfy { $0 > 10 })
        bench.finish(digest, .delivered)
        for start in singly { bench.finish(start, .delivered) }
        #expect((1...10).allSatisfy { bench.row($0)?.state == .digested })
    }
}
