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
        let database: String
        let simulator: Simulator
        let config: DaemonConfig
    }

    private func world() async throws -> World {
        let server = try await RealPostgres.shared()
        let simulator = try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(task))]}"#)
        var config = DaemonConfig(simulator, clusters: [task])
        let database = try await server.makeDatabase()
        config.databaseURL = server.socketURL(database)
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        return World(server: server, database: database, simulator: simulator, config: config)
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

    @Test func `while the database is away, the daemon says so, and nothing is lost or made up`() async throws {
        let world = try await world()
        let site = try Site(world.config)
        let daemon = try await site.start()
        try await world.simulator.awaitCalls(3, of: [task])
        try await world.server.sql("ALTER DATABASE \(world.database) WITH ALLOW_CONNECTIONS false")
        try await world.server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(world.database)'")
        try await daemon.awaitStatus("the outage comes first") { $0.hasPrefix("the database cannot be reached") }
        try await daemon.awaitStatus("it stands by") { $0.contains("waiting for the database") }
        try await world.simulator.setTask(task, status: "FAILED")

        let status = try await site.run("status", "--format", "json")
        #expect(status.exitCode == 0)
        #expect(status.errors.contains("cannot be used at present"))
        let answer = try JSONValue(parsing: Array(status.output.utf8))
        #expect(answer["database"]?["reachable"] == .bool(false))
        #expect(answer["database"]?["since"]?.isTime == true)
        #expect(answer["daemon"]?["pid"]?.integerValue == Int64(daemon.pid))
        let table = try await site.run("status")
        #expect(table.exitCode == 0 && table.output.contains("has not been reachable since"))
        for command in [["status", "--format", "csv"], ["history"], ["alerts", "list"], ["runs"]] {
            #expect(try await site.run(command).exitCode == 69, "\(command)")
        }
        // A host with no daemon has nobody to ask.
        #expect(try await Site(world.config).run("status").exitCode == 69)

        try await world.server.sql("ALTER DATABASE \(world.database) WITH ALLOW_CONNECTIONS true")
        let lines = try await site.awaitHistory("the failure to be delivered") { lines in
            lines.changes.count == 1 && lines.changes.allSatisfy(\.isDelivered)
        }
        #expect(lines.map(\.event) == ["started", "failed"])
        #expect(lines.map(\.seq) == [1, 2])
        try await eventually("the daemon to say that all is well", within: .seconds(60)) {
            let answer = try? await site.json(["status"])
            return answer?["database"]?["reachable"] == .bool(true)
                && daemon.statuses.last?.hasPrefix("the database") == false
        }
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `a task that only another host's config names is not polled, and that is said`() async throws {
        let world = try await world()
        let extra = "pm-2ze9shared00002"
        let first = try Site(world.config)
        let working = try await first.start()
        try await world.simulator.awaitCalls(2, of: [task])
        try await world.simulator.addTask(Simulator.training(extra))
        var config = world.config
        config.clusters.append(extra)
        let second = try Site(config)
        let waiting = try await second.start()
        try await waiting.awaitStatus("the task is not polled") { $0.contains("\(extra) is not polled") }
        for site in [first, second] {
            try await eventually("status to show the task", within: .seconds(30)) {
                let row = try await site.status(of: extra)
                return row?["last_error"]?.stringValue?.hasPrefix("not polled: ") == true && row?["status"] == .null
            }
        }
        #expect(waiting.log.contains { $0.contains("Not polled: \(extra).") && $0.contains("reload all") })
        // Each host speaks of its own daemon.
        let idle = try Site(config)
        for (site, daemon) in [(first, working), (second, waiting)] {
            #expect(try await site.json(["status"])["daemon"]?["pid"] == .integer(Int64(daemon.pid)))
            #expect(try await site.run("status").output.contains("(pid \(daemon.pid))"))
        }
        #expect(try await idle.json(["status"])["daemon"]?["running"] == .bool(false))
        #expect(try await idle.run("status").output.contains("No daemon of this host is using"))
        let copy = try await idle.run(
            "copy", "--from", try #require(config.databaseURL), "--to", idle.folder.file("copy.db"))
        #expect(copy.exitCode == 75 && copy.errors.contains("Stop every daemon"), "\(copy.errors)")
        // The status page says so as well, beside a daemon and on a host that has none.
        for (site, isUp) in [(first, 1), (second, 1), (idle, 0)] {
            let web = try RunningProgram(
                ProgramPath.built("polarai-web"), ["--listen", "127.0.0.1:0"], environment: site.environment)
            let line = try await web.awaitLine(onErrors: true, within: .seconds(30)) { $0.contains("Listening on") }
            let port = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.output.1) })
            let answer = try await LoopbackClient(port: port).json("GET", "/api/v1/status")
            let row = answer["clusters"]?.arrayValue?.first { $0["cluster"] == .string(extra) }
            #expect(row?["last_error"]?.stringValue?.hasPrefix("not polled: ") == true)
            #expect(answer["hosts"]?.arrayValue?.count == 2)
            #expect(answer["daemon"]?["running"] == .bool(isUp == 1))
            let metrics = try await LoopbackClient(port: port).send("GET", "/metrics").body
            #expect(String(decoding: metrics, as: UTF8.self).contains("\npolarai_up \(isUp)\n"))
            #expect(try await web.stop(within: .seconds(30)) == .exit(0))
        }

        try first.configure(config)
        #expect(try await first.run("reload").exitCode == 0)
        try await eventually("the task to be polled", within: .seconds(60)) {
            let row = try await second.status(of: extra)
            return row?["status"] == .string("ACTIVATION") && row?["last_error"] == .null
        }
        try await eventually("STATUS not to name it any more", within: .seconds(60)) {
            waiting.statuses.last?.contains(extra) == false
        }
        for daemon in [waiting, working] { #expect(try await daemon.stop().ending == .exit(0)) }
    }

    @Test func `a second daemon in the same runtime directory is refused, and the first goes on`() async throws {
        let world = try await world()
        let site = try Site(world.config)
        let daemon = try await site.start()
        let second = try await site.run("run")
        #expect(second.exitCode == 75)
        #expect(second.errors.contains("the daemon with pid \(daemon.pid)"))
        try await world.simulator.awaitCalls(2, of: [task])
        let backup = try await site.run("backup", site.folder.file("copy.db"))
        #expect(backup.exitCode == 1 && backup.errors.contains("pg_dump"))
        // A lock ends with its process, however that ends.
        try await daemon.kill()
        let next = try await site.start()
        #expect(try await next.stop().ending == .exit(0))
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
