import Foundation
import Model
import Synchronization
import TestSupport
import Testing

/// The real process, killed by kill -9 at random moments while tasks change and a receiver comes and goes.
///
/// `POLARAI_SEED=N` repeats a run's choices; what the processes do between them is the machine's own.
@Suite(.timeLimit(.minutes(10)))
struct KillTests {
    private static let kills = 55
    private static let clusters = (0..<8).map { "pm-2ze9killed0000\($0)" }

    @Test func `killed at random moments, nothing is lost, nothing doubled, everything sent in order`() async throws {
        let given = ProcessInfo.processInfo.environment["POLARAI_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 1...999_999)
        print("KillTests: seed \(seed); once more with POLARAI_SEED=\(seed)")

        let simulator = try await Simulator(
            scenario: #"{"tasks": [\#(Self.clusters.map(Simulator.training).joined(separator: ", "))]}"#)
        var config = DaemonConfig(simulator, clusters: Self.clusters)
        config.running = "100ms"
        config.settled = "100ms"
        config.targets = #"{"ops": \#(simulator.target("ops", retry: #"["100ms"]"#))}"#
        config.routes = #"[{"events": ["completed", "failed", "started", "restarted", "changed", "gone"]}]"#
        let site = try Site(config)

        let isOver = Flag()
        let player = TaskPlayer(site: site, simulator: simulator, clusters: Self.clusters, seed: seed &+ 1)
        async let played = player.play { isOver.value.withLock { $0 } }
        var random = SeededGenerator(seed: seed)
        var killsAtWork = 0
        for _ in 0..<Self.kills {
            try await simulator.setHook("ops", down: Int.random(in: 0..<4, using: &random) == 0)
            let daemon = try site.launch()
            // Every third one dies during its start, or whenever that is.
            if Int.random(in: 0..<3, using: &random) > 0 { try await daemon.awaitReady() }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...700, using: &random)))
            if daemon.manager.lines.contains("READY=1") { killsAtWork += 1 }
            try await daemon.kill()
            #expect(daemon.program.ended == .signal(SIGKILL), "seed \(seed)")
        }
        isOver.value.withLock { $0 = true }
        let commanded = try await played

        try await simulator.setHook("ops", down: false)
        let last = try await site.start()
        do {
            try await site.awaitHistory("everything stored and delivered", within: .seconds(60)) { lines in
                lines.changes.allSatisfy(\.isDelivered)
                    && Self.clusters.allSatisfy { lines.of($0).last?.to == commanded[$0]?.last }
            }
        } catch let error as TimedOut {
            // What follows says what is missing.
            Issue.record(error)
        }
        let lines = try await site.history()
        let status = try await site.status()
        #expect(try await last.stop().ending == .exit(0))

        #expect(killsAtWork > Self.kills / 4)
        #expect(lines.changes.count > Self.clusters.count, "seed \(seed)")
        #expect(
            status["alerts"] == .object(["pending": .integer(0), "held": .integer(0), "dead": .integer(0)]),
            "seed \(seed)")
        expectStored(lines, commanded, seed)
        try await expectTold(lines, simulator, seed)
    }

    /// Each cluster's history is what happened to it, no more and no less.
    private func expectStored(_ lines: [HistoryLine], _ commanded: [String: [String]], _ seed: UInt64) {
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.seq < $1.seq }, "seed \(seed)")
        for cluster in Self.clusters {
            let own = lines.of(cluster)
            #expect(own.compactMap(\.to) == commanded[cluster], "\(cluster), seed \(seed)")
            #expect(own.map(\.from) == [nil] + own.dropLast().map(\.to), "\(cluster), seed \(seed)")
        }
    }

    /// Every alert at least once, with one body, and those of a cluster in order.
    private func expectTold(_ lines: [HistoryLine], _ simulator: Simulator, _ seed: UInt64) async throws {
        let deliveries = try await simulator.deliveries(to: "ops")
        var bodies: [String: Set<String>] = [:]
        var reported: [String: [Int64]] = [:]
        for delivery in deliveries {
            let id = try #require(delivery["headers"]?["webhook-id"]?.stringValue)
            let seq = try #require(id.split(separator: "-").last.flatMap { Int64($0) })
            let cluster = try #require(delivery["json"]?["data"]?["cluster"]?.stringValue)
            bodies[id, default: []].insert(delivery["body"]?.stringValue ?? "")
            if delivery["verdict"] == .string("accepted") { reported[cluster, default: []].append(seq) }
        }
        #expect(bodies.values.allSatisfy { $0.count == 1 }, "an id has one body, seed \(seed)")
        #expect(Set(bodies.keys) == Set(lines.changes.map(\.id)), "seed \(seed)")
        for cluster in Self.clusters {
            let numbers = reported[cluster] ?? []
            #expect(numbers == numbers.sorted(), "\(cluster) in order, seed \(seed)")
            #expect(Set(numbers) == Set(lines.changes.of(cluster).map(\.seq)), "\(cluster), seed \(seed)")
        }
    }
}

/// Set by one task, read by another.
private final class Flag: Sendable {
    let value = Mutex(false)
}

/// Gives each task its next status as soon as the last one is in the history, so that all of them must be in it.
struct TaskPlayer: Sendable {
    let site: Site
    let simulator: Simulator
    let clusters: [String]
    let seed: UInt64

    private static let statuses = ["ACTIVATION", "COMPLETED", "FAILED", "MAINTAINING"]

    /// - Returns: by cluster, the statuses it had, in order.
    /// - Throws: where a line of the history that was shown once is gone or another later.
    func play(until isOver: @Sendable () -> Bool) async throws -> [String: [String]] {
        var random = SeededGenerator(seed: seed)
        var had = Dictionary(uniqueKeysWithValues: clusters.map { ($0, ["ACTIVATION"]) })
        var shown: [HistoryLine] = []
        while !isOver(), !Task.isCancelled {
            let lines = try await site.history()
            #expect(lines.prefix(shown.count).map(\.facts) == shown.map(\.facts), "what was shown once stays")
            shown = lines
            for cluster in clusters where lines.of(cluster).last?.to == had[cluster]?.last {
                let next = Self.statuses.filter { $0 != had[cluster]?.last }.randomElement(using: &random)
                guard let next else { continue }
                had[cluster]?.append(next)
                try await simulator.setTask(cluster, status: next)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return had
    }
}
