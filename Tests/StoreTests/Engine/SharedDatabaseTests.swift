import Model
import Postgres
import TestSupport
import Testing

@testable import Store

/// Several stores on one database of PostgreSQL.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct SharedDatabaseTests {
    private func source() async throws -> PostgresSource {
        let server = try await RealPostgres.shared()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        return try PostgresSource { address }
    }

    /// Heads of lines without a time, and others with one.
    private func stuckLines(_ store: EventStore) throws -> Int? {
        try store.read {
            try $0.int(
                """
                SELECT count(*) FROM outbox AS o WHERE state = 'pending' AND (next_attempt_at IS NOT NULL) <> (seq = (
                    SELECT min(seq) FROM outbox AS i
                    WHERE i.target = o.target AND i.line = o.line AND i.state = 'pending'))
                """)
        }
    }

    @Test
    func `no line is stuck and no number missing, whoever records and settles at the same time`() async throws {
        let source = try await source()
        let clusters = (0..<3).map { "pm-\($0)" }
        let rounds = 60
        let first = try EventStore(postgres: source, at: StoreFixture.start)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                group.addTask {
                    let store = try EventStore(postgres: source, at: StoreFixture.start)
                    var random = SeededGenerator(seed: UInt64(worker))
                    for round in 0..<rounds {
                        let event = StoreFixture.event(of: clusters.randomElement(using: &random), at: Double(round))
                        try store.record(event, at: Double(round))
                        for seq in try store.due(at: 1e6).prefix(2) { try store.settle(seq, .delivered, at: 1e6) }
                        await Task.yield()
                    }
                    try store.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try stuckLines(first) == 0)
        let numbers = try first.read { try $0.integers("SELECT seq FROM events ORDER BY seq") }
        #expect(numbers == Array(1...Int64(3 * rounds)))
        // What is left is sent to the end.
        while let seq = try first.due(at: 1e6).first { try first.settle(seq, .delivered, at: 1e6) }
        #expect(try first.alertCounts() == AlertCounts(pending: 0, dead: 0))
    }

    @Test
    func `many that start at once make one database`() async throws {
        let source = try await source()
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    let store = try EventStore(postgres: source, at: StoreFixture.start)
                    try store.record(StoreFixture.event())
                    return store.installation
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(codes.count == 1)
        #expect(try HistoryReader(postgres: source).newest() == 5)
    }

    @Test
    func `a new database says by its own clock when it was made`() async throws {
        let source = try await source()
        let clock = try source.connect()
        func time() throws -> Int64 { try #require(try clock.query(PostgresReader.clock).first?.int(0)) }
        let before = try time()
        try EventStore(postgres: source).close()
        let made = try #require(try clock.query("SELECT created_at FROM installation").first?.int(0))
        #expect(try (before...time()).contains(made))
    }

    @Test
    func `a connection that ends while nobody uses it is made again`() async throws {
        let source = try await source()
        let store = try EventStore(postgres: source, at: StoreFixture.start)
        let reader = try HistoryReader(postgres: source)
        let other = try source.connect()
        for number in 1...3 {
            try other.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            let stored = try store.record(StoreFixture.event())
            #expect(stored.map(\.seq) == [Int64(number)])
        }
        #expect(try store.alertCounts().pending == 3)
        #expect(throws: Never.self) { try? reader.newest() }
        #expect(try reader.newest() == 3)
    }

    @Test
    func `a writer whose condition fails writes nothing, and one without a lease does not try`() async throws {
        let source = try await source()
        try EventStore(postgres: source, at: StoreFixture.start).record(StoreFixture.event())
        let conditions: [(text: String, values: [PostgresValue])?] = [("SELECT 1 / $1::int8", [.integer(0)]), nil]
        for condition in conditions {
            let limited = try PostgresSource(condition: { condition }, address: source.address)
            let store = try EventStore(postgres: limited, at: StoreFixture.start)
            #expect(throws: StoreError.unavailable(place: source.place, detail: StoreError.lostShare)) {
                try store.record(StoreFixture.event())
            }
            // Reading goes on.
            #expect(try store.alertCounts().pending == 1)
        }
        let held = try PostgresSource(condition: { ("SELECT 1 / $1::int8", [.integer(1)]) }, address: source.address)
        let store = try EventStore(postgres: held, at: StoreFixture.start)
        #expect(try store.record(StoreFixture.event()).map(\.seq) == [2])
    }

    @Test
    func `what is written is taken while a condition holds, and each piece of work has its own`() async throws {
        let source = try await source()
        let store = try EventStore(postgres: source, at: StoreFixture.start)
        let fails: WriteCondition = { ("SELECT 1 / $1::int8", [.integer(0)]) }
        do {
            try store.writing(under: fails) { _ = try $0.record(StoreFixture.event()) }
            Issue.record("it was written")
        } catch let error as StoreError {
            #expect(error.isLostShare)
        }
        try store.writing(under: { ("SELECT 1 / $1::int8", [.integer(1)]) }) { _ = try $0.record(StoreFixture.event()) }
        // And after it there is none.
        #expect(try store.record(StoreFixture.event()).map(\.seq) == [2])
    }

    @Test
    func `a host looks after the clusters of its own accounts and regions`() async throws {
        let store = try EventStore(postgres: try await source(), at: StoreFixture.start)
        func scope(_ account: String) -> AccountRegion { AccountRegion(account: account, region: "cn-beijing") }
        func entry(_ id: String, _ account: String) -> ClusterEntry {
            ClusterEntry(id: ClusterID(id), name: nil, scope: scope(account), instance: nil)
        }
        try store.watch([entry("pm-1", "a"), entry("pm-2", "a")], within: [scope("a")], at: StoreFixture.start)
        try store.watch([entry("pm-3", "b")], within: [scope("b")], at: StoreFixture.start)
        #expect(try store.loadWatched().map(\.id.rawValue) == ["pm-1", "pm-2", "pm-3"])
        try store.watch([entry("pm-2", "a")], within: [scope("a")], at: StoreFixture.start)
        #expect(try store.loadWatched().map(\.id.rawValue) == ["pm-2", "pm-3"])
        let unnamed = try store.unnamedWork(scopes: [scope("b"), scope("c")], targets: [])
        #expect(unnamed == UnnamedWork(tasks: [ClusterID("pm-2")]))
        try store.endWatching(unnamed.tasks)
        #expect(try store.loadWatched().map(\.id.rawValue) == ["pm-3"])
    }

    @Test
    func `what waits for targets that nobody names is found, and ended for those that are given`() async throws {
        let store = try EventStore(postgres: try await source(), at: StoreFixture.start)
        try store.record(StoreFixture.event(), StoreFixture.event(of: "pm-2"), for: ["chat", "ops", "pager"])
        #expect(try store.unnamedWork(scopes: [], targets: ["chat"]) == UnnamedWork(targets: ["ops", "pager"]))
        #expect(try store.buryAlerts(of: ["ops"], at: StoreFixture.start))
        #expect(try !store.buryAlerts(of: ["ops"], at: StoreFixture.start))
        #expect(try store.alertCounts() == AlertCounts(pending: 4, dead: 2))
    }

    @Test
    func `what an operator changes shows in a number, of retries and of rules`() async throws {
        let source = try await source()
        let store = try EventStore(postgres: source, at: StoreFixture.start)
        let connection = try source.connect()
        func count(_ what: String) throws -> Int64? {
            try connection.query("SELECT commits FROM leases WHERE what = $1", [.text(what)]).first?.int(0)
        }
        let stored = try store.record(StoreFixture.event(), for: ["chat"])
        _ = try store.acknowledge([stored[0].id.description], by: "li", comment: nil, at: StoreFixture.start)
        #expect(try count("rules") == 1)
        #expect(try count("retries") == nil)
        _ = try store.changeAll(.retry, AlertOrder(target: "chat"), at: StoreFixture.start)
        #expect(try count("retries") ?? 0 > 0)
        #expect(try count("rules") == 1)
    }

    @Test
    func `what others commit is counted`() async throws {
        let source = try await source()
        let store = try EventStore(postgres: source, at: StoreFixture.start)
        let other = try EventStore(forCommandOn: source)
        try other.record(StoreFixture.event(), for: ["chat", "ops"])
        #expect(try store.alertCounts() == AlertCounts(pending: 2, dead: 0))
    }

    @Test
    func `texts of statements are not kept without end`() async throws {
        let session = PostgresSession(try await source())
        for number in 0..<PostgresSession.mostTranslations + 9 { _ = try session.query("SELECT \(number)", []) }
        #expect(session.translations.count <= PostgresSession.mostTranslations)
        session.close()
        // How many alerts are asked for is not part of the text.
        let (one, two) = (
            HistoryReader.source(AlertFilter(), limit: 1), HistoryReader.source(AlertFilter(), limit: 2)
        )
        #expect(one.sql == two.sql && one.values.list != two.values.list)
    }

    @Test
    func `a copy is made with the tools of PostgreSQL`() async throws {
        let source = try await source()
        let store = try EventStore(postgres: source, at: StoreFixture.start)
        let refusal = StoreError.unsupported(place: source.place, detail: StoreError.copyOfPostgres)
        #expect(refusal.description.contains("pg_dump"))
        #expect(throws: refusal) { try store.backup(to: "/nonexistent/copy") }
        #expect(throws: refusal) { try HistoryReader(postgres: source).backup(to: "/nonexistent/copy") }
    }
}
