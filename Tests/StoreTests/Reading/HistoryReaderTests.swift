import Foundation
import Model
import TestSupport
import Testing

@testable import Store

@Suite(.onBothEngines)
struct HistoryReaderTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func numbers(_ filter: HistoryFilter = HistoryFilter(), limit: Int? = nil) throws -> [Int64] {
        var numbers: [Int64] = []
        _ = try fixture.reader().history(filter, limit: limit) { numbers.append($0.seq) }
        return numbers
    }

    private func fill(_ count: Int, clusters: Int = 3, targets: [String] = []) throws {
        let events = (0..<count).map { index in
            RoutedEvent(
                event: StoreFixture.event(
                    index % 2 == 0 ? .failed : .started, of: "pm-\(index % clusters)", at: Double(index)),
                targets: targets)
        }
        let clusters = (0..<clusters).map {
            ClusterRecord(id: ClusterID("pm-\($0)"), name: $0 == 0 ? "nightly" : nil, scope: StoreFixture.scope)
        }
        _ = try store.record(Recording(events: events, clusters: clusters), at: StoreFixture.start)
    }

    @Test
    func `a number after which there is no other is damage, and ends no program`() throws {
        try fill(1)
        let outside = try fixture.outside()
        _ = try outside.write {
            try $0.changedRows(
                "INSERT INTO events (seq, event, kind, observed_at) VALUES (?, 'failed', 'observed', 1)", [Int64.max])
        }
        if !fixture.engine.isFile {
            _ = try outside.write { try $0.changedRows("UPDATE installation SET last_seq = ?", [Int64.max - 5]) }
        }
        func isCorrupt(_ error: any Error) -> Bool {
            if case StoreError.corrupt = error { true } else { false }
        }
        #expect {
            try fixture.reader().newest()
        } throws: { isCorrupt($0) }
        #expect {
            try numbers()
        } throws: { isCorrupt($0) }
        #expect {
            try store.record(StoreFixture.event())
        } throws: { isCorrupt($0) }
    }

    @Test
    func `no database is said to be missing`() throws {
        let path = fixture.folder.file("none.db")
        #expect(throws: StoreError.missing(path: path)) { try HistoryReader(path: path) }
    }

    @Test
    func `a database without events is empty`() throws {
        #expect(try numbers() == [])
    }

    @Test
    func `the newest, oldest first`() throws {
        try fill(10)
        #expect(try numbers(limit: 3) == [8, 9, 10])
        #expect(try numbers(limit: 100) == Array(1...10))
        #expect(try numbers() == Array(1...10))
        #expect(try numbers(limit: 0) == [])
    }

    @Test
    func `more events than are read at once`() throws {
        try fill(12_000)
        #expect(try numbers() == Array(1...12_000))
        #expect(try numbers(limit: 11_000) == Array(1001...12_000))
        #expect(try numbers(HistoryFilter(clusters: ["pm-0"])).count == 4000)
    }

    @Test(arguments: [
        (HistoryFilter(clusters: ["pm-1"]), [2, 5, 8]),
        (HistoryFilter(clusters: ["nightly"]), [1, 4, 7, 10]),
        (HistoryFilter(clusters: ["night*", "pm-1"]), [1, 2, 4, 5, 7, 8, 10]),
        (HistoryFilter(clusters: ["[!a-m]ight*", "pm-[1]"]), [1, 2, 4, 5, 7, 8, 10]),
        (HistoryFilter(clusters: ["pm-[12]"]), [2, 3, 5, 6, 8, 9]),
        (HistoryFilter(clusters: ["nobody"]), []),
        (HistoryFilter(events: ["failed"]), [1, 3, 5, 7, 9]),
        (HistoryFilter(events: ["failed", "started"]), Array(1...10)),
        (HistoryFilter(statuses: ["failed"]), Array(1...10)),
        (HistoryFilter(statuses: ["COMPLETED"]), []),
        (HistoryFilter(accounts: ["default"]), Array(1...10)),
        (HistoryFilter(accounts: ["other"]), []),
        (HistoryFilter(since: StoreFixture.time(8)), [9, 10]),
        (HistoryFilter(until: StoreFixture.time(1)), [1, 2]),
        (HistoryFilter(clusters: ["pm-0"], events: ["failed"], since: StoreFixture.time(1)), [7]),
    ])
    func `filters`(filter: HistoryFilter, expected: [Int64]) throws {
        try fill(10)
        #expect(try numbers(filter) == expected)
        #expect(try numbers(filter, limit: 2) == expected.suffix(2))
    }

    @Test
    func `a cluster is found by the name it had, and by the name it has`() throws {
        var event = StoreFixture.event(of: "pm-9")
        event.name = "old"
        try store.record(event)
        _ = try store.record(
            Recording(clusters: [ClusterRecord(id: ClusterID("pm-9"), name: "new", scope: StoreFixture.scope)]),
            at: StoreFixture.start)
        #expect(try numbers(HistoryFilter(clusters: ["new"])) == [1])
        #expect(try numbers(HistoryFilter(clusters: ["old"])) == [1])
        let reader = try fixture.reader()
        #expect(try reader.clusters(matching: "pm-9") == [ClusterID("pm-9")])
        #expect(try reader.clusters(matching: "pm-8") == [])
        #expect(try reader.clusters(matching: "ol?") == [ClusterID("pm-9")])
        #expect(try reader.clusters(matching: "ne*") == [ClusterID("pm-9")])
        #expect(try reader.clusters(matching: "x*") == [])
        try store.write { try $0.run("DELETE FROM clusters") }
        #expect(try reader.clusters(matching: "pm-[89]") == [ClusterID("pm-9")])
        #expect(try reader.clusters(matching: "old") == [ClusterID("pm-9")])
    }

    @Test(arguments: [[], ["chat"], ["chat", "ops", "third"]])
    func `each event comes with its alerts`(targets: [String]) throws {
        try fill(50, targets: targets)
        try store.record(StoreFixture.event(), for: ["late"])
        try store.settle(3, .delivered)
        let reader = try fixture.reader()
        var alerts: [Int64: [String]] = [:]
        _ = try reader.history(HistoryFilter(), limit: nil) { row in
            try row.forEachAlert { alert in
                alerts[row.seq, default: []].append(
                    "\(String(decoding: alert.target, as: UTF8.self))=\(String(decoding: alert.state, as: UTF8.self))")
            }
        }
        for seq in Int64(1)...50 {
            #expect(alerts[seq] ?? [] == targets.map { $0 == "chat" && seq == 3 ? "chat=delivered" : "\($0)=pending" })
        }
        #expect(alerts[51] == ["late=pending"])
    }

    @Test
    func `alerts are found over gaps of any length`() throws {
        try fill(100)
        for gap in [1, 5, 9, 30] {
            try fill(gap)
            try store.record(StoreFixture.event(.gone), for: ["chat"])
        }
        var found: [Int64] = []
        let filter = HistoryFilter(events: ["gone"])
        _ = try fixture.reader().history(filter, limit: nil) { row in
            try row.forEachAlert { _ in found.append(row.seq) }
        }
        #expect(found == [102, 108, 118, 149])
    }

    @Test
    func `what comes after is found once`() throws {
        let reader = try fixture.reader()
        try fill(3)
        var seen: [Int64] = []
        var newest = try reader.history(HistoryFilter(), limit: 2) { seen.append($0.seq) }
        let version = try reader.dataVersion()
        #expect(try reader.dataVersion() == version)
        try store.record(StoreFixture.event(), StoreFixture.event(of: "pm-2"))
        #expect(try reader.dataVersion() != version)
        newest = try reader.events(after: newest, HistoryFilter(clusters: ["pm-1"])) { seen.append($0.seq) }
        newest = try reader.events(after: newest, HistoryFilter()) { seen.append($0.seq) }
        #expect(seen == [2, 3, 4])
        #expect(newest == 5)
    }

    @Test
    func `status, answers and counts`() throws {
        try fill(3, targets: ["chat"])
        var cluster = try #require(try store.loadClusters([ClusterID("pm-1")]).first)
        cluster.status = .activation
        cluster.lastError = "timeout"
        let answer = AnswerRecord(
            cluster: cluster.id, observedAt: StoreFixture.time(5), requestID: "R", body: [0x7B, 0x00, 0xFF, 0x7D])
        _ = try store.record(Recording(clusters: [cluster], answers: [answer]), at: StoreFixture.start)
        try store.settle(1, .dead)
        try store.noteStart(pid: 4711, startedAt: StoreFixture.time(1), configLoadedAt: StoreFixture.time(2))
        let reader = try fixture.reader()
        #expect(try reader.statusRows().map(\.cluster.rawValue) == ["pm-0", "pm-1", "pm-2"])
        #expect(try reader.statusRows()[1].lastError == "timeout")
        #expect(try reader.answer(of: cluster.id) == answer)
        #expect(try reader.answer(of: ClusterID("pm-0")) == nil)
        #expect(try reader.alertCounts() == AlertCounts(pending: 2, dead: 1))
        // On PostgreSQL a lease says which host works, and nobody has taken it here.
        #expect(try reader.daemonInfo()?.isRunning == TestedEngine.current.isFile)
        try store.noteStop(at: StoreFixture.time(9))
        try store.close()
        let info = try #require(try fixture.reader().daemonInfo())
        #expect(!info.isRunning)
        #expect(info.configLoadedAt == StoreFixture.time(2))
    }
}
