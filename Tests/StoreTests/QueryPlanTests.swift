import GRDB
import Model
import Testing

@testable import Store

/// What is asked at every turn must cost the same with 100,000 waiting alerts as with ten: the plan shows it, whatever
/// the machine.
struct QueryPlanTests {
    private let fixture: StoreFixture
    private let store: EventStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    private func plan(_ sql: String, _ values: SQLValues) throws -> [String] {
        try store.read { session in
            try session.rows("EXPLAIN QUERY PLAN " + sql, values) { $0[3] as String }
        }
    }

    @Test
    func `due alerts are looked up among the heads, in order, without sorting`() throws {
        let plan = try plan(AlertQuery.due, ["chat", 1, 10])
        #expect(
            plan.contains {
                $0.hasPrefix("SEARCH o USING COVERING INDEX outbox_heads")
                    || $0.hasPrefix("SEARCH o USING INDEX outbox_heads")
            })
        #expect(plan.contains { $0.hasPrefix("SEARCH e USING INTEGER PRIMARY KEY") })
        #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") })
    }

    @Test
    func `what is held of a line is found by an index, however much is held`() throws {
        let plan = try plan(AlertQuery.heldOnLine, ["chat", "pm-1", 5])
        #expect(plan.contains { $0.contains("outbox_held_lines (target=? AND line=? AND seq<?)") }, "\(plan)")
        #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    @Test
    func `the next attempt is the first entry of an index`() throws {
        let plan = try plan(AlertQuery.times, ["chat", 1])
        #expect(plan.count == 1)
        #expect(plan[0].contains("outbox_due (target=?"))
    }

    @Test
    func `what was delivered lately is looked up by its time`() throws {
        let plan = try plan(AlertQuery.deliveries, [1, "am", 5000])
        #expect(plan.contains { $0.hasPrefix("SEARCH a USING INDEX attempts_started_at (started_at>?") })
        #expect(plan.contains { $0.hasPrefix("SEARCH e USING INTEGER PRIMARY KEY") })
        #expect(!plan.contains { $0.contains("TEMP B-TREE") })
    }

    @Test(arguments: [
        (AlertQuery.pendingBatch, "outbox_pending (target=? AND line>?"),
        (AlertQuery.deadBatch, "outbox_dead (target=? AND seq>?"),
    ])
    func `a backlog is changed batch by batch from a place in an index`(sql: String, index: String) throws {
        let values: SQLValues =
            sql == AlertQuery.deadBatch ? ["chat", 1, 10] : ["chat", "pm-1", 1, 10]
        let plan = try plan(sql, values)
        #expect(plan.contains { $0.contains(index) || $0.contains("(target=? AND (line,seq)>(?,?))") }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") })
    }

    @Test
    func `the heads of many lines are one step each through an index`() throws {
        let plan = try plan(AlertQuery.heads, ["chat", #"["pm-1","pm-2"]"#])
        #expect(plan.contains { $0.contains("outbox_pending (target=? AND line=?)") }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN outbox") || $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    @Test
    func `a new alert looks into its line only`() throws {
        let plan = try plan(NewAlert.pendingInsertion, [1, "chat", "pm-1", 0])
        #expect(plan.contains { $0.contains("outbox_pending (target=? AND line=?)") })
        #expect(!plan.contains { $0.hasPrefix("SCAN outbox") })
    }

    @Test(arguments: [
        (HistoryFilter(clusters: ["pm-1"]), "events_cluster"),
        (HistoryFilter(since: StoreFixture.start), "events_observed_at"),
        (HistoryFilter(events: ["gone"]), "events_event"),
        (HistoryFilter(statuses: ["Failed"]), "events_status"),
        (HistoryFilter(accounts: ["default"]), "events_account"),
    ])
    func `history of a cluster, a short time, an event or a status uses its index`(filter: HistoryFilter, index: String)
        throws
    {
        let reader = try HistoryReader(path: fixture.path)
        let clusters = filter.clusters.isEmpty ? nil : filter.clusters.map { ClusterID($0) }
        let query = try HistoryQuery(filter, clusters: clusters, on: reader.connection)
        let (sql, values) = query.rows(in: 1..<100, limit: 10)
        let statement = try reader.connection.prepare("EXPLAIN QUERY PLAN " + sql, values)
        #expect(try statement.step())
        #expect(statement.text(3)?.contains("SEARCH events USING INDEX \(index)") == true)
    }

    @Test
    func `the newest of all history is a walk from the end`() throws {
        let reader = try HistoryReader(path: fixture.path)
        let query = try HistoryQuery(HistoryFilter(), clusters: nil, on: reader.connection)
        for (sql, values) in [query.lowest(limit: 50), query.rows(in: 1..<100, limit: 10)] {
            let statement = try reader.connection.prepare("EXPLAIN QUERY PLAN " + sql, values)
            while try statement.step() {
                #expect(statement.text(3)?.contains("TEMP B-TREE") == false)
            }
        }
    }

    @Test
    func `one kind of event is read from the end without sorting`() throws {
        let reader = try HistoryReader(path: fixture.path)
        let filters = [
            HistoryFilter(events: ["failed"]), HistoryFilter(statuses: ["FAILED"]),
            HistoryFilter(accounts: ["default"]),
        ]
        for filter in filters {
            let query = try HistoryQuery(filter, clusters: nil, on: reader.connection)
            for (sql, values) in [query.lowest(limit: 50), query.rows(in: 1..<100, limit: 10)] {
                let statement = try reader.connection.prepare("EXPLAIN QUERY PLAN " + sql, values)
                while try statement.step() {
                    #expect(statement.text(3)?.contains("TEMP B-TREE") == false)
                }
            }
        }
    }

    @Test
    func `a start looks at one row of each target, however many alerts wait`() throws {
        let events = (0..<2000).map {
            RoutedEvent(event: StoreFixture.event(of: "c\($0 % 10)"), targets: ["chat", "ops"])
        }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        let heads = try store.read {
            try $0.int("SELECT count(*) FROM outbox WHERE next_attempt_at IS NOT NULL")
        }
        #expect(heads == 20)
        #expect(try store.buryAlerts(ofTargetsNotIn: ["chat", "ops"], at: StoreFixture.start) == (nil, 0, false))
        #expect(try store.waitingCount(for: "chat") == 2000)
    }

    @Test func `the questions of a summary go through indexes`() throws {
        var plans: [String] = []
        let span: SQLValues = [1, 2]
        let questions: [(String, SQLValues)] = [
            (SummaryQuery.endedCount(.failed), span), (SummaryQuery.runs, span), (SummaryQuery.failures, span + [3]),
            (SummaryQuery.stalled, [3]), (SummaryQuery.deadCount, .none), (SummaryQuery.heldCount, .none),
        ]
        for (sql, values) in questions {
            plans += try store.read { try $0.rows("EXPLAIN QUERY PLAN " + sql, values) { $0[3] as String } }
        }
        #expect(plans.contains { $0.contains("events_ended (event=? AND observed_at>?") })
        #expect(!plans.contains { $0 == "SCAN events" || $0 == "SCAN e" || $0 == "SCAN runs" || $0 == "SCAN outbox" })
    }
}
