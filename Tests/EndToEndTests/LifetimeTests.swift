import Foundation
import Model
import TestSupport
import Testing

/// Start, stop, reload, and two at once.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LifetimeTests {
    private static let cluster = "pm-2ze9lifetime01"
    private static let other = "pm-2ze9lifetime02"

    private static func simulator() async throws -> Simulator {
        try await Simulator(scenario: #"{"tasks": [\#(Simulator.training(cluster)), \#(Simulator.training(other))]}"#)
    }

    @Test func `a second daemon on the same database ends within a second, and names the first`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let first = try await site.start()
        // The quickest of several: how long the program takes, not how busy the machine is.
        var quickest = Duration.seconds(60)
        for _ in 0..<60 where quickest >= .seconds(1) {
            let begin = ContinuousClock.now
            let second = try await site.run("run")
            quickest = min(quickest, begin.duration(to: .now))
            #expect(second.exitCode == 75)
            #expect(second.errors.contains("\(first.pid)") && second.errors.contains(site.database), "\(second.errors)")
        }
        #expect(quickest < .seconds(1))
        try await simulator.awaitCalls(3, of: [Self.cluster])
        #expect(try await first.stop().ending == .exit(0))
        // Free again.
        let third = try await site.start()
        #expect(try await third.stop().ending == .exit(0))
    }

    @Test(arguments: [(14, 512), (256, 1024)])
    func `a low limit of open files is raised as far as it may be`(soft: Int, hard: Int) async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let script = "ulimit -Sn \(soft); ulimit -Hn \(hard); exec '\(try ProgramPath.built("polarai-daemon"))' run"
        let daemon = try RunningDaemon { manager in
            try RunningProgram(
                ProgramPath.system("bash"), ["-c", script],
                environment: site.environment.merging(["NOTIFY_SOCKET": manager.path]) { $1 })
        }
        try await daemon.awaitReady()
        let limits = try String(contentsOfFile: "/proc/\(daemon.pid)/limits", encoding: .utf8)
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
        #expect(line.split(separator: " ").suffix(3) == ["\(hard)", "\(hard)", "files"], "\(line)")
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `SIGTERM ends it while the API is mute and a receiver hangs`() async throws {
        let simulator = try await Self.simulator()
        var config = DaemonConfig(simulator, clusters: [Self.cluster, Self.other])
        config.timeout = "60s"
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let first = try await site.start()
        try await site.awaitHistory("first answers") { $0.count == 2 }
        try await simulator.setHook("ops", script: #"{"plan": [{"mute": true}]}"#)
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await eventually("an alert under way", within: .seconds(60)) {
            try await !simulator.deliveries(to: "ops").isEmpty
        }
        try await simulator.addFault(#"{"kind": "mute"}"#)
        for cluster in [Self.cluster, Self.other] {
            try await eventually("a mute call about \(cluster)", within: .seconds(60)) {
                try await simulator.calls(cluster: cluster).contains { $0["fault"] != nil }
            }
        }

        // It would end by itself within 5 s, but not with 0.
        #expect(try await first.stop().ending == .exit(0))
        #expect(first.manager.lines.contains("STOPPING=1"))

        // What was under way is sent again.
        try await simulator.removeFaults()
        try await simulator.setHook("ops", script: #"{"plan": [{"status": 200}]}"#)
        let second = try await site.start()
        let lines = try await site.awaitHistory("the alert") { $0.changes.count == 1 && $0.changes[0].isDelivered }
        let ids = try await simulator.deliveries(to: "ops").compactMap { $0["headers"]?["webhook-id"]?.stringValue }
        #expect(ids.count >= 2 && Set(ids) == [lines.changes[0].id])
        try await second.stop()
    }

    @Test func `a stop that waits for a locked database in vain says so and names the file`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let program = """
            import signal, sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
            database.execute("BEGIN IMMEDIATE")
            print("locked", flush=True)
            signal.pause()
            """
        let lock = try RunningProgram(ProgramPath.system("python3"), ["-c", program, site.database])
        _ = try await lock.awaitLine(within: .seconds(30)) { $0 == "locked" }
        #expect(try await daemon.stop().ending == .exit(74))
        let last = daemon.log.last { $0.contains("stops before") }
        #expect(last?.contains("fuser -v \(site.database)") ?? false, "\(daemon.log.suffix(3))")
        withExtendedLifetime(lock) {}
    }

    @Test func `a stop whose last changes the database does not take says so with its exit status`() async throws {
        let simulator = try await Self.simulator()
        let site = try Site(DaemonConfig(simulator, clusters: [Self.cluster]))
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let program = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=60)
            for table in ("daemon", "clusters"):
                database.execute("CREATE TRIGGER full_%s BEFORE UPDATE ON %s BEGIN SELECT RAISE(ABORT, 'no room'); END"
                    % (table, table))
            database.commit()
            """
        let change = try await run(ProgramPath.system("python3"), ["-c", program, site.database])
        #expect(change.exitCode == 0, "\(change.errors)")
        #expect(try await daemon.stop().ending == .exit(74))
        let last = daemon.log.last { $0.contains("could not be stored") }
        #expect(last?.contains("Tasks are polled again") ?? false, "\(daemon.log.suffix(3))")
    }

    @Test func `the watchdog is fed while the API is mute and a receiver hangs`() async throws {
        let simulator = try await Self.simulator()
        var config = DaemonConfig(simulator, clusters: [Self.cluster])
        config.targets = #"{"ops": \#(simulator.target("ops"))}"#
        let site = try Site(config)
        let daemon = try await site.start(environment: ["WATCHDOG_USEC": "2000000"])
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        try await simulator.setHook("ops", script: #"{"plan": [{"mute": true}]}"#)
        try await simulator.setTask(Self.cluster, status: "FAILED")
        try await eventually("an alert under way", within: .seconds(60)) {
            try await !simulator.deliveries(to: "ops").isEmpty
        }
        try await simulator.addFault(#"{"kind": "mute"}"#)
        let fed = daemon.manager.lines.filter { $0 == "WATCHDOG=1" }.count
        try await eventually("four more beats", within: .seconds(60)) {
            daemon.manager.lines.filter { $0 == "WATCHDOG=1" }.count >= fed + 4
        }
        #expect(try await daemon.stop().ending == .exit(0))
    }

    @Test func `a config with mistakes changes nothing and is reported, a good one is taken`() async throws {
        let simulator = try await Self.simulator()
        let good = DaemonConfig(simulator, clusters: [Self.cluster])
        let site = try Site(good)
        let daemon = try await site.start()
        try await site.awaitHistory("the first answer") { $0.count == 1 }
        let before = try await site.status()["daemon"]

        try site.configure(good.text(database: site.database).replacing("\"clusters\"", with: "\"cluster\""))
        daemon.program.signal(SIGHUP)
        try await daemon.awaitStatus("refused") { $0.contains("config was refused") && $0.contains("clusters") }
        try await eventually("the log", within: .seconds(60)) { daemon.log.contains { $0.contains("was refused") } }
        #expect(daemon.manager.lines.contains("RELOADING=1"))
        #expect(daemon.manager.lines.filter { $0 == "READY=1" }.count == 2, "the reload is over, if in vain")
        let asked = try await site.run("reload")
        #expect(asked.exitCode == 78)
        #expect(asked.errors.contains(#""clusters""#), "the nearest real key: \(asked.errors)")
        try await simulator.awaitCalls(3, of: [Self.cluster])
        #expect(try await site.status()["daemon"] == before)

        var more = good
        more.clusters.append(Self.other)
        try site.configure(more)
        daemon.program.signal(SIGHUP)
        try await site.awaitHistory("the new cluster's first answer") { $0.of(Self.other).count == 1 }
        try await eventually("no trouble in STATUS", within: .seconds(60)) {
            daemon.statuses.last?.contains("refused") == false
        }
        #expect(try await site.status()["daemon"]?["config_loaded_at"] != before?["config_loaded_at"])
        #expect(try await site.status()["daemon"]?["started_at"] == before?["started_at"])
        #expect(try await site.run("reload").exitCode == 0)
        #expect(try await daemon.stop().ending == .exit(0))
        #expect(try await site.run("reload").exitCode == 69)
    }

    @Test func `a cluster taken out is polled no more, and put back goes on from what was stored`() async throws {
        let simulator = try await Self.simulator()
        let both = DaemonConfig(simulator, clusters: [Self.cluster, Self.other])
        let site = try Site(both)
        let daemon = try await site.start()
        let first = try await site.awaitHistory("first answers") { $0.count == 2 }

        try site.configure(DaemonConfig(simulator, clusters: [Self.cluster]))
        #expect(try await site.run("reload").exitCode == 0)
        try await simulator.setTask(Self.other, status: "FAILED")
        // One that was under way at the reload may still end.
        try await simulator.awaitCalls(2, of: [Self.cluster])
        let calls = try await simulator.callCount(Self.other)
        try await simulator.awaitCalls(8, of: [Self.cluster])
        #expect(try await simulator.callCount(Self.other) == calls)
        #expect(try await site.status(of: Self.other) == nil)
        #expect(try await site.history() == first, "its history stays")

        try site.configure(both)
        #expect(try await site.run("reload").exitCode == 0)
        let lines = try await site.awaitHistory("what happened meanwhile") { $0.changes.count == 1 }
        #expect(lines.changes.words == ["failed ACTIVATION→FAILED"])
        #expect(lines.changes[0].cluster == Self.other)
        #expect(lines.changes[0].kind == "late", "nobody was looking when it happened")
        #expect(try await daemon.stop().ending == .exit(0))
    }
}
