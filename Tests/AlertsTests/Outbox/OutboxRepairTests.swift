import Model
import Testing

@testable import Alerts

/// What an operator repairs is tried at once; what a reload takes away is still settled.
struct OutboxRepairTests {
    private func settings(_ url: String, chatID: String? = nil) -> TargetSettings {
        TargetSettings(
            name: "chat", kind: chatID == nil ? .webhook : .telegram, urls: [Secret(.literal(url))],
            options: TargetOptions(own: chatID.map { ["chat_id": .text($0)] } ?? [:]))
    }

    private func plan(_ url: String, chatID: String? = nil) -> TargetPlan {
        TargetPlan(
            name: "chat", concurrency: 4, credential: CredentialFingerprint(url),
            settings: settings(url, chatID: chatID))
    }

    /// A bench whose target is suspended, with one alert more than its slots take.
    private func suspended(_ plan: TargetPlan) -> OutboxBench {
        var bench = OutboxBench(plan)
        for cluster in ["a", "b", "c", "d"] { bench.record(cluster) }
        let starts = bench.start()
        for start in starts { bench.finish(start, .targetBroken, reason: "no such robot") }
        // Several probes that fail, so that the wait for the next one is an hour.
        for _ in 0..<6 {
            bench.now = bench.outbox.nextFetchAt(after: bench.now) ?? bench.now
            for start in bench.start() { bench.finish(start, .targetBroken, reason: "no such robot") }
        }
        return bench
    }

    @Test func `a reload that changes a suspended target makes its probe due`() throws {
        var bench = suspended(plan("https://a.example"))
        #expect(bench.start().isEmpty)
        bench.outbox.configure([plan("https://b.example")], at: bench.now)
        #expect(bench.outbox.suspended.first?.probeAt == bench.now)
        let probe = try bench.startOne()
        // A probe that fails waits like a first one, not for another hour.
        bench.finish(probe, .targetBroken, reason: "still wrong")
        let wait = bench.outbox.suspended.first?.probeAt?.since(bench.now) ?? .zero
        #expect(wait <= .seconds(72) && wait >= .seconds(48))
    }

    @Test func `a reload that leaves a suspended target as it is changes nothing for it`() {
        var bench = suspended(plan("https://a.example"))
        let before = bench.outbox.suspended
        bench.outbox.configure([plan("https://a.example")], at: bench.now)
        #expect(bench.outbox.suspended == before)
        #expect(bench.start().isEmpty)
    }

    @Test func `what an operator repairs is probed at once, and that is stored`() throws {
        var bench = suspended(plan("https://a.example"))
        bench.outbox.repair(["chat", "nobody"], drains: false, at: bench.now)
        #expect(bench.outbox.hasUnsavedRecords)
        let probe = try bench.startOne()
        #expect(bench.store.targets["chat"]?.probeAt == bench.now)
        bench.finish(probe, .delivered)
        #expect(bench.events.last?.kind == .targetRecovered)
        #expect(bench.start().count == 3)
    }

    @Test(arguments: [true, false])
    func `a message that arrived ends a suspension also if nothing waits`(hasArrived: Bool) {
        var bench = suspended(plan("https://a.example"))
        // All of them are given up meanwhile.
        bench.now = bench.now.advanced(by: .seconds(100 * 3600))
        for start in bench.start() { bench.finish(start, .targetBroken, reason: "no such robot") }
        bench.now = bench.outbox.nextFetchAt(after: bench.now) ?? bench.now
        #expect(bench.start().isEmpty)
        #expect(bench.outbox.suspended.map(\.probeAt) == [nil], "nobody knows when its next alert comes")
        bench.outbox.repair(["chat"], drains: hasArrived, at: bench.now)
        #expect(bench.start().isEmpty)
        #expect(bench.outbox.suspended.isEmpty == hasArrived)
        #expect((bench.store.targets["chat"]?.suspendedSince == nil) == hasArrived)
        #expect((bench.events.last?.kind == .targetRecovered) == hasArrived)
    }

    @Test func `a target that is not suspended tries what waits for its next attempt at once when it changes`() throws {
        var bench = OutboxBench(plan("https://a.example"))
        bench.record("a")
        for _ in 0..<5 {
            bench.now = bench.row(1)?.nextAttemptAt ?? bench.now
            bench.finish(try bench.startOne(), .tryAgain(retryAfter: nil))
        }
        #expect(bench.start().isEmpty)
        bench.outbox.configure([plan("https://b.example")], at: bench.now)
        #expect(bench.start().count == 1)
    }

    @Test func `an attempt that was begun with the old settings says nothing about the new ones`() {
        var bench = OutboxBench(plan("https://a.example"))
        for cluster in ["a", "b", "c", "d"] { bench.record(cluster) }
        let starts = bench.start()
        bench.outbox.configure([plan("https://b.example")], at: bench.now)
        for start in starts { bench.finish(start, .targetBroken, reason: "no such robot") }
        #expect(bench.events.isEmpty)
        #expect(bench.outbox.suspended.isEmpty)
        #expect(bench.start().count == 4)
    }

    // MARK: - Targets that are taken away

    @Test func `what reaches a target that was taken away meanwhile counts as delivered`() throws {
        var bench = OutboxBench(plan("https://a.example"))
        bench.record("a")
        let start = try bench.startOne()
        bench.outbox.configure([], at: bench.now)
        #expect(bench.outbox.underWay == [start])
        bench.finish(start, .delivered)
        #expect(bench.row(1)?.state == .delivered)
        #expect(bench.outbox.underWay.isEmpty)
    }

    @Test func `what fails at a target that was taken away is dead, and both reasons are named`() throws {
        var bench = OutboxBench(plan("https://a.example"))
        bench.record("a")
        let start = try bench.startOne()
        bench.outbox.configure([], at: bench.now)
        bench.finish(start, .tryAgain(retryAfter: nil), reason: "the server failed (500)")
        #expect(bench.row(1)?.state == .dead)
        #expect(
            bench.row(1)?.note
                == "target removed: the config no longer names chat, and the last attempt of this alert failed (the server failed "
                + "(500)); add it again, reload, and run `polarai-daemon alerts retry --target chat`"
        )
    }

    @Test func `a target that is put back is not sent what is still under way`() throws {
        var bench = OutboxBench(plan("https://a.example"))
        bench.record("a")
        let start = try bench.startOne()
        bench.outbox.configure([], at: bench.now)
        bench.outbox.configure([plan("https://a.example")], at: bench.now)
        #expect(bench.start().isEmpty)
        bench.finish(start, .delivered)
        #expect(bench.row(1)?.state == .delivered)
        #expect(bench.start().isEmpty)
    }

    // MARK: - Events of a later version

    @Test func `an alert that this version cannot read is dead with the reason, and its line goes on`() {
        var bench = OutboxBench(plan("https://a.example"))
        let key = AlertKey(seq: 900, target: "chat")
        bench.store.unreadable["chat"] = [UnreadableAlert(key: key, kind: "melted")]
        bench.record("a")
        let fetches = bench.outbox.fetches(at: bench.now)
        let decision = bench.outbox.decide(fetches.map(bench.store.offer), at: bench.now)
        #expect(decision.settlements.map(\.alert) == [key])
        #expect(decision.settlements.first?.state == .dead)
        #expect(decision.settlements.first?.note?.contains("`melted`") == true)
        #expect(decision.givenUp.count == 1)
        bench.store.commit(decision)
        bench.outbox.apply(decision)
        #expect(bench.start().count == 1)
    }

    // MARK: - Chats that move

    @Test func `a chat with another id is followed at once, and stays followed`() throws {
        let telegram = plan("https://api.telegram.org", chatID: "-42")
        var bench = OutboxBench(telegram)
        bench.record("a")
        let first = try bench.startOne()
        #expect(first.chat == nil)
        bench.finish(first, .targetBroken, newChatID: "-10042")
        #expect(bench.moved.map(\.movedChat) == [MovedChat(configured: "-42", current: "-10042")])
        let second = try bench.startOne()
        #expect(second.chat?.current == "-10042")
        bench.finish(second, .delivered)

        // A restart does not forget it, the config's own new id goes before it.
        let records = Array(bench.store.targets.values)
        bench.record("b")
        bench.outbox = Outbox(plans: [telegram], records: records, at: bench.now)
        #expect(try bench.startOne().chat?.current == "-10042")
        bench.outbox = Outbox(
            plans: [plan("https://api.telegram.org", chatID: "-77")], records: records, at: bench.now)
        #expect(try bench.startOne().chat == nil)
        #expect(bench.moved.count == 1)
    }

    @Test func `a chat that moves again and again is broken`() throws {
        var bench = OutboxBench(plan("https://api.telegram.org", chatID: "-42"))
        bench.record("a")
        var requests = 0
        while bench.outbox.suspended.isEmpty, requests < 50 {
            let start = bench.start().first
            guard let start else {
                bench.now = bench.outbox.nextFetchAt(after: bench.now) ?? bench.now
                continue
            }
            requests += 1
            bench.finish(start, .targetBroken, reason: "moved", newChatID: "-\(1000 + requests)")
        }
        #expect(requests < 10)
        #expect(bench.outbox.suspended.map(\.name) == ["chat"])
    }
}
