import GRDB
import Model
import Testing

@testable import Store

/// A database from before there were runs: they follow from its history.
struct RunMigrationTests {
    @Test func `an older history shows the runs that ended, and which go on`() throws {
        let fixture = try StoreFixture()
        try fixture.makeOld(migrations: 5)
        try fixture.outsideFile().write { database in
            try database.execute(
                sql: """
                    INSERT INTO clusters (id, name, account, region, instance, status, since, started_at, completed_at)
                    VALUES ('pm-on', 'nightly', 'default', 'cn-beijing', NULL, 'ACTIVATION', 500, NULL, NULL),
                        ('pm-off', NULL, 'default', 'cn-beijing', 'pc-1', 'COMPLETED', 900, 100, 900);
                    INSERT INTO progress (cluster, past_run_ms) VALUES ('pm-on', 7000);
                    INSERT INTO events
                        (event, cluster, account, region, kind, observed_at, api_time, details)
                    VALUES
                        ('completed', 'pm-off', 'default', 'cn-beijing', 'first_seen', 950, 900,
                            '{"facts":{"started_at":100},"progress":{"step":12,"metrics":{"loss":2}}}'),
                        ('failed', 'pm-on', 'default', 'cn-beijing', 'observed', 400, NULL,
                            '{"progress":{"metrics":{"loss":"high"}}}'),
                        ('stalled', 'pm-on', 'default', 'cn-beijing', 'observed', 600, NULL, NULL)
                    """)
        }
        let store = try fixture.open()
        let reader = try HistoryReader(path: fixture.path)
        let runs = try reader.runs(limit: nil, at: StoreFixture.start).map(\.record)
        func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
        #expect(
            runs == [
                RunRecord(
                    cluster: ClusterID("pm-off"), scope: StoreFixture.scope, startedAt: time(100), endedAt: time(900),
                    outcome: .completed, source: .listed, steps: 12, lastLoss: 2),
                RunRecord(
                    cluster: ClusterID("pm-on"), scope: StoreFixture.scope, endedAt: time(400), outcome: .failed),
                RunRecord(
                    cluster: ClusterID("pm-on"), name: "nightly", scope: StoreFixture.scope, startedAt: time(500),
                    outcome: .running),
            ])
        let clusters = try store.loadClusters([ClusterID("pm-on"), ClusterID("pm-off")])
        #expect(clusters.map(\.isRunning) == [true, false])
        #expect(clusters.map(\.runStartedAt) == [time(500), time(100)])
        #expect(clusters.map(\.lastRun) == [.milliseconds(7000), .milliseconds(800)])
    }
}
