import Foundation
import Model
import TestSupport
import Testing

/// Weeks of operation in seconds: the real monitor, outbox, routes and database, driven as the daemon drives them,
/// against an API and receivers that do everything wrong, with crashes at any moment.
///
/// A failing seed is named; `POLARAI_SEED=17` runs that one alone and prints what happened in it, `POLARAI_SEEDS=2000`
/// runs more of them, and `POLARAI_DAYS=30` lets each last so long.
struct SimulationTests {
    private static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["POLARAI_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(1...(environment["POLARAI_SEEDS"].flatMap { UInt64($0) } ?? 200))
    }()

    @Test(.timeLimit(.minutes(10)))
    func `months of faults and crashes break no promise`() async throws {
        let begin = ContinuousClock.now
        var totals = Totals()
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            let width = max(2, ProcessInfo.processInfo.activeProcessorCount)
            for (index, seed) in Self.seeds.enumerated() {
                if index >= width, let outcome = try await group.next() { totals.add(outcome) }
                group.addTask { try await Outcome.of(seed) }
            }
            for try await outcome in group { totals.add(outcome) }
        }
        for outcome in totals.failed.sorted(by: { $0.seed < $1.seed }) {
            Issue.record("\(outcome.label): \(outcome.breaches.prefix(5).joined(separator: "; "))")
        }
        print("\(Self.seeds.count) seeds, \(totals.text), in \(ContinuousClock.now - begin)")
        // A simulation in which nothing happens proves nothing.
        if Self.seeds.count >= 100 {
            #expect(totals.crashes > Self.seeds.count)
            #expect(totals.events > 10 * Self.seeds.count)
            #expect(totals.notified.isComplete)
            #expect(Set(totals.changes.keys) == [-60, -30, 30, 60])
        }
    }

    @Test(arguments: [3, 5])
    func `the same seed is the same run`(seed: UInt64) async throws {
        let first = try await Outcome.of(seed)
        let second = try await Outcome.of(seed)
        #expect(first == second)
    }
}

/// What one run came to.
private struct Outcome: Equatable, Sendable {
    let seed: UInt64
    let breaches: [String]

    var label: String { "seed \(seed) (again: POLARAI_SEED=\(seed))" }

    let events: Int
    let messages: [VirtualReceivers.Taken]
    let crashes: Int
    let polls: Int
    let notified: Notified
    /// By how many minutes the clocks of the place are set forward in it; nil if they are not.
    let forward: Int64?

    static func of(_ seed: UInt64) async throws -> Outcome {
        try await Period.$current.withValue(Period(seed: seed)) { try await Outcome(seed: seed) }
    }

    private init(seed: UInt64) async throws {
        let hasMemoryDisk = FileManager.default.isWritableFile(atPath: "/dev/shm")
        let folder = try hasMemoryDisk ? TemporaryFolder(in: "/dev/shm") : TemporaryFolder()
        let simulation = try Simulation(seed: seed, folder: folder)
        let path = try await simulation.run()
        let record = try Record(path: path, steps: simulation.chronicle.clockSteps)
        messages = simulation.receivers.taken
        if ProcessInfo.processInfo.environment["POLARAI_SEED"] != nil {
            let timeline = Timeline(scenario: simulation.scenario, chronicle: simulation.chronicle, record: record)
            for line in timeline.lines() { print(line) }
        }
        breaches = Checks(
            scenario: simulation.scenario, chronicle: simulation.chronicle, record: record, taken: messages
        ).breaches()
        self.seed = seed
        events = record.events.count
        crashes = simulation.chronicle.crashes
        polls = simulation.chronicle.polls
        notified = Notified(record)
        forward = Period.current.change.map { $0.forward / 60 }
    }
}

/// What silences, hours and rules did in a run.
private struct Notified: Equatable, Sendable {
    var held = 0
    var suppressed = 0
    var digested = 0
    var reminders = 0
    var escalations = 0
    var summaries = 0
    var acknowledged = 0

    init() {}

    init(_ record: Record) {
        held = record.alerts.count(where: \.wasHeld)
        suppressed = record.alerts.count { $0.wasHeld && $0.state == "suppressed" }
        digested = record.alerts.count { $0.wasHeld && $0.state == "digested" }
        reminders = record.events.count { $0.kind == .reminder }
        escalations = record.events.count { $0.kind == .escalated }
        summaries = record.events.count { $0.kind == .summary }
        acknowledged = record.acknowledged.count
    }

    mutating func add(_ other: Notified) {
        held += other.held
        suppressed += other.suppressed
        digested += other.digested
        reminders += other.reminders
        escalations += other.escalations
        summaries += other.summaries
        acknowledged += other.acknowledged
    }

    var text: String {
        "\(held) held, \(suppressed) of them suppressed, \(digested) in digests, \(acknowledged) acknowledged, "
            + "\(reminders) reminders, \(escalations) escalations, \(summaries) summaries"
    }

    /// Whether all of it happened.
    var isComplete: Bool {
        [held, suppressed, digested, reminders, escalations, summaries, acknowledged].allSatisfy { $0 > 0 }
    }
}

private struct Totals {
    private(set) var failed: [Outcome] = []
    private(set) var events = 0
    private(set) var crashes = 0
    private var messages = 0
    private var polls = 0
    private(set) var notified = Notified()
    /// How many runs had each change of the clocks, by minutes forward.
    private(set) var changes: [Int64: Int] = [:]

    mutating func add(_ outcome: Outcome) {
        if let forward = outcome.forward { changes[forward, default: 0] += 1 }
        if !outcome.breaches.isEmpty { failed.append(outcome) }
        events += outcome.events
        crashes += outcome.crashes
        messages += outcome.messages.count
        polls += outcome.polls
        notified.add(outcome.notified)
    }

    var text: String {
        "\(polls) polls, \(events) events, \(messages) messages, \(crashes) crashes, \(failed.count) failed, "
            + notified.text + ", clocks changed: "
            + changes.sorted { $0.key < $1.key }.map { "\($0.key) min in \($0.value)" }.joined(separator: ", ")
    }
}
