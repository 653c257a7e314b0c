import Foundation
import Migrations
import Model
import Postgres
import TestSupport
import Testing

@testable import Sharing

/// Leases in a real database, and transactions that depend on them.
@Suite(.enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct LeaseTableTests {
    /// One host's side of it.
    private struct Side {
        let table: LeaseTable
        let connection: PostgresConnection
        var entry: HostEntry

        func turn(renewing leases: [Share: Int64] = [:]) throws -> LeaseTable.Seen {
            try table.turn(connection, writing: entry, renewing: leases)
        }

        func take(_ shares: [Share]) throws -> [Grant] {
            try table.take(shares, turn().view, connection)
        }
    }

    private struct World {
        let server: RealPostgres
        let address: PostgresAddress
        let admin: PostgresConnection

        init() async throws {
            server = try await RealPostgres.shared()
            let name = try await server.makeDatabase()
            address = try PostgresAddress(server.socketURL(name))
            admin = try PostgresConnection(address, PostgresOptions(applicationName: "test"))
            for migration in Migration.postgres { try admin.runScript(migration.sql, within: .seconds(60)) }
            try admin.runScript(
                "CREATE TABLE rows (t text); INSERT INTO installation VALUES (1, 'aaaaaaaa', 0, 41)")
        }

        func side(_ owner: String, _ terms: LeaseTerms = LeaseTerms(), shares: Set<Share> = []) throws -> Side {
            // Nobody is to be ended by the server's own limit, however slow the machine is.
            let options = PostgresOptions(
                applicationName: HostEntry.applicationName(owner), statementLimit: .seconds(60),
                lockLimit: .seconds(60), idleLimit: .seconds(60))
            let entry = HostEntry(
                owner: owner, host: "host-\(owner)", pid: 17, version: "1.0", shares: shares,
                targets: ["chat", "ä\"b"],
                config: ["routes": "1f", "targets": owner])
            return Side(
                table: LeaseTable(owner: owner, terms: terms), connection: try PostgresConnection(address, options),
                entry: entry)
        }
    }

    private let share = Share.scope(AccountRegion(account: "a/b", region: "cn-beijing"))
    private let brief = LeaseTerms(duration: .milliseconds(300))
    /// For whoever must live to the end, however slow the machine is.
    private let long = LeaseTerms(duration: .seconds(3600))

    @Test func namesOfShares() {
        for share in [share, .targets("3f9a"), .upkeep] { #expect(Share(name: share.name) == share) }
        for name in ["", "scope", "scope ", "scope a", "scope /r", "scope a/", "targets ", "other x"] {
            #expect(Share(name: name) == nil, "\(name)")
        }
    }

    @Test func aLeaseIsTakenOnceAndRenewed() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one", shares: [share, .upkeep]), try world.side("two", shares: [share]))
        #expect(
            try one.take([share, .upkeep])
                == [Grant(share: share, epoch: 1, tokens: nil), Grant(share: .upkeep, epoch: 1, tokens: nil)].sorted {
                    $0.share < $1.share
                })
        #expect(try two.take([share]).isEmpty)
        #expect(try one.turn(renewing: [share: 1, .upkeep: 1]).confirmed == [share, .upkeep])
        // Neither another owner nor another epoch.
        #expect(try two.turn(renewing: [share: 1]).confirmed.isEmpty)
        let seen = try one.turn(renewing: [share: 2])
        #expect(seen.confirmed.isEmpty)
        #expect(seen.view.hosts == ["one": [share, .upkeep], "two": [share]])
        #expect(seen.view.leases[share] == .init(owner: "one", isFree: false, epoch: 1))
        #expect(
            abs(seen.clock.since(Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))).wholeMilliseconds)
                < 60_000)
    }

    @Test func theTimelineIsThatOfTheServer() async throws {
        let world = try await World()
        let checkpoint = try await world.server.sql(
            "SELECT lpad(to_hex(timeline_id), 8, '0') FROM pg_control_checkpoint()")
        #expect(try ServerTimeline.read(world.admin) == checkpoint)
        // A server that does not say costs nothing else.
        try world.admin.execute(
            "CREATE FUNCTION public.pg_walfile_name(x pg_lsn) RETURNS text LANGUAGE plpgsql AS "
                + "'BEGIN RAISE feature_not_supported; END'")
        try world.admin.execute("SET search_path = public, pg_catalog")
        #expect(try ServerTimeline.read(world.admin) == nil)
        #expect(try world.admin.query("SELECT 17").first?.int(0) == 17)
    }

    @Test func whatRanOutIsTakenByAnotherOrRenewedByItsOwner() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one", brief), try world.side("two", brief))
        #expect(try one.take([share]).map(\.epoch) == [1])
        try await eventually("the lease to run out", within: .seconds(120)) {
            try two.turn().view.leases[share]?.isFree == true
        }
        // Nobody took it: it goes on with the same epoch.
        #expect(try one.turn(renewing: [share: 1]).confirmed == [share])
        let taken = try await eventually("the lease to be taken", within: .seconds(120)) {
            let grants = try two.take([share])
            return grants.isEmpty ? nil : grants
        }
        #expect(taken.map(\.epoch) == [2])
        // Its sessions are being ended, in case it hangs in one of them.
        #expect((try? one.turn(renewing: [share: 1]).confirmed) ?? [] == [])
        #expect(try world.side("one", brief).turn(renewing: [share: 1]).confirmed.isEmpty)
    }

    @Test func whatIsGivenBackIsTakenAtOnceWithTheRestOfTheBudget() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one"), try world.side("two"))
        _ = try one.take([share])
        try two.table.giveBack([share: 1], two.connection)
        try one.table.giveBack([share: 7], one.connection)
        #expect(try two.take([share]).isEmpty)
        try one.table.giveBack([share: 1], tokens: [share: 2.5], one.connection)
        #expect(try two.turn().view.leases[share] == .init(owner: nil, isFree: true, epoch: 1))
        #expect(try two.take([share]) == [Grant(share: share, epoch: 2, tokens: 2.5)])
        // Once only.
        try two.table.giveBack([share: 2], two.connection)
        #expect(try one.take([share]) == [Grant(share: share, epoch: 3, tokens: nil)])
        try one.table.leave(one.connection)
        #expect(try two.turn().view.hosts.keys.sorted() == ["two"])
    }

    @Test func aLeaseFromTheFutureCanBeTaken() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one"), try world.side("two"))
        _ = try one.take([share])
        try world.admin.execute("UPDATE leases SET expires = clock_timestamp() + interval '1 hour'")
        let state = try two.turn().view.leases[share]
        #expect(state?.isAhead == true)
        #expect(state?.isFree == false)
        #expect(try two.take([share]).map(\.epoch) == [2])
    }

    /// A transaction that begins with the condition on a lease, as the programs write.
    private func write(_ side: Side, epoch: Int64, _ text: String) throws {
        let lease = Lease(share: share, epoch: epoch, end: MonotonicInstant(nanoseconds: 0))
        let condition = Lease.condition(on: [lease], owner: side.table.owner)
        try side.connection.transaction { transaction in
            try transaction.queue(condition.text, condition.values)
            try transaction.queue("INSERT INTO rows VALUES ($1)", [.text(text)])
        }
    }

    @Test func whoHasLostALeaseCommitsNothingMore() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one", brief), try world.side("two"))
        _ = try one.take([share])
        try write(one, epoch: 1, "one 1")
        _ = try await eventually("the lease to be taken", within: .seconds(120)) {
            try two.take([share]).isEmpty ? nil : true
        }
        // Whoever takes it ends the sessions of its owner.
        let error = #expect(throws: PostgresError.self) { try write(one, epoch: 1, "one 2") }
        #expect(error.map { $0.isOutage || Lease.isRefusal($0) } == true)
        let again = try world.side("one")
        let refused = #expect(throws: PostgresError.self) { try write(again, epoch: 1, "one 3") }
        #expect(refused.map(Lease.isRefusal) == true)
        try write(two, epoch: 2, "two 1")
        let rows = try world.admin.query("SELECT t FROM rows ORDER BY t").map { $0.text(0) }
        #expect(rows == ["one 1", "two 1"])
    }

    @Test func aFrozenOwnerWithinATransactionIsNotWaitedFor() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one", brief), try world.side("two"))
        _ = try one.take([share])
        // It holds the row, and says nothing more.
        let lease = Lease(share: share, epoch: 1, end: MonotonicInstant(nanoseconds: 0))
        let condition = Lease.condition(on: [lease], owner: "one")
        try one.connection.begin()
        try one.connection.query(condition.text, condition.values)
        _ = try await eventually("the lease to be taken", within: .seconds(120)) {
            try two.take([share]).isEmpty ? nil : true
        }
        let error = #expect(throws: PostgresError.self) { try one.connection.commit() }
        #expect(error?.isOutage == true)
    }

    @Test func aSessionThatTheServerIsAtWorkForIsNotEnded() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one", brief), try world.side("two"))
        _ = try one.take([share])
        // The server has all of it, up to COMMIT, when its host goes.
        let busy = try world.side("one")
        try busy.connection.begin()
        try busy.connection.queue("INSERT INTO rows VALUES ('late')")
        try busy.connection.queue("SELECT pg_sleep(3)")
        #expect(throws: PostgresError.self) { try busy.connection.commit(within: .milliseconds(100)) }
        _ = try await eventually("the lease to be taken", within: .seconds(120)) {
            try two.take([share]).isEmpty ? nil : true
        }
        // Ended within a commit, a server would not wait for its standby any more.
        try await eventually("the commit", within: .seconds(60)) {
            try world.admin.query("SELECT count(*) FROM rows").first?.int(0) == 1
        }
    }

    @Test func aTransactionOnSeveralLeasesFailsIfOneOfThemIsGone() async throws {
        let world = try await World()
        let (one, two) = (try world.side("one"), try world.side("two"))
        let grants = try one.take([share, .targets("chat")])
        func leases(_ epoch: Int64 = 1) -> [Lease] {
            grants.map {
                Lease(share: $0.share, epoch: epoch, end: MonotonicInstant(nanoseconds: 0), tokens: $0.tokens)
            }
        }
        func isRefused(_ leases: [Lease], _ owner: String = "one") throws -> Bool {
            let condition = Lease.condition(on: leases, owner: owner)
            do {
                try one.connection.query(condition.text, condition.values)
                return false
            } catch {
                #expect(Lease.isRefusal(error))
                return true
            }
        }
        #expect(try !isRefused(leases()))
        #expect(try !isRefused([]))
        #expect(try isRefused(leases(2)))
        #expect(try isRefused(leases(), "two"))
        // While it lasts nobody takes them, and their owner renews them all the same.
        let condition = Lease.condition(on: leases(), owner: "one")
        let committing = try world.side("one")
        try committing.connection.begin()
        try committing.connection.query(condition.text, condition.values)
        #expect(try one.turn(renewing: [share: 1, .targets("chat"): 1]).confirmed == [share, .targets("chat")])
        try world.admin.execute("UPDATE leases SET expires = '-infinity'")
        #expect(try two.table.take([share], SharingView(), two.connection).isEmpty)
        try committing.connection.commit()
        #expect(try two.table.take([share], SharingView(), two.connection).map(\.epoch) == [2])
        #expect(try isRefused(leases()))
        #expect(try !isRefused(leases().filter { $0.share != share }))
    }

    @Test func targetsOfOneCredentialAreListedWithTheHostThatServesThem() async throws {
        let world = try await World()
        var one = try world.side("one", shares: [.targets("chat")])
        one.entry.groups = ["chat": "chat", "ä\"b": "chat"]
        let scope = AccountRegion(account: "lab 2/b", region: "cn-hangzhou")
        one.entry.leftOut = (0..<120).map { LeftOutTask(cluster: ClusterID("pm-\($0)"), scope: scope) }
        one.entry.instances = [NamedInstance(id: "pc-1", scope: scope), NamedInstance(id: "pc-2", scope: scope)]
        _ = try one.take([.targets("chat")])
        #expect(try one.turn().view.hosts == ["one": [.targets("chat")]])
        let host = try #require(try HostList.read(one.connection).first)
        #expect(host.entry.groups == ["ä\"b": "chat"])
        #expect(host.entry.instances == one.entry.instances)
        #expect(host.entry.leftOut == Array(one.entry.leftOut.prefix(100)))
        #expect(host.servedTargets == ["chat", "ä\"b"] && host.scopes.isEmpty)
    }

    @Test func hostsAreListedWithWhatTheyHold() async throws {
        let world = try await World()
        let (one, two) = (
            try world.side("one", long, shares: [share, .upkeep]), try world.side("two", brief, shares: [share])
        )
        _ = try one.take([share, .upkeep])
        _ = try two.turn()
        let hosts = try await eventually("a host to be dead", within: .seconds(120)) {
            let hosts = try HostList.read(one.connection)
            return hosts.last?.isAlive == false ? hosts : nil
        }
        #expect(hosts.map(\.entry.host) == ["host-one", "host-two"])
        #expect(hosts.map(\.entry) == [one.entry, two.entry])
        #expect(hosts.map(\.holds) == [[share, .upkeep], []])
        #expect(hosts.map(\.isAlive) == [true, false])
        #expect(hosts[0].entry.differences(from: hosts[1].entry) == ["targets"])
        #expect(hosts[0].lastSeenAt >= hosts[0].startedAt)
        try world.admin.execute("UPDATE hosts SET expires = expires - interval '25 hours' WHERE owner = 'two'")
        #expect(try HostList.read(one.connection).map(\.entry.owner) == ["one"])
        try HostList.forget(one.connection)
        #expect(try world.admin.query("SELECT count(*) FROM hosts").first?.int(0) == 1)
    }
}
