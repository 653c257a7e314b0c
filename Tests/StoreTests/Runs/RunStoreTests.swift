import Migrations
import Model
import Testing

@testable import Store

/// Runs as they are written and read again.
@Suite(.onBothEngines)
struct RunStoreTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private static let now = StoreFixture.time(100_000)

    private func run(
        _ outcome: RunRecord.Outcome, of cluster: String = "pm-1", from start: Double? = nil, to end: Double? = nil,
        source: RunRecord.Source = .observed
    ) -> RunRecord {
        RunRecord(
            cluster: ClusterID(cluster), scope: StoreFixture.scope, startedAt: start.map(StoreFixture.time),
            endedAt: end.map(StoreFixture.time), outcome: outcome, source: source)
    }

    private func write(_ runs: RunRecord..., at seconds: Double = 0, discovering: [String] = []) throws {
        var recording = Recording(
            discovered: discovering.map { ClusterEntry(id: ClusterID($0), scope: StoreFixture.scope) })
        recording.runs = runs
        _ = try store.record(recording, at: StoreFixture.time(seconds))
    }

    private func runs(_ filter: RunFilter = RunFilter(), limit: Int? = nil) throws -> [RunRecord] {
        try fixture.reader().runs(filter, limit: limit, at: Self.now).map(\.record)
    }

    @Test func `a run that goes on is one row, and its end is written into it`() throws {
        try write(run(.running, from: 40))
        var corrected = run(.running, from: 35)
        corrected.name = "nightly"
        try write(corrected)
        #expect(try runs() == [corrected])
        var ended = run(.completed, from: 35, to: 95)
        ended.steps = 700
        ended.lastLoss = 0.25
        ended.cost = Cost(amount: 12.5, currency: "EUR")
        try write(ended)
        var expected = ended
        expected.name = "nightly"
        #expect(try runs() == [expected])
        #expect(expected.duration == .seconds(60))
    }

    @Test func `the end may become known later than that it ended, and adds no run`() throws {
        try write(run(.running, from: 10))
        try write(run(.failed, from: 10))
        try write(run(.failed, from: 10, to: 77))
        try write(run(.failed, from: 10))
        #expect(try runs() == [run(.failed, from: 10, to: 77)])
    }

    @Test(arguments: [nil, 40.0])
    func `a start that becomes known after the end adds no run either`(known: Double?) throws {
        try write(run(.completed, from: 5, to: 20))
        try write(run(.running, from: known))
        try write(run(.failed, from: known, to: 100))
        var corrected = run(.failed, from: 33, to: 95)
        corrected.knownStart = .other(known.map(StoreFixture.time))
        try write(corrected)
        #expect(try runs() == [run(.completed, from: 5, to: 20), run(.failed, from: 33, to: 95)])
        // Another run is one of its own, and so is one that nobody knows under that start.
        corrected = run(.failed, from: 120, to: 130)
        corrected.knownStart = .other(StoreFixture.time(110))
        try write(corrected)
        #expect(try runs().map(\.startedAt) == [5, 33, 120].map(StoreFixture.time))
    }

    @Test func `a run after the one whose end is not known is another one`() throws {
        try write(run(.running, from: 10))
        try write(run(.gone, from: 10), run(.completed, from: 50, to: 60))
        #expect(try runs() == [run(.gone, from: 10), run(.completed, from: 50, to: 60)])
    }

    @Test func `a task that comes back goes on with the same run`() throws {
        try write(run(.running, from: 10))
        try write(run(.gone, from: 10, to: 30))
        try write(run(.running, from: 10))
        #expect(try runs() == [run(.running, from: 10)])
        try write(run(.completed, from: 10, to: 90))
        try write(run(.running, from: 10))
        #expect(try runs().map(\.outcome) == [.completed, .running])
    }

    @Test func `what the list says does not make an observed run a listed one`() throws {
        try write(run(.completed, of: "pm-2", from: 1, to: 2, source: .listed))
        try write(run(.completed, of: "pm-2", from: 1, to: 3))
        try write(run(.failed, of: "pm-3", to: 5, source: .listed), run(.failed, of: "pm-3", to: 5, source: .listed))
        try write(run(.running, of: "pm-4", from: 7), run(.failed, of: "pm-4", from: 7, to: 8, source: .listed))
        #expect(
            try runs() == [
                run(.completed, of: "pm-2", from: 1, to: 3, source: .listed),
                run(.failed, of: "pm-3", to: 5, source: .listed),
                run(.failed, of: "pm-4", from: 7, to: 8),
            ])
    }

    @Test func `runs come in the order of their starts, in pages, however they were written`() throws {
        for (number, start) in [50.0, 10, 30, 20, 40, 30].enumerated() {
            try write(run(.completed, of: "pm-\(number)", from: start, to: start + 5))
        }
        let reader = try fixture.reader()
        var seen: [Double] = []
        var place: RunPlace?
        while true {
            let page = try reader.runs(limit: 2, before: place, at: Self.now)
            guard let first = page.first else { break }
            seen = page.compactMap(\.record.startedAt).map { $0.since(StoreFixture.start).inSeconds } + seen
            place = first.place
        }
        #expect(seen == [10, 20, 30, 30, 40, 50])
    }

    @Test func `runs are found by task, outcome, account and time`() throws {
        try write(
            run(.completed, of: "pm-a", from: 10, to: 20), run(.failed, of: "pm-b", from: 15, to: 60),
            run(.running, of: "pm-c", from: 5), discovering: ["pm-a", "pm-b", "pm-c"])
        #expect(try runs(RunFilter(clusters: ["pm-[ab]"])).map(\.cluster.rawValue) == ["pm-a", "pm-b"])
        #expect(try runs(RunFilter(clusters: ["pm-x"])).isEmpty)
        #expect(try runs(RunFilter(outcomes: [.failed, .running])).map(\.cluster.rawValue) == ["pm-c", "pm-b"])
        #expect(try runs(RunFilter(accounts: ["other"])).isEmpty)
        #expect(try runs(RunFilter(since: StoreFixture.time(30))).map(\.cluster.rawValue) == ["pm-c", "pm-b"])
        #expect(try runs(RunFilter(until: StoreFixture.time(12))).map(\.cluster.rawValue) == ["pm-c", "pm-a"])
        #expect(try runs(limit: 1).map(\.cluster.rawValue) == ["pm-b"])
        let reader = try fixture.reader()
        let ended = try reader.runs(endedFrom: StoreFixture.time(20), before: StoreFixture.time(60))
        #expect(ended.map(\.record.cluster) == [ClusterID("pm-a")])
        #expect(try reader.runningRuns(at: Self.now).map(\.record.cluster) == [ClusterID("pm-c")])
        #expect(try reader.latestRuns(of: ClusterID("pm-b"), count: 2, at: Self.now).count == 1)
    }

    @Test func `a run that goes on shows how far it is and what it has cost so far`() throws {
        var record = ClusterRecord(id: ClusterID("pm-1"), scope: StoreFixture.scope)
        record.status = .activation
        record.facts.startedAt = StoreFixture.time(0)
        record.isRunning = true
        record.runStartedAt = record.facts.startedAt
        var progress = ProgressRecord(cluster: record.id)
        progress.runStartedAt = record.facts.startedAt
        progress.latest = TrainingProgress(
            step: 40, metrics: ["loss": .number(1.5)], loggedAt: StoreFixture.time(50))
        var running = run(.running, from: 0)
        running.price = HourlyPrice(perHour: 36, currency: "CNY")
        var recording = Recording(clusters: [record], progress: [ProgressUpdate(record: progress)])
        recording.runs = [running]
        recording.discovered = [ClusterEntry(id: record.id, scope: record.scope)]
        _ = try store.record(recording, at: StoreFixture.start)
        let reader = try fixture.reader()
        let shown = try reader.runs(limit: nil, at: StoreFixture.time(250)).map(\.record)
        #expect(shown.map(\.steps) == [40])
        #expect(shown.map(\.lastLoss) == [1.5])
        #expect(shown.map(\.cost) == [Cost(amount: 2.5, currency: "CNY")])
        #expect(shown.map(\.duration) == [nil])

        try store.setPrices([record.id: HourlyPrice(perHour: 72, currency: "USD")])
        #expect(
            try reader.runs(limit: nil, at: StoreFixture.time(50)).map(\.record.cost)
                == [Cost(amount: 1, currency: "USD")])
        try store.setPrices([record.id: HourlyPrice(perHour: 7.2, currency: "USD")])
        #expect(
            try reader.runs(limit: nil, at: StoreFixture.time(50)).map(\.record.cost)
                == [Cost(amount: 0.1, currency: "USD")])
        try store.setPrices([:])
        #expect(try reader.runs(limit: nil, at: StoreFixture.time(50)).map(\.record.cost) == [nil])
    }

    @Test func `the members of a run are those of the contract`() throws {
        try write(run(.completed, from: 0, to: 90))
        let json = try fixture.reader().runs(limit: 1, at: Self.now)[0].json
        #expect(
            json.objectValue?.keys.sorted() == [
                "account", "cluster", "cost", "duration_seconds", "ended_at", "last_loss", "name", "outcome", "region",
                "source", "started_at", "steps",
            ])
        #expect(json["duration_seconds"] == .integer(90))
        #expect(json["cost"] == .null)
        #expect(json["source"] == .string("observed"))
    }

    @Test func `what a cluster's run is and that it is overdue survives a restart`() throws {
        var record = ClusterRecord(id: ClusterID("pm-9"), scope: StoreFixture.scope)
        record.status = .activation
        record.runStartedAt = StoreFixture.time(3)
        record.isRunning = true
        record.lastRun = .seconds(5400)
        record.overdue = OverdueMark(limit: .slowerThan, since: StoreFixture.time(11))
        _ = try store.record(Recording(clusters: [record]), at: StoreFixture.start)
        try store.close()
        let reopened = try fixture.open()
        #expect(try reopened.loadClusters([record.id]) == [record])
        let row = try fixture.reader().statusRows()
        #expect(row.map(\.overdue) == [record.overdue])
        #expect(
            row.map { $0.json["overdue"] } == [
                .object(["limit": .string("slower_than"), "since": .string(StoreFixture.time(11).rfc3339)])
            ])
        record.isRunning = false
        _ = try reopened.record(Recording(clusters: [record]), at: StoreFixture.start)
        #expect(try fixture.reader().statusRows().map { $0.json["overdue"] } == [.null])
    }

    @Test func `runs go with the history, and one that goes on stays`() throws {
        let day = 86_400.0
        try write(
            run(.failed, of: "pm-old", from: 0, to: day), run(.failed, of: "pm-new", from: 0, to: 9 * day),
            run(.running, of: "pm-on", from: 0), run(.running, of: "pm-left", from: 0),
            discovering: ["pm-on", "pm-left"])
        _ = try store.record(Recording(retired: [ClusterID("pm-left")]), at: StoreFixture.start)
        func prune(_ keep: Duration?) throws {
            var place: PrunePlace? = .start
            while let from = place {
                place = try store.prune(keep: keep, at: StoreFixture.time(10 * day), from: from, batch: 1)
            }
        }
        try prune(nil)
        #expect(try runs().count == 4)
        try prune(.seconds(3 * day))
        #expect(Set(try runs().map(\.cluster.rawValue)) == ["pm-new", "pm-on"])
    }
}
