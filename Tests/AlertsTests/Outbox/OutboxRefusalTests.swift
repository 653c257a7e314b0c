import Model
import TestSupport
import Testing

@testable import Alerts

/// What the outbox makes of messages that are refused and of targets that refuse everything.
struct OutboxRefusalTests {
    private typealias Bench = OutboxBench

    private let hook = TargetPlan(name: "chat", concurrency: 4)
    private let chat = TargetPlan(
        name: "chat", pace: Pace(RateLimit(count: 18, per: .seconds(60)), burst: 6), digestCapacity: 10)

    @Test func `a refused message goes once more as plain text, then it is dead`() throws {
        var bench = Bench(hook)
        bench.record("a")
        let rich = try bench.startOne()
        #expect(!rich.asPlainText)
        bench.finish(rich, .messageRefused)
        let plain = try bench.startOne()
        #expect(plain.asPlainText)
        bench.finish(plain, .messageRefused, reason: "too long")
        #expect(bench.row(1)?.state == .dead)
        #expect(bench.row(1)?.note == "too long")
        #expect(bench.row(1)?.attempts == 2)
    }

    @Test func `broken three times in a row it is suspended, probed, and heard of again`() {
        var bench = Bench(hook)
        for cluster in ["a", "b", "c", "d"] { bench.record(cluster) }
        for start in bench.start().prefix(3) { bench.finish(start, .targetBroken, reason: "no such robot") }
        #expect(bench.events.map(\.kind) == [.targetFailing])
        #expect(bench.events.first?.target == "chat")
        #expect(bench.events.first?.detail == "no such robot")
        #expect(bench.outbox.suspended.map(\.name) == ["chat"])
        #expect(bench.start().isEmpty)

        bench.finish(bench.outbox.underWay[0], .tryAgain(retryAfter: nil))
        bench.pass(.seconds(72))
        let probe = bench.start()
        #expect(probe.count == 1)
        bench.finish(probe[0], .targetBroken, reason: "no such robot")
        #expect(bench.events.count == 1)
        bench.pass(.seconds(120))
        #expect(bench.start().isEmpty)
        bench.pass(.seconds(240))
        let second = bench.start()
        #expect(second.count == 1)
        bench.finish(second[0], .delivered)
        #expect(bench.events.map(\.kind) == [.targetFailing, .targetRecovered])
        // What waited need not wait for its own time.
        #expect(bench.start().count == 3)
    }

    @Test(arguments: [4, 8])
    func `what was under way when it was suspended does not count as probes`(count: Int) throws {
        var bench = Bench(TargetPlan(name: "chat", concurrency: count))
        for number in 0..<count { bench.record("pm-\(number)") }
        let starts = bench.start()
        #expect(starts.count == count)
        for start in starts {
            bench.pass(.milliseconds(100))
            bench.finish(start, .targetBroken, reason: "forbidden")
        }
        #expect(bench.events.map(\.kind) == [.targetFailing])
        bench.pass(.seconds(45))
        #expect(bench.start().isEmpty)
        bench.pass(.seconds(28))
        let probe = try bench.startOne()
        bench.finish(probe, .targetBroken, reason: "forbidden")
        bench.pass(.seconds(200))
        #expect(bench.start().isEmpty, "a probe that fails lengthens the wait")
        bench.pass(.seconds(165))
        bench.finish(try bench.startOne(), .delivered)
        #expect(bench.events.map(\.kind) == [.targetFailing, .targetRecovered])
    }

    @Test func `a message that arrives late all the same ends the suspension`() {
        var bench = Bench(TargetPlan(name: "chat", concurrency: 4))
        for number in 0..<4 { bench.record("pm-\(number)") }
        let starts = bench.start()
        for start in starts.dropLast() { bench.finish(start, .targetBroken, reason: "forbidden") }
        if let last = starts.last { bench.finish(last, .delivered) }
        #expect(bench.events.map(\.kind) == [.targetFailing, .targetRecovered])
    }

    @Test func `a suspension survives a restart`() {
        var bench = Bench(hook)
        for cluster in ["a", "b", "c"] { bench.record(cluster) }
        for start in bench.start() { bench.finish(start, .targetBroken, reason: "no such robot") }
        bench.outbox = Outbox(plans: [hook], records: Array(bench.store.targets.values), at: bench.now)
        #expect(bench.start().isEmpty)
        bench.pass(.seconds(72))
        #expect(bench.start().count == 1)
    }

    @Test func `what a suspended target cannot be sent in time is dead, with the reason`() {
        let plan = TargetPlan(name: "chat", delivery: DeliverySettings(giveUpAfter: .seconds(3600)), concurrency: 4)
        var bench = Bench(plan)
        for cluster in ["a", "b", "c"] { bench.record(cluster) }
        for start in bench.start() { bench.finish(start, .targetBroken, reason: "no such robot") }
        bench.pass(.seconds(4000))
        bench.record("d")
        let probe = bench.start()
        #expect(probe.map { $0.alerts[0].event.seq } == [4])
        for seq: Int64 in 1...3 {
            #expect(bench.row(seq)?.state == .dead)
            #expect(
                bench.row(seq)?.note
                    == "not delivered within 1h, because target chat was suspended (no such robot)")
        }
    }
}
