import Model
import TestSupport
import Testing

@testable import Store

@Suite(.onBothEngines)
struct FiguresTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func cluster(
        _ id: String, _ status: String?, account: String = "default", since: Double = 0,
        _ change: (inout ClusterRecord) -> Void = { _ in }
    ) -> ClusterRecord {
        var record = ClusterRecord(
            id: ClusterID(id), scope: AccountRegion(account: account, region: "cn-hangzhou"))
        record.status = status.map { ClusterStatus($0) }
        record.since = StoreFixture.time(since)
        change(&record)
        return record
    }

    private func figures(_ tasks: TaskMetrics = .off, at seconds: Double = 0) throws -> DatabaseFigures {
        try fixture.reader().figures(tasks: tasks, at: StoreFixture.time(seconds))
    }

    private func fill() throws {
        var recording = Recording(clusters: [
            cluster("pm-1", "ACTIVATION") { $0.isStalled = true },
            cluster("pm-2", "Failed", since: -100), cluster("pm-3", "FAILED", since: -8 * 86_400),
            cluster("pm-4", "COMPLETED"),
            cluster("pm-5", "PAUSED_BY_USER", account: "other") { $0.lastError = "timeout" },
            cluster("pm-6", nil, account: "other"), cluster("pm-7", "GONE"), cluster("pm-8", "ACTIVATION"),
        ])
        recording.scopes = [
            ScopeRecord(
                scope: AccountRegion(account: "other", region: "cn-hangzhou"), failingSince: StoreFixture.time(1))
        ]
        _ = try store.record(recording, at: StoreFixture.start)
        try fixture.outside().write { try $0.run("UPDATE clusters SET watched = 0 WHERE id = 'pm-8'") }
    }

    @Test func `tasks are counted by status, accounts by whether they fail`() throws {
        try fill()
        let figures = try figures()
        #expect(
            figures.tasksByStatus == [
                .activation: 1, ClusterStatus("Failed"): 1, .failed: 1, .completed: 1,
                ClusterStatus("PAUSED_BY_USER"): 1, nil: 1, .gone: 1,
            ])
        #expect(figures.failingPolls == 1)
        #expect(figures.stalled == 1)
        #expect(
            figures.scopes == [
                AccountRegion(account: "default", region: "cn-hangzhou"): false,
                AccountRegion(account: "other", region: "cn-hangzhou"): true,
            ])
        #expect(figures.tasks.isEmpty)
        #expect(figures.size > 0)
        // Nobody says what a server has left.
        #expect(try figures.free.map { $0 > 0 } ?? (fixture.engine.source != nil))
    }

    @Test func `which tasks have figures of their own`() throws {
        try fill()
        #expect(try figures(.running).tasks.map(\.cluster.rawValue) == ["pm-1", "pm-2", "pm-5"])
        #expect(try figures(.running, at: 7 * 86_400).tasks.map(\.cluster.rawValue) == ["pm-1", "pm-5"])
        #expect(
            try figures(.all).tasks.map(\.cluster.rawValue) == [
                "pm-1", "pm-2", "pm-3", "pm-4", "pm-5", "pm-6", "pm-7",
            ])
    }

    @Test func `a failed task is left out once its failure is acknowledged`() throws {
        try fill()
        let failures = try store.record(
            StoreFixture.event(of: "pm-2"), StoreFixture.event(of: "pm-2"), StoreFixture.event(.started, of: "pm-2"),
            for: [])
        func acknowledge(_ seq: Int64) throws {
            try fixture.outside().write {
                try $0.run("INSERT INTO acks (seq, at, author) VALUES (?, 1, 'wang')", [seq])
            }
        }
        // The one before says nothing of the newest.
        try acknowledge(failures[0].seq)
        #expect(try figures(.running).tasks.map(\.cluster.rawValue).contains("pm-2"))
        try acknowledge(failures[1].seq)
        #expect(try !figures(.running).tasks.map(\.cluster.rawValue).contains("pm-2"))
        #expect(try figures(.all).tasks.map(\.cluster.rawValue).contains("pm-2"))
    }

    @Test(arguments: [
        (#"{"loss": 1.25, "lr": 3}"#, 1.25), (#"{"loss": 2}"#, 2), (#"{"loss": "low"}"#, nil), (#"{}"#, nil),
        (#"{"loss": null}"#, nil),
    ])
    func `a task's progress is that of its latest run`(metrics: String, loss: Double?) throws {
        try fill()
        try fixture.outside().write {
            try $0.run(
                """
                INSERT INTO progress (cluster, run_started_at, step, total_steps, metrics, logged_at, expected_end)
                VALUES ('pm-5', NULL, 30, 120, ?, 7000, 9000), ('pm-2', 5, 1, 2, '{}', 1, 1)
                """, [metrics])
        }
        let tasks = try figures(.running).tasks
        let task = try #require(tasks.first { $0.cluster.rawValue == "pm-5" })
        #expect(task.step == 30 && task.totalSteps == 120)
        #expect(task.loss == loss)
        #expect(task.lastStepAt == Timestamp(milliseconds: 7000))
        // Only of a training that goes on.
        #expect(task.expectedEnd == nil)
        // Of another run.
        #expect(tasks.first { $0.cluster.rawValue == "pm-2" }?.step == nil)
    }

    @Test func `alerts are counted by target, with the time of the oldest that waits`() throws {
        try store.record(StoreFixture.event(of: "pm-1"), for: ["chat", "ops"], at: 5)
        try store.record(StoreFixture.event(of: "pm-1"), StoreFixture.event(of: "pm-2"), at: 60)
        try store.change(.drop, [1], target: "ops", at: 61)
        let targets = try figures().targets
        #expect(targets["chat"]?.alerts[.pending] == 3)
        #expect(targets["chat"]?.oldestPending == StoreFixture.time(5))
        #expect(targets["ops"]?.alerts[.pending] ?? 0 == 0)
        #expect(targets["ops"]?.oldestPending == nil)
        #expect(try figures().lastEvent == 3)
    }

    @Test func `the number of the newest event never falls`() throws {
        #expect(try figures().lastEvent == 0)
        try store.record(StoreFixture.event(), for: [])
        try fixture.outside().write { try $0.run("DELETE FROM events") }
        #expect(try figures().lastEvent == 1)
    }
}
