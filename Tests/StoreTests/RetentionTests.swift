import Foundation
import Model
import TestSupport
import Testing

@testable import Store

@Suite(.onBothEngines)
struct RetentionTests {
    private let fixture: StoreFixture
    private let store: EventStore
    private static let day = 86_400.0

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func numbers() throws -> [Int64] {
        try store.read { try $0.integers("SELECT seq FROM events ORDER BY seq") }
    }

    private func pruneAll(keep: Duration?, atDay day: Double, batch: Int = 2) throws -> Int {
        var rounds = 0
        var place: PrunePlace? = .start
        while let from = place {
            rounds += 1
            place = try store.prune(keep: keep, at: StoreFixture.time(day * Self.day), from: from, batch: batch)
        }
        return rounds
    }

    private func settle(_ seq: Int64, _ state: AlertState, atDay day: Double) throws {
        let attempt = AttemptRecord(
            startedAt: StoreFixture.time(day * Self.day), duration: .zero, verdict: Verdict(.delivered))
        try store.settle(seq, state, next: state == .pending ? 1e9 : nil, attempt: attempt, at: day * Self.day)
    }

    @Test
    func `what is older than is kept goes, in batches, with its alerts and attempts`() throws {
        for day in 0..<10 {
            let time = Double(day) * Self.day
            try store.record(StoreFixture.event(of: "c\(day)", at: time), at: time)
            try settle(Int64(day + 1), .delivered, atDay: Double(day))
        }
        let rounds = try pruneAll(keep: .seconds(3 * Self.day), atDay: 9)
        #expect(rounds >= 3)
        #expect(try numbers() == [7, 8, 9, 10])
        #expect(try store.read { try $0.int("SELECT count(*) FROM outbox") } == 4)
        #expect(try store.read { try $0.int("SELECT count(*) FROM attempts") } == 4)
    }

    @Test
    func `what waits or is dead stays, however old, with its event and attempts`() throws {
        try store.record(StoreFixture.event(of: "a"), StoreFixture.event(of: "b"), StoreFixture.event(of: "c"))
        try settle(1, .pending, atDay: 0)
        try settle(2, .dead, atDay: 0)
        try settle(3, .suppressed, atDay: 0)
        _ = try pruneAll(keep: .seconds(1), atDay: 400)
        #expect(try numbers() == [1, 2])
        #expect(try store.read { try $0.integers("SELECT seq FROM attempts ORDER BY seq") } == [1, 2])
    }

    @Test
    func `history that is kept for ever keeps the attempts of thirty days`() throws {
        for day in [0.0, 20.0] {
            try store.record(StoreFixture.event(of: "c\(day)", at: day * Self.day), at: day * Self.day)
        }
        try settle(1, .delivered, atDay: 0)
        try settle(2, .delivered, atDay: 20)
        _ = try pruneAll(keep: nil, atDay: 31)
        #expect(try numbers() == [1, 2])
        #expect(try store.read { try $0.integers("SELECT seq FROM attempts") } == [2])
        #expect(try fixture.reader().alerts(ofEvent: 1).first?.state == .delivered)
    }

    @Test
    func `what must stay is passed over once a round, however much of it there is`() throws {
        for index in 0..<40 {
            try store.record(StoreFixture.event(of: "c\(index)", at: Double(index)), at: Double(index))
            try store.settle(Int64(index + 1), index < 37 ? .dead : .delivered)
        }
        // Forty events in batches of ten, then attempts, clusters and runs: each batch begins where the one before ended.
        #expect(try pruneAll(keep: .seconds(Self.day), atDay: 3, batch: 10) == 8)
        #expect(try numbers() == Array(1...37))
    }

    @Test
    func `what is known of a task that is not watched any more goes with its last event`() throws {
        let watched = ClusterEntry(id: ClusterID("pm-w"), scope: StoreFixture.scope)
        let left = ["pm-1", "pm-2", "pm-3"].map { ClusterEntry(id: ClusterID($0), scope: StoreFixture.scope) }
        try store.watch([watched] + left, at: StoreFixture.start)
        let progress = left.map { ProgressUpdate(record: ProgressRecord(cluster: $0.id)) }
        let answers = left.map {
            AnswerRecord(cluster: $0.id, observedAt: StoreFixture.start, requestID: nil, body: Array("{}".utf8))
        }
        _ = try store.record(Recording(answers: answers, progress: progress), at: StoreFixture.start)
        try store.record(StoreFixture.event(of: "pm-1", at: 0), StoreFixture.event(of: "pm-2", at: 5 * Self.day))
        try store.settle(1, .delivered)
        try store.settle(2, .delivered)
        try store.watch([watched], at: StoreFixture.start)

        _ = try pruneAll(keep: .seconds(10 * Self.day), atDay: 12)
        #expect(try ids("clusters", "id") == ["pm-2", "pm-w"])
        #expect(try numbers() == [2])
        _ = try pruneAll(keep: .seconds(10 * Self.day), atDay: 20)
        for (table, column) in [("answers", "cluster"), ("progress", "cluster"), ("curve", "cluster")] {
            #expect(try ids(table, column) == [], "\(table)")
        }
        #expect(try ids("clusters", "id") == ["pm-w"])
    }

    @Test
    func `history kept for ever keeps the tasks of its events`() throws {
        try store.watch([ClusterEntry(id: ClusterID("pm-1"), scope: StoreFixture.scope)], at: StoreFixture.start)
        try store.record(StoreFixture.event(of: "pm-1"))
        try store.settle(1, .delivered)
        try store.watch([], at: StoreFixture.start)
        _ = try pruneAll(keep: nil, atDay: 400)
        #expect(try ids("clusters", "id") == ["pm-1"])
    }

    @Test
    func `targets that are gone are forgotten once nothing waits for them`() throws {
        try store.settle([], targets: [TargetRecord(name: "chat"), TargetRecord(name: "ops")], at: StoreFixture.start)
        try store.record(StoreFixture.event(), for: ["chat"])
        try store.forgetTargets(notIn: ["other"])
        #expect(try store.loadTargets().map(\.name) == ["chat"])
        try store.settle(1, .suppressed)
        try store.forgetTargets(notIn: ["chat"])
        #expect(try store.loadTargets().map(\.name) == ["chat"])
        try store.forgetTargets(notIn: [])
        #expect(try store.loadTargets().isEmpty)
    }

    private func ids(_ table: String, _ column: String) throws -> [String] {
        try store.read { try $0.texts("SELECT \(column) FROM \(table) ORDER BY 1") }
    }
}
