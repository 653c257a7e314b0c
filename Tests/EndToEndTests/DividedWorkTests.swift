import Foundation
import Model
import TestSupport
import Testing

/// Three real daemons on a real PostgreSQL, which divide accounts and targets among themselves.
@Suite(.timeLimit(.minutes(10)), .enabled(if: RealPostgres.isInstalled, "\(RealPostgres.missing)"))
struct DividedWorkTests {
    private static let accounts = ["a", "b", "c"]
    private static let targets = ["ops", "pager", "chat"]
    private static let tasks = accounts.map { "pm-2ze9divided00\($0)" }

    private struct World {
        let simulator: Simulator
        let config: DaemonConfig
        let sites: [Site]
    }

    private func world(hosts: Int = 3) async throws -> World {
        let server = try await RealPostgres.shared()
        let tasks = Self.tasks.map(Simulator.training).joined(separator: ", ")
        let simulator = try await Simulator(scenario: "{\"tasks\": [\(tasks)]}")
        var config = DaemonConfig(
            simulator,
            clusters: zip(Self.tasks, Self.accounts).map { #"{"id": "\#($0)", "account": "\#($1)"}"# })
        config.accounts = "{" + Self.accounts.map { "\"\($0)\": {}" }.joined(separator: ", ") + "}"
        config.targets =
            "{" + Self.targets.map { "\"\($0)\": \(simulator.target($0))" }.joined(separator: ", ") + "}"
        config.databaseURL = server.socketURL(try await server.makeDatabase())
        return World(
            simulator: simulator, config: config, sites: try (0..<hosts).map { _ in try Site(config) })
    }

    /// What each process does, by its id.
    private func shares(_ site: Site) async throws -> [Int32: (scopes: [String], targets: [String])] {
        let hosts = try await site.status()["hosts"]?.arrayValue ?? []
        return hosts.reduce(into: [:]) { shares, host in
            shares[Int32(host["pid"]?.integerValue ?? 0)] = (
                host["scopes"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                host["targets"]?.arrayValue?.compactMap(\.stringValue) ?? []
            )
        }
    }

    private func awaitShares(
        _ what: String, _ site: Site, _ fits: ([Int32: (scopes: [String], targets: [String])]) -> Bool
    ) async throws {
        try await eventually(what, within: .seconds(120), every: .milliseconds(200)) {
            let shares = try await shares(site)
            let scopes = shares.values.flatMap(\.scopes).sorted()
            let targets = shares.values.flatMap(\.targets).sorted()
            #expect(Set(scopes).count == scopes.count, "an account is one host's")
            #expect(Set(targets).count == targets.count, "a target is one host's")
            return scopes.count == Self.accounts.count && targets.count == Self.targets.count && fits(shares)
        }
    }

    @Test func `each has its fair share, and what one leaves or loses is done by the others, once`() async throws {
        let world = try await world()
        var daemons: [RunningDaemon] = []
        for site in world.sites { daemons.append(try await site.start()) }
        try await awaitShares("one account and one target each", world.sites[0]) { shares in
            daemons.allSatisfy { shares[$0.pid]?.scopes.count == 1 && shares[$0.pid]?.targets.count == 1 }
        }
        for task in Self.tasks { try await world.simulator.setTask(task, status: "FAILED") }
        func isDelivered(_ count: Int) -> ([HistoryLine]) -> Bool {
            { $0.changes.count == count && $0.changes.allSatisfy(\.isDelivered) }
        }
        try await world.sites[2].awaitHistory("all failures at all targets", where: isDelivered(3))

        try await daemons[0].kill()
        try await awaitShares("two hosts to do all", world.sites[1]) { shares in
            shares[daemons[1].pid].map { $0.scopes.count + $0.targets.count } ?? 0 > 0
                && shares[daemons[0].pid]?.scopes.isEmpty ?? true
        }
        for task in Self.tasks { try await world.simulator.setTask(task, status: "ACTIVATION") }
        try await world.sites[1].awaitHistory("all restarts") { $0.changes.count == 6 }

        // Frozen beyond its leases, it goes on with what is left to it, and has stored nothing twice.
        daemons[1].program.signal(SIGSTOP)
        try await awaitShares("one host to do all", world.sites[2]) { shares in
            shares[daemons[2].pid]?.scopes.count == 3 && shares[daemons[2].pid]?.targets.count == 3
        }
        for task in Self.tasks { try await world.simulator.setTask(task, status: "FAILED") }
        try await world.sites[2].awaitHistory("all failures by the last host") { $0.changes.count == 9 }
        daemons[1].program.signal(SIGCONT)
        try await awaitShares("its share again", world.sites[2]) { shares in
            shares[daemons[1].pid]?.scopes.isEmpty == false && shares[daemons[2].pid]?.scopes.isEmpty == false
        }
        #expect(try await daemons[2].stop().ending == .exit(0))
        try await awaitShares("the thawed host to do all", world.sites[1]) { shares in
            shares[daemons[1].pid]?.scopes.count == 3 && shares[daemons[2].pid] == nil
        }
        let lines = try await world.sites[1].awaitHistory("all to be delivered") { lines in
            lines.changes.allSatisfy { $0.event != "failed" || $0.isDelivered }
        }
        #expect(lines.map(\.seq) == Array(1...Int64(lines.count)))
        #expect(lines.changes.count == 9)
        #expect(try await daemons[1].stop().ending == .exit(0))
    }

    @Test func `a reload that drops an account and a target gives them to the host that names them`() async throws {
        let world = try await world(hosts: 2)
        let first = try await world.sites[0].start()
        try await awaitShares("all", world.sites[0]) { $0[first.pid]?.scopes.count == 3 }
        var config = world.config
        config.clusters.removeLast()
        config.targets = "{\"ops\": \(world.simulator.target("ops"))}"
        let second = try await world.sites[1].start()
        try world.sites[0].configure(config)
        #expect(try await world.sites[0].run("reload").exitCode == 0)
        try await awaitShares("the rest to be the other's", world.sites[1]) { shares in
            shares[second.pid]?.scopes.contains("c/cn-beijing") == true
                && shares[second.pid].map { Set($0.targets).isSuperset(of: ["chat", "pager"]) } == true
        }
        try await eventually("both logs to name what differs", within: .seconds(60)) {
            [first, second].allSatisfy { daemon in
                daemon.log.contains { $0.contains("differs") && $0.contains("clusters, targets") }
            }
        }
        let hosts = try await world.sites[1].status()["hosts"]?.arrayValue ?? []
        #expect(hosts.contains { $0["config"] == .string("differs") })
        // The routes are those of the host that writes: the other two targets do not get what the first one sees.
        try await world.simulator.setTask(Self.tasks[2], status: "FAILED")
        try await world.sites[1].awaitHistory("the failure at three targets") { lines in
            lines.changes.count == 1 && lines.changes.allSatisfy(\.isDelivered)
        }
        for daemon in [first, second] { #expect(try await daemon.stop().ending == .exit(0)) }
    }

    @Test func `what an operator orders on another host is done by the one that serves the target`() async throws {
        let world = try await world(hosts: 2)
        try await world.simulator.setHook("chat", script: #"{"plan": [{"status": 400}]}"#)
        let daemon = try await world.sites[0].start()
        try await awaitShares("all", world.sites[0]) { $0[daemon.pid]?.targets.count == 3 }
        try await world.simulator.setTask(Self.tasks[0], status: "FAILED")
        func dead() async throws -> Int {
            try await world.sites[1].json(["alerts", "list", "--state", "dead"]).arrayValue?.count ?? 0
        }
        try await eventually("the alert to be dead", within: .seconds(60)) { try await dead() == 1 }
        try await world.simulator.setHook("chat", script: #"{"plan": [{"status": 200}]}"#)
        #expect(try await world.sites[1].run("alerts", "retry", "--target", "chat").exitCode == 0)
        try await world.sites[1].awaitHistory("it to be delivered") { lines in
            lines.changes.count == 1 && lines.changes.allSatisfy(\.isDelivered)
        }
        #expect(try await daemon.stop().ending == .exit(0))
    }
}
