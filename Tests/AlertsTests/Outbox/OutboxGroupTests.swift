import Model
import Testing

@testable import Alerts

/// Alerts that are reported together though the queue is short: what ended long ago, and targets that fail together.
struct OutboxGroupTests {
    private let chat = TargetPlan(
        name: "chat", pace: Pace(RateLimit(count: 60, per: .seconds(60)), burst: 6), digestCapacity: 10)
    private let hook = TargetPlan(name: "chat", concurrency: 4)

    private func past(_ cluster: String) -> Event {
        var event = Sample.event(.failed, cluster: ClusterID(cluster), sighting: .firstSeen)
        event.endedLongAgo = true
        return event
    }

    private func failing(_ target: String) -> Event {
        Sample.event(.targetFailing, cluster: nil, target: target)
    }

    /// Runs until something starts, at most ten minutes.
    private func wait(_ bench: inout OutboxBench) -> [Start] {
        let limit = bench.now.advanced(by: .seconds(600))
        while bench.now < limit {
            let starts = bench.start()
            if !starts.isEmpty { return starts }
            guard let next = bench.outbox.nextFetchAt(after: bench.now), next > bench.now else { return [] }
            bench.now = next
        }
        return []
    }

    @Test func `tasks that ended long ago are one digest, however far apart the first looks are`() {
        var bench = OutboxBench(chat)
        let begin = bench.now
        for number in 1...6 {
            bench.record(past("old\(number)"))
            #expect(bench.start().isEmpty)
            bench.pass(.seconds(4))
        }
        let starts = wait(&bench)
        #expect(starts.map(\.isDigest) == [true])
        #expect(starts.first?.alerts.map(\.event.seq) == Array(1...6))
        #expect(starts.first?.message == .digest(Digest(starts[0].alerts.map(\.event), reason: .endedBefore)))
        #expect(bench.now.since(begin) == .seconds(40))
        bench.finish(starts[0], .delivered)
        #expect((1...6).allSatisfy { bench.row($0)?.state == .digested })
    }

    @Test func `news does not wait for history`() {
        var bench = OutboxBench(chat)
        for number in 1...5 { bench.record(past("old\(number)")) }
        #expect(bench.start().isEmpty)
        bench.record("now", kind: .failed)
        let starts = bench.start()
        #expect(starts.map { $0.alerts.map(\.event.seq) } == [[6]])
        bench.finish(starts[0], .delivered)
        #expect(wait(&bench).map(\.isDigest) == [true])
    }

    @Test func `a task's later news waits for its history`() {
        var bench = OutboxBench(chat)
        bench.record(past("a"))
        bench.record(past("b"))
        bench.record("a", kind: .restarted)
        let digest = wait(&bench)
        #expect(digest.map { $0.alerts.map(\.event.seq) } == [[1, 2]])
        bench.finish(digest[0], .delivered)
        #expect(bench.start().map { $0.alerts.map(\.event.seq) } == [[3]])
    }

    @Test func `a webhook gets history as one digest too, beside what is under way, and a long queue one by one`() {
        let webhook = TargetPlan(name: "chat", concurrency: 4, groupCapacity: 50)
        var bench = OutboxBench(webhook)
        bench.record("slow", kind: .failed)
        #expect(bench.start().count == 1)
        for number in 1...12 { bench.record(past("old\(number)")) }
        let digest = wait(&bench)
        #expect(digest.map { $0.alerts.count } == [12])
        for number in 1...9 { bench.record("new\(number)") }
        #expect(bench.start().map(\.isDigest) == [false, false])
        bench.finish(digest[0], .delivered)
        #expect(bench.row(2)?.state == .digested)
    }

    @Test func `one task that ended long ago needs no digest`() {
        var bench = OutboxBench(chat)
        bench.record(past("a"))
        let starts = wait(&bench)
        #expect(starts.map(\.isDigest) == [false])
        bench.finish(starts[0], .delivered)
        #expect(bench.row(1)?.state == .delivered)
    }

    @Test func `history that does not end goes in digests of what one message holds`() {
        var bench = OutboxBench(chat)
        for number in 1...23 { bench.record(past("old\(number)")) }
        var sizes: [Int] = []
        for _ in 0..<3 {
            let starts = wait(&bench)
            sizes += starts.map(\.alerts.count)
            for start in starts { bench.finish(start, .delivered) }
        }
        #expect(sizes == [10, 10, 3])
    }

    @Test func `a digest of history is the same after a crash, whatever joined the queue meanwhile`() throws {
        var bench = OutboxBench(chat)
        for number in 1...4 { bench.record(past("old\(number)")) }
        let first = try #require(wait(&bench).first)
        bench.outbox = Outbox(plans: [chat], records: Array(bench.store.targets.values), at: bench.now)
        bench.record(past("old5"))
        bench.record("now", kind: .failed)
        let again = wait(&bench)
        #expect(again.map(\.message.id) == [first.message.id])
        #expect(again.first?.alerts.count == 4)
    }

    @Test func `a digest of history that is refused goes one by one`() throws {
        var bench = OutboxBench(chat)
        for number in 1...3 { bench.record(past("old\(number)")) }
        bench.finish(try #require(wait(&bench).first), .messageRefused)
        bench.finish(try bench.startOne(), .messageRefused)
        #expect(bench.start().map(\.isDigest) == [false])
    }

    // MARK: - Targets

    @Test func `targets that fail within a minute are one message while others show signs of trouble`() {
        let other = TargetPlan(name: "sick", concurrency: 4)
        var bench = OutboxBench(chat, other)
        bench.record("x", for: "sick")
        bench.finish(bench.start()[0], .targetBroken)
        for name in ["one", "two", "three"] {
            bench.record(failing(name))
            #expect(bench.start().filter { $0.target == "chat" }.isEmpty)
            bench.pass(.seconds(19))
        }
        var starts: [Start] = []
        while starts.isEmpty, bench.now.since(Sample.now) < .seconds(300) {
            bench.now = bench.outbox.nextFetchAt(after: bench.now) ?? bench.now.advanced(by: .seconds(300))
            let now = bench.start()
            for start in now where start.target == "sick" { bench.finish(start, .tryAgain(retryAfter: nil)) }
            starts = now.filter { $0.target == "chat" }
        }
        #expect(starts.map { $0.alerts.count } == [3])
        #expect(starts.first?.message == .digest(Digest(starts[0].alerts.map(\.event), reason: .targets)))
        #expect(bench.now.since(Sample.now) == .seconds(60))
    }

    @Test func `one target that fails by itself is reported within seconds`() {
        for plan in [chat, hook] {
            var bench = OutboxBench(plan)
            bench.record(failing("one"))
            #expect(bench.start().isEmpty)
            bench.pass(.seconds(5))
            let starts = bench.start()
            #expect(starts.map(\.isDigest) == [false])
        }
    }
}
