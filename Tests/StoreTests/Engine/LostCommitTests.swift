import Foundation
import Model
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Store

/// A connection that ends between COMMIT and its answer.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct LostCommitTests {
    /// Goes through the proxy once, and then straight: the proxy would cut each connection.
    ///
    /// - Parameter isLost: then there is nobody any more.
    private func source(
        _ cut: CuttingProxy.Cut, isLost: Bool = false
    ) async throws -> (PostgresSource, CuttingProxy) {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Kolibri-81")
        let straight = try PostgresAddress(server.socketURL(name))
        try EventStore(postgres: PostgresSource { straight }, at: StoreFixture.start).close()
        let proxy = try CuttingProxy(to: server.port, word: "COMMIT", cut)
        let cutting = try PostgresAddress(
            "postgresql://\(name):Kolibri-81@127.0.0.1:\(proxy.port)/\(name)?sslmode=disable")
        let after = try isLost ? PostgresAddress("postgresql://a@/b?host=/nonexistent-folder") : straight
        let asked = Mutex(0)
        let source = try PostgresSource {
            // The first question is for the name in messages.
            asked.withLock { count in
                count += 1
                return count <= 2 ? cutting : after
            }
        }
        return (source, proxy)
    }

    @Test
    func `a commit whose answer was lost is known to have happened`() async throws {
        let (source, proxy) = try await source(.after)
        let store = try EventStore(forCommandOn: source)
        #expect(try store.record(StoreFixture.event()).map(\.seq) == [1])
        #expect(try store.record(StoreFixture.event()).map(\.seq) == [2])
        #expect(try store.alertCounts().pending == 2)
        withExtendedLifetime(proxy) {}
    }

    @Test
    func `a commit that never arrived is known to have failed, and can be made again`() async throws {
        let (source, proxy) = try await source(.before)
        let store = try EventStore(forCommandOn: source)
        #expect {
            try store.record(StoreFixture.event())
        } throws: { error in
            if case StoreError.unavailable = error { true } else { false }
        }
        #expect(try store.alertCounts().pending == 0)
        #expect(try store.record(StoreFixture.event()).map(\.seq) == [1])
        withExtendedLifetime(proxy) {}
    }

    @Test
    func `a transaction that still runs is ended before it is taken for failed`() async throws {
        let server = try await RealPostgres.shared()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        let source = try PostgresSource { address }
        let open = try source.connect()
        try open.begin()
        let id = try open.query("SELECT pg_current_xact_id()::text").first?.text(0)
        let transaction = PostgresTransaction(id: try #require(id))
        #expect(try !PostgresOutcome(transaction: transaction, source: source).find { false })
        #expect(throws: PostgresError.self) { try open.commit() }
    }

    @Test
    func `a session that waits for anything but this program is not ended`() async throws {
        let server = try await RealPostgres.shared()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        let source = try PostgresSource { address }
        let open = try source.connect()
        try open.begin()
        let id = try open.query("SELECT pg_current_xact_id()::text").first?.text(0)
        // The server has all of it, and needs longer than the client waits.
        try open.queue("SELECT pg_sleep(2.5)")
        let error = #expect(throws: PostgresError.self) { try open.commit(within: .milliseconds(200)) }
        #expect(error?.isOutcomeUnknown == true)
        let transaction = PostgresTransaction(id: try #require(id))
        #expect(try PostgresOutcome(transaction: transaction, source: source).find { false })
    }

    @Test
    func `a commit that waits for a synchronous standby is not called stored before the standby has it`() async throws {
        let server = try await RealPostgres()
        let address = try PostgresAddress(server.socketURL(try await server.makeDatabase()))
        let source = try PostgresSource(options: PostgresOptions(statementLimit: .seconds(1))) { address }
        let store = try EventStore(postgres: source, at: StoreFixture.start)
        func setStandby(_ setting: String, shown: String) async throws {
            try await server.sql("ALTER SYSTEM \(setting)")
            try await server.sql("SELECT pg_reload_conf()")
            try await eventually("the standby to be set", within: .seconds(30)) {
                try await server.sql("SHOW synchronous_standby_names") == shown
            }
        }
        // A standby that is not connected. Whoever waits for it goes on when nobody has to wait any more.
        try await setStandby("SET synchronous_standby_names = 'away'", shown: "away")
        let stored = Mutex<[Int64]?>(nil)
        let thread = Thread {
            let numbers = (try? store.record(StoreFixture.event()).map(\.seq)) ?? []
            stored.withLock { $0 = numbers }
        }
        thread.start()
        // The client waits for two seconds, and then asks what became of it.
        try await Task.sleep(for: .seconds(6))
        let early = stored.withLock { $0 }
        #expect(early == nil)
        let waiting = try await server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        #expect(waiting == "1")
        try await setStandby("RESET synchronous_standby_names", shown: "")
        let late = try await eventually("the commit to be known", within: .seconds(60)) { stored.withLock { $0 } }
        #expect(late == [1])
        withExtendedLifetime(server) {}
    }

    @Test
    func `a command does not wait for a server that stays away, and says what is not known`() async throws {
        let (source, proxy) = try await source(.after, isLost: true)
        let store = try EventStore(forCommandOn: source)
        let begin = ContinuousClock.now
        #expect {
            try store.record(StoreFixture.event())
        } throws: { error in
            if case StoreError.unavailable(_, let detail) = error { detail.contains("not known") } else { false }
        }
        #expect(begin.duration(to: .now) < .seconds(12))
        withExtendedLifetime(proxy) {}
    }

    @Test
    func `who ends the program does not wait for a server that is away`() async throws {
        let source = try PostgresSource { try PostgresAddress("postgresql://a@/b?host=/nonexistent-folder") }
        let transaction = PostgresTransaction(id: "1000")
        #expect {
            try PostgresOutcome(transaction: transaction, source: source).find { true }
        } throws: { error in
            if case StoreError.unavailable = error { true } else { false }
        }
    }
}
