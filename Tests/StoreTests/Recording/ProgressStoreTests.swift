import Migrations
import Model
import TestSupport
import Testing

@testable import Store

@Suite(.onBothEngines)
struct ProgressStoreTests {
    private let fixture: StoreFixture
    private let store: EventStore
    private let id = ClusterID("pm-1")

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func record(step: Int, run: Double = 0) -> ProgressRecord {
        var record = ProgressRecord(cluster: id)
        record.runStartedAt = StoreFixture.time(run)
        record.latest = TrainingProgress(
            step: step, totalSteps: 400, epoch: 0.5, metrics: ["loss": .number(1.5), "lr": .string("1e-6")],
            loggedAt: StoreFixture.time(run + Double(step)))
        record.stepSeenAt = StoreFixture.time(run + Double(step) + 1)
        record.firstStep = 1
        record.firstLoggedAt = StoreFixture.time(run + 1)
        record.pastRun = .seconds(500)
        record.expectedEnd = StoreFixture.time(run + 400)
        return record
    }

    private func cluster(_ status: ClusterStatus = .activation, run: Double = 0, stalled: Bool = false) -> ClusterRecord
    {
        var cluster = ClusterRecord(id: id, scope: StoreFixture.scope, instance: "pc-1")
        cluster.status = status
        cluster.facts.startedAt = StoreFixture.time(run)
        cluster.isStalled = stalled
        return cluster
    }

    private func points(_ range: Range<Int>) -> [CurvePoint] {
        range.map { CurvePoint(at: StoreFixture.time(Double($0)), step: $0, loss: Double($0)) }
    }

    private func write(_ recording: Recording) throws {
        _ = try store.record(recording, at: StoreFixture.start)
    }

    @Test func `progress comes back as it was written, and is shown`() throws {
        let progress = record(step: 7)
        try write(
            Recording(
                clusters: [cluster()],
                progress: [ProgressUpdate(record: progress, startsAnew: true, points: points(1..<8))]))
        #expect(try store.loadProgress([id, ClusterID("pm-2")]) == [progress])
        #expect(try store.loadWatchedProgress() == [progress])
        let reader = try fixture.reader()
        let row = try #require(try reader.statusRows().first)
        #expect(row.instance == "pc-1")
        #expect(row.progress?.latest == progress.latest)
        #expect(row.progress?.expectedEnd == progress.expectedEnd)
        #expect(try reader.curve(of: id) == points(1..<8))
        #expect(row.json["progress"]?["step"] == .integer(7))
        #expect(row.json["instance"] == .string("pc-1"))
    }

    @Test func `what was read of an earlier run is not shown, and leaves with the next one`() throws {
        try write(
            Recording(clusters: [cluster()], progress: [ProgressUpdate(record: record(step: 7), points: points(1..<8))])
        )
        try write(Recording(clusters: [cluster(run: 1000)]))
        let reader = try fixture.reader()
        #expect(try reader.statusRows().first?.progress == nil)
        #expect(try reader.statusRows().first?.json["progress"] == .null)
        #expect(try reader.curve(of: id).isEmpty)
        let next = points(1000..<1003)
        try write(
            Recording(progress: [ProgressUpdate(record: record(step: 2, run: 1000), startsAnew: true, points: next)]))
        #expect(try reader.curve(of: id) == next)
        #expect(try reader.progress(of: id)?.latest?.step == 2)
    }

    @Test(arguments: [(ClusterStatus.completed, false), (.activation, true)])
    func `no end is expected of a run that is over or stands still`(status: ClusterStatus, stalled: Bool) throws {
        try write(
            Recording(
                clusters: [cluster(status, stalled: stalled)], progress: [ProgressUpdate(record: record(step: 7))]))
        let progress = try fixture.reader().progress(of: id)
        #expect(progress?.latest?.step == 7)
        #expect(progress?.expectedEnd == nil)
    }

    @Test func `a curve is bounded, and keeps its first and its newest part`() throws {
        try write(Recording(clusters: [cluster()]))
        for first in stride(from: 0, to: 10_000, by: 25) {
            try write(
                Recording(
                    progress: [ProgressUpdate(record: record(step: first + 24), points: points(first..<first + 25))]))
        }
        let curve = try fixture.reader().curve(of: id)
        #expect(curve.count <= EventStore.mostCurvePoints && curve.count > EventStore.mostCurvePoints / 3)
        #expect(curve.last?.step == 9999)
        #expect((curve.first?.step ?? .max) < 1000)
        let steps = curve.compactMap(\.step)
        #expect(steps == steps.sorted())
    }

    @Test func `found clusters are watched with what is known of them, retired ones keep it`() throws {
        var known = cluster(.failed)
        known.wasActivated = true
        try write(Recording(clusters: [known]))
        try store.watch([], at: StoreFixture.start)
        #expect(try store.loadWatched().isEmpty)
        try write(
            Recording(discovered: [
                ClusterEntry(id: id, scope: StoreFixture.scope, instance: "pc-1"),
                ClusterEntry(id: ClusterID("pm-2"), scope: StoreFixture.scope, instance: "pc-1"),
            ]))
        #expect(try store.loadWatched().map(\.id.rawValue) == ["pm-1", "pm-2"])
        #expect(try store.loadWatched().first?.status == .failed)
        try write(Recording(retired: [id]))
        #expect(try store.loadWatched().map(\.id.rawValue) == ["pm-2"])
        #expect(try store.loadClusters([id]).first?.status == .failed)
    }

    @Test func `what came through an instance is found again, what is gone for long is not`() throws {
        var gone = cluster(.gone)
        gone.since = StoreFixture.time(100)
        let other = ClusterRecord(
            id: ClusterID("pm-9"), scope: AccountRegion(account: "other", region: "cn-beijing"), instance: "pc-1")
        try write(Recording(clusters: [gone, other]))
        let key = InstanceKey(id: "pc-1", scope: StoreFixture.scope)
        #expect(try store.loadDiscovered(through: key, goneAfter: StoreFixture.time(99)).map(\.id) == [id])
        #expect(try store.loadDiscovered(through: key, goneAfter: StoreFixture.time(100)).isEmpty)
    }

    @Test func `a database of the version before gets progress when it is opened`() throws {
        let old = try StoreFixture()
        try old.makeOld(migrations: 1)
        let migrated = try old.open()
        _ = try migrated.record(
            Recording(clusters: [cluster()], progress: [ProgressUpdate(record: record(step: 7))]),
            at: StoreFixture.start)
        #expect(try migrated.loadWatchedProgress().map(\.latest?.step) == [7])
    }

    @Test func `the curve of a cluster that is not watched any more goes after a month`() throws {
        var known = cluster()
        known.lastPollAt = StoreFixture.start
        try write(
            Recording(clusters: [known], progress: [ProgressUpdate(record: record(step: 7), points: points(1..<8))]))
        let reader = try fixture.reader()
        try pruneAll(at: StoreFixture.time(40 * 86_400))
        #expect(try reader.curve(of: id).count == 7, "it is watched")
        try store.watch([], at: StoreFixture.start)
        try pruneAll(at: StoreFixture.time(29 * 86_400))
        #expect(try reader.curve(of: id).count == 7)
        try pruneAll(at: StoreFixture.time(31 * 86_400))
        #expect(try reader.curve(of: id).isEmpty)
        #expect(try reader.progress(of: id)?.latest?.step == 7)
    }

    private func pruneAll(at now: Timestamp) throws {
        var place: PrunePlace? = .start
        while let from = place { place = try store.prune(keep: nil, at: now, from: from) }
    }
}
