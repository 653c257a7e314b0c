import Foundation
import Model
import TestSupport

/// What one run came to.
struct Outcome: Equatable, Sendable {
    let seed: UInt64
    let breaches: [String]
    let events: Int
    let messages: [VirtualReceivers.Taken]
    let crashes: Int
    let polls: Int
    let notified: Notified
    let marks: Marks
    /// By how many minutes the clocks of the place are set forward in it; nil if they are not.
    let forward: Int64?

    var label: String { "seed \(seed) (again: POLARAI_SEED=\(seed))" }

    static func of(_ seed: UInt64) async throws -> Outcome {
        try await Period.$current.withValue(Period(seed: seed)) { try await Outcome(seed: seed) }
    }

    #if DEBUG
        /// The same with a mistake of the product, made on purpose.
        ///
        /// - Returns: the first sentence by which it was found; nil if it was not.
        static func breach(of seed: UInt64, with mistake: Planted) async -> String? {
            await Planted.$current.withValue(mistake) {
                do {
                    return try await Outcome.of(seed).breaches.first
                } catch {
                    return "\(error)"
                }
            }
        }
    #endif

    private init(seed: UInt64) async throws {
        let hasMemoryDisk = FileManager.default.isWritableFile(atPath: "/dev/shm")
        let folder = try hasMemoryDisk ? TemporaryFolder(in: "/dev/shm") : TemporaryFolder()
        let simulation = try Simulation(seed: seed, folder: folder)
        let path = try await simulation.run()
        let (scenario, chronicle) = (simulation.scenario, simulation.chronicle.withoutLost())
        let record = try Record(path: path, steps: chronicle.clockSteps)
        messages = simulation.receivers.taken
        if SeedRange.isOne {
            let timeline = Timeline(
                scenario: scenario, chronicle: chronicle, record: record, taken: messages)
            for line in timeline.lines() { print(line) }
        }
        let checks = Checks(scenario: scenario, chronicle: chronicle, record: record, everTaken: messages)
        breaches = checks.breaches()
        // Events that are not numbered as they should be cannot be looked at one by one.
        marks = breaches.isEmpty ? simulation.marks.adding(checks.marks()) : simulation.marks
        self.seed = seed
        events = record.events.count
        crashes = chronicle.crashes
        polls = chronicle.polls
        notified = Notified(record)
        forward = Period.current.change.map { $0.forward / 60 }
    }
}

/// What silences, hours and rules did in a run.
struct Notified: Equatable, Sendable {
    private var held = 0
    private var suppressed = 0
    private var digested = 0
    private var reminders = 0
    private var escalations = 0
    private var summaries = 0
    private var acknowledged = 0

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
