import Foundation
import Model
import Synchronization
import TestSupport
import Testing

/// What a host does with its share of the work when it cannot or must not go on with it.
@Suite(.timeLimit(.minutes(10)), .enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct HandOverTests {
    private let task = "pm-2ze9handover001"

    /// An API that takes calls and never answers: how many are under way, and how many there were.
    private final class SilentAPI: Sendable {
        struct Counts {
            var open = 0
            var all = 0
        }

        private let counts: CountBox
        private let server: LoopbackServer
        var url: String { server.url }
        var now: Counts { counts.value.withLock { $0 } }

        private final class CountBox: Sendable {
            let value = Mutex(Counts())
        }

        /// - Parameter seen: called with each call, as soon as it is here.
        init(_ seen: @escaping @Sendable () -> Void = {}) throws {
            let counts = CountBox()
            self.counts = counts
            server = try LoopbackServer { connection in
                guard connection.readRequest() != nil else { return }
                seen()
                counts.value.withLock { counts in
                    counts.open += 1
                    counts.all += 1
                }
                connection.waitForEnd()
                counts.value.withLock { $0.open -= 1 }
            }
        }

        deinit { server.stop() }
    }

    @Test func `a call that hangs ends before another host may make the next one`() async throws {
        let server = try await RealPostgres.shared()
        let database = try await server.makeDatabase()
        let first = try SilentAPI()
        let openThen = Mutex<Int?>(nil)
        let (seen, inbox) = AsyncStream.makeStream(of: Int.self)
        let second = try SilentAPI { inbox.yield(first.now.open) }
        var config = DaemonConfig(endpoint: first.url, caFile: nil, clusters: [task])
        // Far longer than a lease lasts.
        config.timeout = "10m"
        config.databaseURL = server.socketURL(database)
        let working = try await Site(config).start()
        try await eventually("a call to be under way", within: .seconds(60)) { first.now.open > 0 }
        config.endpoint = second.url
        // Another role: it goes on when the first one may not log in any more.
        config.databaseURL = server.socketURL(database, user: RealPostgres.owner)
        let waiting = try await Site(config).start()
        try await waiting.awaitStatus("standing by") { $0.contains("standing by") }
        #expect(first.now.open > 0, "a lease that is renewed lets a call go on")

        try await server.sql("ALTER ROLE \(database) NOLOGIN")
        try await server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(database)'")
        for await open in seen {
            openThen.withLock { $0 = open }
            break
        }
        #expect(openThen.withLock { $0 } == 0, "the first host's call was under way when the second host made one")
        #expect(try await waiting.stop().ending == .exit(0))
        #expect(try await working.stop().ending == .exit(0))
    }

    @Test func `a daemon that finds a newer schema hands over and ends, and none starts`() async throws {
        let server = try await RealPostgres.shared()
        let database = try await server.makeDatabase()
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(task))]}"#)
        var config = DaemonConfig(simulator, clusters: [task])
        config.databaseURL = server.socketURL(database)
        let site = try Site(config)
        let daemon = try await site.start()
        try await simulator.awaitCalls(2, of: [task])
        try await server.sql("UPDATE schema_version SET version = version + 3", database: database)
        try await daemon.program.waitUntilEnded(within: .seconds(60))
        #expect(daemon.program.ended == .exit(78))
        #expect(daemon.log.contains { $0.contains("newer") }, "\(daemon.log)")
        let held = try await server.sql("SELECT count(*) FROM leases WHERE owner IS NOT NULL", database: database)
        #expect(held == "0", "what it held is given back")
        #expect(try await server.sql("SELECT count(*) FROM hosts", database: database) == "0")
        for command in ["run", "history", "status"] {
            let result = try await site.run(command)
            #expect(result.exitCode == 78, "\(command): \(result.errors)")
        }
    }

    @Test func `a database that takes no writes is an outage with a name`() async throws {
        let server = try await RealPostgres.shared()
        let database = try await server.makeDatabase()
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(task))]}"#)
        var config = DaemonConfig(simulator, clusters: [task])
        config.databaseURL = server.socketURL(database)
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let daemon = try await site.start()
        try await simulator.awaitCalls(2, of: [task])
        try await server.sql("ALTER ROLE \(database) SET default_transaction_read_only = on")
        try await server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(database)'")
        try await daemon.awaitStatus("what the database is set to") { $0.contains("default_transaction_read_only") }
        let doctor = try await site.run("doctor")
        #expect(doctor.output.contains("default_transaction_read_only is on"))
        try await simulator.setTask(task, status: "FAILED")
        try await server.sql("ALTER ROLE \(database) RESET default_transaction_read_only")
        let lines = try await site.awaitHistory("the failure to be delivered") { lines in
            lines.changes.count == 1 && lines.changes.allSatisfy(\.isDelivered)
        }
        #expect(lines.map(\.seq) == [1, 2])
        #expect(try await daemon.stop().ending == .exit(0))
        // What the database says of targets and alerts, beside what it says of itself.
        try await server.sql(
            """
            UPDATE targets SET suspended_since = 1795507200000, trouble = 'the robot was deleted' WHERE name = 'ops';
            UPDATE outbox SET state = 'dead' WHERE target = 'ops'
            """, database: database)
        let found = try await site.run("doctor")
        #expect(found.output.contains("the robot was deleted"), "\(found.output)")
        #expect(found.output.contains("dead alert"), "\(found.output)")
        #expect(found.exitCode == 1)
    }
}
