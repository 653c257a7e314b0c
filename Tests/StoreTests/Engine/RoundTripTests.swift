import Model
import Postgres
import TestSupport
import Testing

@testable import Store

/// How often a commit waits for the server: each time costs the way there and back.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct RoundTripTests {
    private func store() async throws -> (EventStore, CuttingProxy) {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase(password: "Sperling-64")
        let straight = try PostgresAddress(server.socketURL(name))
        try EventStore(postgres: PostgresSource { straight }, at: StoreFixture.start).close()
        let proxy = try CuttingProxy(to: server.port, word: "nobody says this", .before)
        let address = try PostgresAddress(
            "postgresql://\(name):Sperling-64@127.0.0.1:\(proxy.port)/\(name)?sslmode=disable")
        return (try EventStore(forCommandOn: try PostgresSource { address }), proxy)
    }

    /// The fewest of several tries: what is sent at once may arrive in parts.
    private func fewest(_ proxy: CuttingProxy, _ body: () throws -> Void) throws -> Int {
        try body()
        var counts: [Int] = []
        for _ in 0..<5 {
            let before = proxy.count
            try body()
            counts.append(proxy.count - before)
        }
        return counts.min() ?? 0
    }

    private func record(_ store: EventStore, _ cluster: String, _ decision: AlertDisposition = .pending) throws {
        let alerts = ["chat", "pager"].map { AlertDecision(target: $0, disposition: decision) }
        let event = StoreFixture.event(.changed, of: cluster)
        _ = try store.writing(under: { ("SELECT 1 / $1::int8", [.integer(1)]) }) {
            try $0.record(Recording(events: [RoutedEvent(event: event, alerts: alerts)]), at: StoreFixture.start)
        }
    }

    @Test func `an event with its alerts is stored in two round trips`() async throws {
        let (store, proxy) = try await store()
        #expect(try fewest(proxy) { try record(store, "pm-1") } == 2)
        #expect(try store.alertCounts().pending == 12)
        withExtendedLifetime(proxy) {}
    }

    @Test func `what changes no alert takes two as well, for its outcome must be known`() async throws {
        let (store, proxy) = try await store()
        let times = PollTimes(
            cluster: ClusterID("pm-1"), lastGoodAt: StoreFixture.start, lastPollAt: StoreFixture.start, nextPollAt: nil,
            lastError: nil)
        let trips = try fewest(proxy) { _ = try store.record(Recording(pollTimes: [times]), at: StoreFixture.start) }
        #expect(trips == 2)
    }

    @Test func `while something is held, each new alert is compared with what is held of its line`() async throws {
        let (store, proxy) = try await store()
        let until = StoreFixture.start.advanced(by: .seconds(3600))
        try record(store, "pm-2", .held(Hold(until: until, reasons: [.silence(id: 7, comment: "maintenance")])))
        #expect(try fewest(proxy) { try record(store, "pm-1") } > 2)
        // None overtakes what is held of its own line.
        try record(store, "pm-2")
        #expect(try store.alertCounts().held == 4)
        withExtendedLifetime(proxy) {}
    }

    @Test func `what is held in the same commit is not overtaken either`() async throws {
        let (store, proxy) = try await store()
        let until = StoreFixture.start.advanced(by: .seconds(3600))
        let held = AlertDecision(
            target: "chat", disposition: .held(Hold(until: until, reasons: [.silence(id: 7, comment: "maintenance")])))
        let events = [held, AlertDecision(target: "chat", disposition: .pending)].map {
            RoutedEvent(event: StoreFixture.event(.changed, of: "pm-3"), alerts: [$0])
        }
        _ = try store.record(Recording(events: events), at: StoreFixture.start)
        #expect(try store.alertCounts() == AlertCounts(pending: 0, dead: 0, held: 2))
        withExtendedLifetime(proxy) {}
    }
}
