import Model
import Postgres
import Sharing
import Store
import TestSupport
import Testing

@testable import Daemon

/// A process among those that share a real database.
@Suite(.timeLimit(.minutes(5)), .enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct MembershipTests {
    @Test func `a host that stops gives back what is finished, and the rest when that is`() async throws {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let address = try PostgresAddress(server.socketURL(name))
        try EventStore(postgres: PostgresSource { address }, at: Timestamp(milliseconds: 0)).close()
        let admin = try PostgresConnection(address, PostgresOptions(applicationName: "test"))
        let scope = Share.scope(AccountRegion(account: "default", region: "cn-beijing"))
        let entry = HostEntry(
            owner: Membership.newOwner(), host: "here", pid: 17, version: "1.0", shares: [scope, .targets("chat")],
            targets: ["chat"], config: [:])
        let membership = Membership(entry, clock: SystemClock()) { try PostgresConnection(address, $0) }
        membership.start()
        try await eventually("both leases", within: .seconds(60)) { membership.view.leases.active.count == 2 }

        membership.leave(finished: [scope: 3.5])
        func state(_ share: Share) throws -> (owner: String?, tokens: Double?) {
            let row = try admin.query("SELECT owner, tokens FROM leases WHERE what = $1", [.text(share.name)]).first
            return (row?.text(0), row?.real(1))
        }
        try await eventually("the account to be free, with the rest of its budget", within: .seconds(60)) {
            try state(scope) == (nil, 3.5)
        }
        #expect(try state(.targets("chat")).owner == entry.owner, "its last messages are on their way")
        try await eventually("it to do nothing more", within: .seconds(60)) { membership.view.leases.active.isEmpty }
        #expect(!membership.hasEnded)

        membership.stop()
        try await eventually("the end", within: .seconds(60)) { membership.hasEnded }
        #expect(try state(.targets("chat")).owner == nil)
        #expect(try admin.query("SELECT count(*) FROM hosts").first?.int(0) == 0)
    }

    /// The timeline is that of a function which stands before the server's own.
    @Test func `a host begins anew when the database has failed over, on a connection that outlives it, too`()
        async throws
    {
        let server = try await RealPostgres.shared()
        let name = try await server.makeDatabase()
        let address = try PostgresAddress(server.socketURL(name))
        try EventStore(postgres: PostgresSource { address }, at: Timestamp(milliseconds: 0)).close()
        let admin = try PostgresConnection(address, PostgresOptions(applicationName: "test"))
        try admin.runScript(
            """
            CREATE SCHEMA fake;
            CREATE TABLE fake.line (t text); INSERT INTO fake.line VALUES ('00000007');
            CREATE FUNCTION fake.pg_walfile_name(x pg_lsn) RETURNS text LANGUAGE sql
                AS 'SELECT t || ''0000000000000001'' FROM fake.line';
            ALTER ROLE \(name) SET search_path = fake, pg_catalog, public;
            """, within: .seconds(60))
        let share = Share.targets("chat")
        let entry = HostEntry(
            owner: Membership.newOwner(), host: "here", pid: 17, version: "1.0", shares: [share], targets: ["chat"],
            config: [:])
        let membership = Membership(entry, clock: SystemClock()) { try PostgresConnection(address, $0) }
        membership.start()
        defer { membership.stop() }
        // As the loop does with what it is to give back.
        membership.listen { [weak membership] in
            guard let membership else { return }
            let shares = membership.view.leases.givingBack.keys
            if !shares.isEmpty { membership.finished(Dictionary(shares.map { ($0, nil) }) { first, _ in first }) }
        }
        func epoch() -> Int64? { membership.view.leases.active[share]?.epoch }
        try await eventually("the lease", within: .seconds(60)) { epoch() == 1 }
        try admin.execute("UPDATE fake.line SET t = '00000008'")
        try await eventually("another lease of the same", within: .seconds(60)) { epoch() == 2 }
        // And again, while the connection ends as well.
        try admin.execute("UPDATE fake.line SET t = '00000009'")
        try admin.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%'||$1",
            [.text(entry.owner)])
        try await eventually("a third one", within: .seconds(60)) { epoch() == 3 }
    }
}
