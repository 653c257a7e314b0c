import Model
import Testing

@testable import Store

@Suite(.onBothEngines)
struct DeadLetterTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func states(_ target: String = "chat") throws -> [AlertState] {
        var states: [AlertState] = []
        try fixture.reader().alerts(
            AlertFilter(states: Set(AlertState.allCases), targets: [target])
        ) { states.append($0.state) }
        return states
    }

    @Test
    func `a target taken out of the config turns its waiting alerts into dead ones, and back in they can be retried`()
        throws
    {
        try store.record(StoreFixture.event(), StoreFixture.event(), for: ["chat", "ops"])
        try store.settle(1, .delivered)
        #expect(try store.buryAlerts(ofTargetsNotIn: ["ops"], at: StoreFixture.time(5)) == ("chat", 1, true))
        #expect(try states() == [.delivered, .dead])
        #expect(try states("ops") == [.pending, .pending])
        #expect(
            try fixture.reader().alerts(ofEvent: 2).first?.lastError?.hasPrefix("target removed")
                == true)
        #expect(try store.alertCounts() == AlertCounts(pending: 2, dead: 1))
        let change = try store.change(.retry, target: "chat", at: 6)
        #expect(change.changed == [AlertName(id: "k3v9x2ab-2", target: "chat", was: .dead)])
        #expect(try store.due(at: 6) == [2])
    }

    @Test
    func `burying where all targets are configured writes nothing`() throws {
        try store.record(StoreFixture.event())
        #expect(try store.buryAlerts(ofTargetsNotIn: ["chat", "more"], at: StoreFixture.time(5)) == (nil, 0, false))
    }

    @Test
    func `a dead alert that is retried is reported before the younger ones of its cluster`() throws {
        try store.record(StoreFixture.event(), StoreFixture.event(), StoreFixture.event())
        try store.settle(1, .dead)
        try store.settle(2, .pending, next: 50)
        #expect(try store.change(.retry, [1], at: 10).changed.map(\.id) == ["k3v9x2ab-1"])
        #expect(try store.due(at: 100) == [1])
        try store.settle(1, .delivered, at: 100)
        #expect(try store.due(at: 100) == [2])
    }

    @Test
    func `a retried alert has all the time again until it is given up`() throws {
        try store.record(StoreFixture.event(), at: 0)
        try store.settle(1, .dead, at: 1)
        try store.change(.retry, [1], at: 1000)
        let alert = try #require(try store.dueAlerts(for: "chat", at: StoreFixture.time(1000), limit: 1).first)
        #expect(alert.createdAt == StoreFixture.time(1000))
        #expect(try fixture.reader().alerts(ofEvent: 1).first?.createdAt == StoreFixture.time(0))
    }

    @Test
    func `what was delivered is sent again only where that is said`() throws {
        try store.record(StoreFixture.event())
        try store.settle(1, .delivered)
        let refused = try store.change(.retry, [1], at: 1)
        let name = AlertName(id: "k3v9x2ab-1", target: "chat", was: .delivered)
        #expect(refused == AlertAnswer(unchanged: [name]))
        let again = try store.change(.retry, [1], again: true, at: 1)
        #expect(again == AlertAnswer(changed: [name]))
        #expect(try store.due(at: 1) == [1])
    }

    @Test
    func `numbers that have no alert are named`() throws {
        try store.record(StoreFixture.event(), for: ["chat", "ops"])
        try store.record(StoreFixture.event(), for: ["chat"])
        let change = try store.change(.retry, [2, 3], target: "ops", at: 1)
        #expect(change == AlertAnswer(unknown: ["k3v9x2ab-2", "k3v9x2ab-3"]))
    }

    @Test
    func `retrying a target since a time leaves older ones dead`() throws {
        for index in 0..<4 {
            try store.record(StoreFixture.event(of: "c\(index)", at: Double(index)), at: Double(index))
            try store.settle(Int64(index + 1), .dead)
        }
        try store.change(.retry, target: "chat", since: 2, at: 9)
        #expect(try states() == [.dead, .dead, .pending, .pending])
    }

    @Test
    func `dropping gives up, and the next in line goes on`() throws {
        try store.record(StoreFixture.event(), StoreFixture.event(), for: ["chat", "ops"])
        let change = try store.change(.drop, [1], target: "chat", at: 1)
        #expect(change.changed == [AlertName(id: "k3v9x2ab-1", target: "chat", was: .pending)])
        #expect(try states() == [.suppressed, .pending])
        #expect(try store.due(at: 1) == [2])
        #expect(try store.due("ops", at: 1) == [1])
    }

    @Test
    func `ids are read, and those of other databases are not`() {
        #expect(store.numbering.seq(of: "k3v9x2ab-17") == 17)
        for wrong in [
            "17", "otherdbx-17", "k3v9x2ab-", "k3v9x2ab-0", "k3v9x2ab--1", "k3v9x2ab-1-2", "k3v9x2ab-+1", "k3v9x2ab-01",
            "k3v9x2ab-17 ", "K3V9X2AB-17",
            "k3v9x2ab-9223372036854775808", "",
        ] {
            #expect(store.numbering.seq(of: wrong) == nil)
        }
    }

    @Test
    func `lists by state, target and time, the newest that fit`() throws {
        for index in 0..<6 {
            try store.record(StoreFixture.event(of: "c\(index)"), for: ["chat", "ops"], at: Double(index))
        }
        try store.settle(1, .delivered)
        try store.settle(2, .dead)
        let reader = try fixture.reader()
        func list(_ filter: AlertFilter, limit: Int? = nil) throws -> [String] {
            var list: [String] = []
            try reader.alerts(filter, limit: limit) { list.append("\($0.seq)\($0.target)") }
            return list
        }
        #expect(try list(AlertFilter(targets: ["chat"])) == ["2chat", "3chat", "4chat", "5chat", "6chat"])
        #expect(try list(AlertFilter(states: [.dead])) == ["2chat"])
        #expect(try list(AlertFilter(states: [.delivered])) == ["1chat"])
        #expect(try list(AlertFilter(states: [])) == [])
        #expect(try list(AlertFilter(), limit: 3) == ["5ops", "6chat", "6ops"])
        #expect(try list(AlertFilter(since: StoreFixture.time(4))) == ["5chat", "5ops", "6chat", "6ops"])
        #expect(
            try list(
                AlertFilter(states: Set(AlertState.allCases), targets: ["chat"], since: StoreFixture.time(0)), limit: 9
            ).count == 6)
    }
}
