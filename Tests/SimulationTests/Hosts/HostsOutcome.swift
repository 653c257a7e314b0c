import Foundation
import Model
import TestSupport

/// What one run of several hosts came to.
struct HostsOutcome: Equatable, Sendable {
    let seed: UInt64
    let breaches: [String]
    let events: Int
    let messages: [VirtualReceivers.Taken]
    let crashes: Int
    let polls: Int
    let takeOvers: Int
    let longestTakeOver: Millis
    let marks: [HostMark: Int]

    /// Of virtual time: a day of calls and leases of several hosts costs as much as two of one.
    static let days = SeedRange.number("POLARAI_HOST_DAYS").map { Millis(min($0, 365)) } ?? 3

    /// For what is run often.
    static let fewDays: Millis = 2

    static func of(_ seed: UInt64, days: Millis = days) async throws -> HostsOutcome {
        try await Period.$current.withValue(Period(seed: seed, days: days)) { try await HostsOutcome(seed: seed) }
    }

    private init(seed: UInt64) async throws {
        let hasMemoryDisk = FileManager.default.isWritableFile(atPath: "/dev/shm")
        let folder = try hasMemoryDisk ? TemporaryFolder(in: "/dev/shm") : TemporaryFolder()
        let simulation = try HostsSimulation(seed: seed, folder: folder)
        let path = try await simulation.run()
        let (world, chronicle) = (simulation.scenario.world, simulation.chronicle)
        let record = try Record(path: path, steps: [])
        messages = simulation.receivers.taken
        if SeedRange.isOne {
            for line in Timeline(scenario: world, chronicle: chronicle, record: record).lines() { print(line) }
        }
        breaches = Checks(scenario: world, chronicle: chronicle, record: record, everTaken: messages).breaches()
        self.seed = seed
        events = record.events.count
        crashes = chronicle.crashes
        polls = chronicle.polls
        takeOvers = simulation.watch.takeOvers
        longestTakeOver = simulation.watch.longestTakeOver
        marks = simulation.marks
    }
}

#if DEBUG
    extension HostsOutcome {
        /// The same with a mistake of the product, made on purpose.
        ///
        /// - Returns: the first sentence by which it was found; nil if it was not.
        static func breach(of seed: UInt64, days: Millis = days, with mistake: Planted) async -> String? {
            await Planted.$current.withValue(mistake) {
                do {
                    return try await HostsOutcome.of(seed, days: days).breaches.first
                } catch {
                    return "\(error)"
                }
            }
        }
    }
#endif
