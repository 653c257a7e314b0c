import Model
import Testing

@testable import Store

@Suite(.onBothEngines)
struct SettlingTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func attempt(
        _ outcome: DeliveryOutcome, code: String? = nil, reason: String? = nil, answer: String? = nil,
        at seconds: Double
    ) -> AttemptRecord {
        AttemptRecord(
            startedAt: StoreFixture.time(seconds), duration: .milliseconds(120),
            verdict: Verdict(outcome, code: code, reason: reason, answer: answer))
    }

    private func alert(_ seq: Int64, _ target: String = "chat") throws -> AlertRow {
        try #require(try fixture.reader().alerts(ofEvent: seq).first { $0.target == target })
    }

    @Test
    func `every attempt is kept, and the last one stands beside the alert`() throws {
        try store.record(StoreFixture.event())
        try store.settle(
            1, .pending, next: 65,
            attempt: attempt(.tryAgain(retryAfter: .seconds(5)), code: "503", reason: "busy", answer: "<html>", at: 60),
            at: 61)
        var row = try alert(1)
        #expect(row.attempts == 1)
        #expect(row.lastCode == "503")
        #expect(row.lastError == "busy")
        #expect(row.lastAttemptAt == StoreFixture.time(60))
        #expect(row.nextAttemptAt == StoreFixture.time(65))
        try store.settle(1, .delivered, attempt: attempt(.delivered, code: "204", at: 65), at: 65)
        row = try alert(1)
        #expect(row.state == .delivered)
        #expect(row.attempts == 2)
        #expect(row.lastError == nil)
        let attempts = try fixture.reader().attempts(at: AlertKey(seq: 1, target: "chat"))
        #expect(attempts.map(\.number) == [1, 2])
        #expect(attempts.map(\.outcome) == ["try_again", "delivered"])
        #expect(attempts[0].answer == "<html>")
        #expect(attempts[0].duration == .milliseconds(120))
    }

    @Test(arguments: [
        (DeliveryOutcome.delivered, "delivered"), (.accepted, "accepted"), (.throttled(retryAfter: nil), "throttled"),
        (.tryAgain(retryAfter: nil), "try_again"), (.messageRefused, "message_refused"),
        (.targetBroken, "target_broken"),
    ])
    func `every outcome has a word that the schema knows`(outcome: DeliveryOutcome, word: String) throws {
        try store.record(StoreFixture.event())
        try store.settle(1, .pending, next: 9, attempt: attempt(outcome, at: 1))
        let attempts = try fixture.reader().attempts(at: AlertKey(seq: 1, target: "chat"))
        #expect(attempts.map(\.outcome) == [word])
    }

    @Test
    func `answers are cut to 4 KiB, between characters`() throws {
        try store.record(StoreFixture.event())
        try store.settle(
            1, .dead, attempt: attempt(.messageRefused, answer: "a" + String(repeating: "训", count: 3000), at: 1))
        let attempt = try #require(
            try fixture.reader().attempts(at: AlertKey(seq: 1, target: "chat")).first)
        let answer = try #require(attempt.answer)
        #expect(answer.utf8.count <= 4096 && answer.utf8.count > 4093)
        #expect(!answer.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test
    func `of a thousand attempts the newest hundred are kept, and all are counted`() throws {
        try store.record(StoreFixture.event())
        for number in 1...250 {
            try store.settle(
                1, .pending, next: Double(number), attempt: attempt(.tryAgain(retryAfter: nil), at: Double(number)))
        }
        let attempts = try fixture.reader().attempts(at: AlertKey(seq: 1, target: "chat"))
        #expect(attempts.map(\.number) == Array(151...250))
        #expect(try alert(1).attempts == 250)
    }

    @Test
    func `targets and what they have to tell are in the same commit`() throws {
        try store.record(StoreFixture.event())
        var target = TargetRecord(name: "chat")
        target.blockedUntil = StoreFixture.time(1)
        target.tokens = 2.5
        target.tokensAt = StoreFixture.time(2)
        target.brokenStreak = 3
        target.suspendedSince = StoreFixture.time(3)
        target.probeAt = StoreFixture.time(4)
        target.trouble = "wrong signature"
        target.digestThrough = 7
        let failing = Event(kind: .targetFailing, observedAt: StoreFixture.time(3), target: "chat")
        let stored = try store.settle(
            [Settlement(alert: AlertKey(seq: 1, target: "chat"), state: .pending, nextAttemptAt: StoreFixture.time(9))],
            targets: [target], events: [RoutedEvent(event: failing, targets: ["ops"])], at: StoreFixture.time(3))
        #expect(stored.map(\.seq) == [2])
        #expect(try store.loadTargets() == [target])
        #expect(try store.due("ops", at: 3) == [2])
        // Replaced whole.
        try store.settle([], targets: [TargetRecord(name: "chat")], at: StoreFixture.time(4))
        #expect(try store.loadTargets() == [TargetRecord(name: "chat")])
    }

    @Test
    func `what an operator dropped stays dropped, unless it has arrived`() throws {
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "b"))
        try store.change(.drop, target: "chat", at: 1)
        try store.settle(1, .pending, next: 9, attempt: attempt(.tryAgain(retryAfter: nil), at: 1), at: 2)
        try store.settle(2, .delivered, attempt: attempt(.delivered, at: 1), at: 2)
        #expect(try alert(1).state == .suppressed)
        #expect(try alert(1).attempts == 1)
        #expect(try alert(2).state == .delivered)
        #expect(try store.nextAttemptTime(for: "chat") == nil)
    }

    @Test
    func `settling what is not there changes nothing`() throws {
        try store.settle(99, .delivered, attempt: attempt(.delivered, at: 1))
        #expect(try store.alertCounts() == AlertCounts(pending: 0, dead: 0))
    }
}
