import Foundation
import Model
import TestSupport
import Testing

/// Real daemons on a real PostgreSQL: one works, the others stand by and take over.
@Suite(.timeLimit(.minutes(10)), .enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct SharedDatabaseTests {
    private let task = "pm-2ze9shared00001"

    private struct World {
        let server: RealPostgres
        let simulator: Simulator
        let config: DaemonConfig
    }

    private func world() async throws -> World {
        let server = try await RealPostgres.shared()
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(task))]}"#)
        var config = DaemonConfig(simulator, clusters: [task])
        config.databaseURL = server.socketURL(try await server.makeDatabase())
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        return World(server: server, simulator: simulator, config: config)
    }

    @Test func `another daemon takes over from one that is killed, and nothing is lost or doubled`() async throws {
        let world = try await world()
        let (first, second) = (try Site(world.config), try Site(world.config))
        let working = try await first.start()
        try await world.simulator.awaitCalls(3, of: [task])
        let waiting = try await second.start()
        try await waiting.awaitStatus("standing by") { $0.contains("standing by") }
        try await working.kill()
        try await world.simulator.awaitCalls(3, of: [task])
        try await world.simulator.setTask(task, status: "FAILED")
        let lines = try await second.awaitHistory("the failure to be delivered") { lines in
            lines.changes.count == 1 && lines.changes.allSatisfy(\.isDelivered)
        }
        #expect(lines.map(\.seq) == [1, 2])
        #expect(try await waiting.stop().ending == .exit(0))
    }

    @Test func `a daemon that stops hands over at once`() async throws {
        let world = try await world()
        let (first, second) = (try Site(world.config), try Site(world.config))
        let working = try await first.start()
        try await world.simulator.awaitCalls(2, of: [task])
        let waiting = try await second.start()
        try await waiting.awaitStatus("standing by") { $0.contains("standing by") }
        let hosts = try await second.status()["hosts"]?.arrayValue ?? []
        let own = hosts.first { $0["pid"]?.integerValue == Int64(working.pid) }
        let other = hosts.first { $0["pid"]?.integerValue == Int64(waiting.pid) }
        #expect(hosts.count == 2)
        #expect(own?["scopes"] == .array([.string("default/cn-beijing")]))
        #expect(own?["targets"] == .array([.string("ops")]))
        #expect(other?["scopes"] == .array([]))
        #expect(hosts.allSatisfy { $0["config"] == .string("same") })
        #expect(try await working.stop().ending == .exit(0))
        try await world.simulator.awaitCalls(3, of: [task])
        // The history is read from any host.
        #expect(try await first.history() == second.history())
        #expect(try await waiting.stop().ending == .exit(0))
    }

    @Test func `a start waits for a database that does not answer, and ends for one that refuses it`() async throws {
        let world = try await world()
        var config = world.config
        let closed = try LoopbackServer { _ in }
        closed.stop()
        config.databaseURL = "postgresql://watch@127.0.0.1:\(closed.port)/d"
        let site = try Site(config)
        let daemon = try site.launch()
        try await daemon.awaitStatus("the database is waited for") { $0.contains("waiting for the database") }
        #expect(daemon.manager.lines.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") })
        #expect(!daemon.manager.lines.contains("READY=1"))
        #expect(try await daemon.stop().ending == .exit(0))
        #expect(try await site.run("history", "--database", config.databaseURL ?? "").exitCode == 69)

        config.databaseURL = "postgresql://nobody_here:Falter-55@127.0.0.1:\(world.server.port)/postgres"
        try site.configure(config)
        let refused = try await site.run("run")
        #expect(refused.exitCode == 78)
        #expect(!refused.errors.contains("Falter"))
        #expect(try await site.run("doctor").exitCode == 1)
    }
}
