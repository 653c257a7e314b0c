import Model
import Testing

@testable import Store

/// Who has a mail already is kept with its alert.
@Suite(.onBothEngines)
struct MailProgressTests {
    private let fixture: StoreFixture
    private let store: EventStore
    private static let half = MailProgress(accepted: ["a@e.org", "b@e.org"], refused: ["c@e.org": "550 5.1.1 \"no\""])

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func attempt(_ outcome: DeliveryOutcome, _ mail: MailProgress?) -> AttemptRecord {
        AttemptRecord(
            startedAt: StoreFixture.time(1), duration: .milliseconds(5),
            verdict: Verdict(outcome, code: "450", mail: mail))
    }

    private func progress(at seconds: Double = 100) throws -> MailProgress? {
        try store.dueAlerts(for: "chat", at: StoreFixture.time(seconds), excluding: [], limit: 10).first?.mail
    }

    @Test func `it comes back with the alert, and an attempt that says nothing of it leaves it`() throws {
        try store.record(StoreFixture.event())
        #expect(try progress() == MailProgress())
        try store.settle(1, .pending, next: 10, attempt: attempt(.tryAgain(retryAfter: nil), Self.half))
        #expect(try progress() == Self.half)
        try store.settle(1, .pending, next: 20, attempt: attempt(.tryAgain(retryAfter: nil), nil))
        #expect(try progress() == Self.half)
    }

    @Test func `a retry of what is dead goes on from it, one of what is delivered begins anew`() throws {
        try store.record(StoreFixture.event())
        try store.settle(1, .dead, attempt: attempt(.messageRefused, Self.half))
        try store.change(.retry, [1], at: 5)
        #expect(try progress() == Self.half)
        try store.settle(1, .delivered, attempt: attempt(.delivered, Self.half))
        try store.change(.retry, [1], again: true, at: 6)
        #expect(try progress() == MailProgress())
    }

    @Test func `a retry of what was part of a digest goes to all`() throws {
        let all = MailProgress(accepted: ["a@e.org", "b@e.org", "c@e.org"], refused: [:])
        try store.record(StoreFixture.event(of: "pm-1"), StoreFixture.event(of: "pm-2"))
        for seq: Int64 in [1, 2] { try store.settle(seq, .digested, attempt: attempt(.delivered, all), at: 2) }
        let answer = try store.change(.retry, [2], again: true, at: 5)
        #expect(answer.changed.map(\.was) == [.digested])
        #expect(try progress() == MailProgress())
    }

    @Test func `a drop forgets nobody who has it`() throws {
        try store.record(StoreFixture.event())
        try store.settle(1, .dead, attempt: attempt(.messageRefused, Self.half))
        try store.change(.drop, [1], at: 3)
        try store.change(.retry, [1], at: 5)
        #expect(try progress() == Self.half)
    }
}
