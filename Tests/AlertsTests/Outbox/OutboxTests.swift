import Model
import TestSupport
import Testing

@testable import Alerts

/// One target, step by step. `OutboxWeeksTests` lets chance drive many.
struct OutboxTests {
    private typealias Bench = OutboxBench

    private let hook = TargetPlan(name: "chat", concurrency: 4)
    private let chat = TargetPlan(
        name: "chat", pace: Pace(RateLimit(count: 18, per: .seconds(60)), burst: 6), digestCapacity: 10)

    @Test func `sends side by side as many as the target takes, one of each cluster`() {
        var bench = Bench(hook)
        for cluster in ["a", "a", "b", "c", "d", "e"] { bench.record(cluster) }
        let starts = bench.start()
        #expect(starts.map { $0.alerts[0].event.seq } == [1, 3, 4, 5])
        #expect(bench.start().isEmpty)
        bench.finish(starts[0], .delivered)
        #expect(bench.start().map { $0.alerts[0].event.seq } == [2])
        #expect(bench.row(1)?.state == .delivered)
    }

    @Test func `the next of a cluster waits while the first is tried again`() {
        var bench = Bench(hook)
        bench.record("a")
        bench.record("a")
        let first = bench.start()
        bench.finish(first[0], .tryAgain(retryAfter: nil))
        #expect(bench.start().isEmpty)
        let next = bench.row(1)?.nextAttemptAt
        #expect(
            next.map { $0 >= bench.now.advanced(by: .seconds(4)) && $0 <= bench.now.advanced(by: .seconds(6)) } == true)
        #expect(bench.outbox.nextFetchAt(after: bench.now) == next)
        bench.pass(.seconds(7))
        #expect(bench.start().map { $0.alerts[0].event.seq } == [1])
    }

    @Test func `the waits follow the list, the last one repeats, all within a fifth`() throws {
        var bench = Bench(hook)
        bench.record("a")
        for seconds in [5.0, 30, 120, 300, 900, 1800, 3600, 3600, 3600] {
            let start = try bench.startOne()
            bench.finish(start, .tryAgain(retryAfter: nil))
            let wait = bench.row(1)?.nextAttemptAt?.since(bench.now).inSeconds ?? 0
            #expect(wait >= seconds * 0.8 && wait <= seconds * 1.2)
            bench.now = bench.row(1)?.nextAttemptAt ?? bench.now
        }
        #expect(bench.row(1)?.attempts == 9)
    }

    @Test func `becomes dead after its time, with the last reason, and not before a last attempt`() {
        var bench = Bench(hook)
        bench.record("a")
        while bench.row(1)?.state == .pending {
            guard let start = bench.start().first else {
                bench.now = bench.outbox.nextFetchAt(after: bench.now) ?? bench.now.advanced(by: .seconds(3600))
                continue
            }
            bench.finish(start, .tryAgain(retryAfter: nil), reason: "the server failed (500)")
        }
        #expect(bench.row(1)?.state == .dead)
        #expect(bench.now.since(Sample.now) == .seconds(72 * 3600))
        #expect(bench.row(1)?.note == "not delivered within 3d (the server failed (500))")
    }

    @Test func `Retry-After holds the whole credential, a day at most`() {
        let twin = TargetPlan(name: "twin", credential: CredentialFingerprint("one robot"))
        let first = TargetPlan(name: "chat", credential: CredentialFingerprint("one robot"))
        var bench = Bench(first, twin)
        bench.record("a")
        bench.record("b", for: "twin")
        bench.record("c", for: "twin")
        let starts = bench.start()
        #expect(starts.count == 2)
        bench.finish(starts[0], .throttled(retryAfter: .seconds(90)))
        bench.finish(starts[1], .delivered)
        #expect(bench.start().isEmpty)
        #expect(bench.outbox.nextFetchAt(after: bench.now) == bench.now.advanced(by: .seconds(90)))
        #expect(bench.row(1)?.nextAttemptAt.map { $0 >= bench.now.advanced(by: .seconds(90)) } == true)
        bench.pass(.seconds(90))
        let again = bench.start()
        #expect(again.map(\.target).sorted() == ["chat", "twin"])
        bench.finish(again[0], .throttled(retryAfter: .seconds(10_000_000)))
        #expect(bench.store.targets[again[0].target]?.blockedUntil == bench.now.advanced(by: .seconds(86_400)))
    }

    @Test func `a wait survives a restart`() throws {
        var bench = Bench(chat)
        bench.record("a")
        bench.finish(try bench.startOne(), .throttled(retryAfter: .seconds(600)))
        bench.outbox = Outbox(plans: [chat], records: Array(bench.store.targets.values), at: bench.now)
        #expect(bench.start().isEmpty)
        bench.pass(.seconds(600))
        #expect(bench.start().count == 1)
    }

    @Test func `refusals for speed lengthen the pause where the service names none`() {
        let plan = TargetPlan(name: "chat", throttlePauses: [.seconds(60), .seconds(600)])
        var bench = Bench(plan)
        bench.record("a")
        for pause in [60, 600, 600] {
            let start = bench.start()
            #expect(start.count == 1)
            bench.finish(start[0], .throttled(retryAfter: nil))
            #expect(bench.store.targets["chat"]?.blockedUntil == bench.now.advanced(by: .seconds(pause)))
            bench.now = bench.outbox.nextFetchAt(after: bench.now) ?? bench.now
        }
    }

    @Test func `accounts and targets queue by themselves, as the store has it`() {
        var bench = Bench(hook)
        for account in ["one", "two", "one"] {
            var event = Sample.event(.pollFailing, cluster: nil)
            event.account = account
            bench.record(event)
        }
        bench.record(Sample.event(.targetFailing, cluster: nil, target: "other"))
        // None of one account waits for another's; the second of the first account does.
        let starts = bench.start()
        #expect(starts.map { $0.alerts[0].event.seq } == [1, 2])
        // A target's trouble waits a moment: others may have the same cause.
        #expect(bench.outbox.nextFetchAt(after: bench.now) == bench.now.advanced(by: .seconds(5)))
        bench.pass(.seconds(5))
        #expect(bench.start().map { $0.alerts[0].event.seq } == [4])
        bench.finish(starts[0], .delivered)
        #expect(bench.start().map { $0.alerts[0].event.seq } == [3])
    }

    @Test func `an account's alert under way makes nobody ask again and again for another's`() throws {
        var bench = Bench(hook)
        for account in ["one", "two"] {
            var event = Sample.event(.pollFailing, cluster: nil)
            event.account = account
            bench.record(event)
            #expect(bench.start().count == 1)
        }
        #expect(bench.outbox.nextFetchAt(after: bench.now) == nil)
    }

    @Test func `an older alert that an operator retries waits for the one under way, and holds up no other line`()
        throws
    {
        var bench = Bench(hook)
        bench.record("a")
        for _ in 0..<2 { bench.finish(try bench.startOne(), .messageRefused) }
        #expect(bench.row(1)?.state == .dead)
        bench.record("a")
        let second = try bench.startOne()
        bench.store.retry(AlertKey(seq: 1, target: "chat"), at: bench.now)
        for cluster in ["b", "c", "d"] { bench.record(cluster) }
        // One of four slots is taken, and the head of the busy line must not take another's place.
        #expect(bench.start().map { $0.alerts[0].event.seq } == [3, 4, 5])
        #expect(bench.outbox.nextFetchAt(after: bench.now) == nil)
        bench.finish(second, .delivered)
        #expect(bench.start().map { $0.alerts[0].event.seq } == [1])
    }

    @Test func `a cut off attempt costs nothing`() throws {
        var bench = Bench(hook)
        bench.record("a")
        let start = try bench.startOne()
        bench.outbox.interrupt(start, at: bench.now)
        #expect(bench.row(1)?.attempts == 0)
        #expect(bench.start() == [start])
    }

    @Test func `a decision that is not applied changes nothing`() {
        var bench = Bench(hook)
        bench.record("a")
        let fetches = bench.outbox.fetches(at: bench.now)
        let first = bench.outbox.decide(fetches.map(bench.store.offer), at: bench.now)
        let second = bench.outbox.decide(fetches.map(bench.store.offer), at: bench.now)
        #expect(first.starts == second.starts)
        #expect(bench.outbox.underWay.isEmpty)
    }

    @Test(arguments: [(18, 60.0, 6), (80, 60, 4), (1, 1, 1), (3, 1, 1), (100, 60, 33), (7, 11, 7)])
    func `no stretch of time sees more than the rate`(count: Int, period: Double, burst: Int) {
        let length = Duration.milliseconds(Int64(period * 1000))
        let pace = Pace(RateLimit(count: count, per: length), burst: burst)
        var bucket = TokenBucket(pace: pace, filledAt: Sample.now)
        var now = Sample.now
        var sent: [Timestamp] = []
        while sent.count < count * 5 {
            now = bucket.readyAt(now)
            let isTaken = bucket.take(at: now)
            #expect(isTaken)
            sent.append(now)
        }
        for (index, first) in sent.enumerated() where index + count < sent.count {
            #expect(sent[index + count].since(first) >= length)
        }
    }

    @Test func `a pause that a clock far ahead has stored stops no target for longer than a day`() throws {
        var bench = Bench(chat)
        bench.record("a")
        bench.finish(try bench.startOne(), .throttled(retryAfter: .seconds(60)))
        let records = bench.store.targets.values.map { $0.shifted { $0.advanced(by: .seconds(30 * 86_400)) } }
        bench.outbox = Outbox(plans: [chat], records: records, at: bench.now)
        let next = bench.outbox.nextFetchAt(after: bench.now)
        #expect(next.map { $0 <= bench.now.advanced(by: .seconds(86_400)) } == true)
    }

    @Test func `a clock set back by more than any wait sends at once`() throws {
        var bench = Bench(hook)
        bench.record("a")
        bench.finish(try bench.startOne(), .tryAgain(retryAfter: nil))
        bench.pass(.seconds(-30 * 86_400))
        bench.outbox.wake(["chat"], at: bench.now)
        #expect(bench.start().count == 1)
    }
}
