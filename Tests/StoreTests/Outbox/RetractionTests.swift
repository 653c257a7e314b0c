import Model
import Testing

@testable import Store

/// What becomes of the report of a failing target when that target works again.
@Suite(.onBothEngines)
struct RetractionTests {
    private let fixture: StoreFixture
    private let store: EventStore
    private static let withdrawn = "target hook recovered before its failure was reported"

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    /// - Returns: its number.
    private func commit(
        _ kind: EventKind, of target: String = "hook", for receivers: [String] = ["pager"],
        underWay: Set<AlertKey> = [], at seconds: Double
    ) throws -> Int64 {
        let event = Event(kind: kind, observedAt: StoreFixture.time(seconds), target: target)
        return try store.settle(
            [], events: [RoutedEvent(event: event, targets: receivers)], underWay: underWay,
            at: StoreFixture.time(seconds))[0].seq
    }

    private func tries(_ seq: Int64, _ outcome: DeliveryOutcome, at seconds: Double) throws {
        let attempt = AttemptRecord(
            startedAt: StoreFixture.time(seconds), duration: .milliseconds(900), verdict: Verdict(outcome))
        try store.settle(seq, .pending, target: "pager", next: seconds + 30, attempt: attempt, at: seconds)
    }

    private func alert(_ seq: Int64, _ target: String = "pager") throws -> AlertRow {
        try #require(try fixture.reader().alerts(ofEvent: seq).first { $0.target == target })
    }

    @Test
    func `a report that was not sent goes, with the recovery`() throws {
        let report = try commit(.targetFailing, at: 0)
        let recovery = try commit(.targetRecovered, at: 10)
        for seq in [report, recovery] {
            #expect(try alert(seq).state == .suppressed)
            #expect(try alert(seq).lastError == Self.withdrawn)
        }
        #expect(try store.due("pager", at: 60).isEmpty)
    }

    @Test(arguments: [DeliveryOutcome.tryAgain(retryAfter: nil), .throttled(retryAfter: .seconds(5)), .messageRefused])
    func `a report that was tried may have arrived, so its receiver gets both`(outcome: DeliveryOutcome) throws {
        let report = try commit(.targetFailing, at: 0)
        try tries(report, outcome, at: 6)
        let recovery = try commit(.targetRecovered, at: 10)
        #expect(try alert(report).state == .pending)
        #expect(try alert(recovery).state == .pending)
        #expect(try store.due("pager", at: 60) == [report])
        try store.settle(report, .delivered, target: "pager", at: 61)
        #expect(try store.due("pager", at: 61) == [recovery])
    }

    @Test
    func `each receiver is looked at by itself`() throws {
        let report = try commit(.targetFailing, for: ["chat", "pager"], at: 0)
        try tries(report, .tryAgain(retryAfter: nil), at: 6)
        let recovery = try commit(.targetRecovered, for: ["chat", "pager"], at: 10)
        for seq in [report, recovery] {
            #expect(try alert(seq, "chat").state == .suppressed)
            #expect(try alert(seq, "pager").state == .pending)
        }
    }

    @Test
    func `a second failure that was not sent goes on behind the first, which was tried`() throws {
        let first = try commit(.targetFailing, at: 0)
        try tries(first, .tryAgain(retryAfter: nil), at: 6)
        let others = [
            try commit(.targetRecovered, at: 10), try commit(.targetFailing, at: 20),
            try commit(.targetRecovered, at: 30),
        ]
        for seq in [first] + others { #expect(try alert(seq).state == .pending) }
    }

    @Test
    func `what is being sent, and what is about another target, is left as it is`() throws {
        let report = try commit(.targetFailing, at: 0)
        let other = try commit(.targetFailing, of: "mail", at: 1)
        let key = AlertKey(seq: report, target: "pager")
        let recovery = try commit(.targetRecovered, underWay: [key], at: 10)
        for seq in [report, other, recovery] { #expect(try alert(seq).state == .pending) }
    }
}
