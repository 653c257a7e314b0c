import Model
import Testing

@testable import Store

@Suite(.onBothEngines)
struct AckStoreTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        let names: [(String, String?)] = [("pm-a1", "nightly"), ("pm-a2", "weekly"), ("pm-b1", nil)]
        try store.watch(
            names.map { ClusterEntry(id: ClusterID($0.0), name: $0.1, scope: StoreFixture.scope) },
            at: StoreFixture.start)
    }

    private func ack(_ names: String..., at seconds: Double = 100) throws -> [AckOutcome] {
        try store.acknowledge(names, by: "li", comment: nil, at: StoreFixture.time(seconds)).map(\.outcome)
    }

    private func id(_ outcome: AckOutcome?) -> String? {
        switch outcome {
        case .acknowledged(let event), .already(let event): event.id
        default: nil
        }
    }

    @Test
    func `an event is acknowledged once, and the history shows by whom`() throws {
        try store.record(StoreFixture.event(of: "pm-a1"), StoreFixture.event(.completed, of: "pm-a2"))
        let first = try store.acknowledge(
            ["k3v9x2ab-1"], by: "li", comment: "looking, 看一下", at: StoreFixture.time(7))
        let again = try ack("k3v9x2ab-1")
        guard case .acknowledged(let event)? = first.first?.outcome else {
            Issue.record("\(first)")
            return
        }
        #expect(again == [.already(event)])
        #expect(event.acknowledgement.author == "li")
        var acknowledgements: [Acknowledgement?] = []
        _ = try fixture.reader().history(HistoryFilter(), limit: nil) {
            acknowledgements.append($0.acknowledgement)
        }
        #expect(
            acknowledgements
                == [Acknowledgement(at: StoreFixture.time(7), author: "li", comment: "looking, 看一下"), nil])
    }

    @Test
    func `what cannot be acknowledged is said, and the others are done`() throws {
        try store.record(StoreFixture.event(.completed, of: "pm-a2"), StoreFixture.event(.gone, of: "pm-b1"))
        let outcomes = try ack("k3v9x2ab-1", "k3v9x2ab-9", "other123-2", "pm-nobody", "pm-b1")
        #expect(outcomes.prefix(4) == [.impossible(event: "completed"), .unknown, .unknown, .unknown])
        #expect(id(outcomes.last) == "k3v9x2ab-2")
    }

    @Test
    func `the id of an escalation means the event that it escalates`() throws {
        let original = StoreFixture.event(.gone, of: "pm-b1")
        try store.record(StoreFixture.event(of: "pm-a1"), original)
        try store.record(original.escalated(of: "k3v9x2ab-2"))
        #expect(try ack("k3v9x2ab-3").map(id) == ["k3v9x2ab-2"])
        let again = try ack("k3v9x2ab-2")
        guard case .already? = again.first else {
            Issue.record("\(again)")
            return
        }
    }

    @Test
    func `an escalation whose original has left the history cannot be acknowledged, and is not unknown`() throws {
        try store.record(StoreFixture.event(of: "pm-a1"))
        try store.record(StoreFixture.event(.failed, of: "pm-b1").escalated(of: "k3v9x2ab-1"))
        try store.write {
            try $0.run("DELETE FROM outbox WHERE seq = 1")
            try $0.run("DELETE FROM events WHERE seq = 1")
        }
        #expect(try ack("k3v9x2ab-2") == [.impossible(event: "escalated")])
    }

    @Test
    func `the last change is that of a status`() throws {
        #expect(try store.lastChange() == nil)
        try store.record(StoreFixture.event(of: "pm-a1"), StoreFixture.event(.stalled, of: "pm-b1"))
        #expect(try store.lastChange()?.id.description == "k3v9x2ab-1")
    }

    @Test
    func `a cluster means its newest event that is not over, by id, name or pattern`() throws {
        try store.record(
            StoreFixture.event(.overdue, of: "pm-a1"), StoreFixture.event(.stalled, of: "pm-a1"),
            StoreFixture.event(.stallEnded, of: "pm-a1"), StoreFixture.event(.failed, of: "pm-a2"),
            StoreFixture.event(.started, of: "pm-b1"))
        try store.write {
            try $0.run(
                "UPDATE clusters SET is_running = 1, overdue_limit = 'deadline', overdue_since = 1 WHERE id = 'pm-a1'")
        }
        #expect(id(try ack("nightly").first) == "k3v9x2ab-1")
        #expect(try ack("pm-b1") == [.unknown])
        #expect(try ack("pm-a*").map(id) == ["k3v9x2ab-1", "k3v9x2ab-4"])
        // The task is gone for now: the mark of its run stays, but it is not overdue.
        try store.write { try $0.run("UPDATE clusters SET is_running = 0") }
        #expect(id(try ack("nightly").first) == "k3v9x2ab-2")
        // Its limit was raised: over, too.
        try store.write { try $0.run("UPDATE clusters SET is_running = 1") }
        try store.write { try $0.run("UPDATE clusters SET overdue_since = NULL, overdue_limit = NULL") }
        #expect(id(try ack("nightly").first) == "k3v9x2ab-2")
        // Over: its newest one all the same.
        try store.record(StoreFixture.event(.restarted, of: "pm-a2"))
        #expect(try ack("weekly").map(id) == ["k3v9x2ab-4"])
    }

    @Test
    func `open events are those that are not over, with who has them in hand`() throws {
        try store.record(
            StoreFixture.event(.failed, of: "pm-a1", at: 1), StoreFixture.event(.failed, of: "pm-a2", at: 2),
            StoreFixture.event(.restarted, of: "pm-a1", at: 3), StoreFixture.event(.stalled, of: "pm-b1", at: 4),
            StoreFixture.event(.failed, of: "pm-a1", at: 5))
        _ = try ack("k3v9x2ab-4")
        let open = try store.loadOpenEvents(since: StoreFixture.time(2))
        #expect(open.map(\.event.seq) == [5, 4, 2])
        #expect(open.map { $0.acknowledgement?.author } == [nil, "li", nil])
        #expect(try store.loadOpenEvents(since: StoreFixture.time(5)).map(\.event.seq) == [5])
    }

    @Test
    func `an acknowledgement leaves with its event`() throws {
        try store.record(StoreFixture.event(of: "pm-a1"), for: [])
        _ = try ack("k3v9x2ab-1")
        var place: PrunePlace? = .start
        while let from = place {
            place = try store.prune(keep: .seconds(60), at: StoreFixture.time(1e6), from: from)
        }
        let left = try store.read { try $0.integers("SELECT seq FROM acks") }
        #expect(left.isEmpty)
    }
}
