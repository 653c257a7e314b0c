import Foundation

/// Which seeds are run, by the environment.
enum SeedRange {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether one seed is to be looked into.
    static let isOne = number("POLARAI_SEED") != nil

    static let seeds: [UInt64] = {
        if let seed = number("POLARAI_SEED") { return [seed] }
        let first = number("POLARAI_FIRST_SEED") ?? 1
        return Array(first..<(first + (number("POLARAI_SEEDS") ?? 500)))
    }()

    static func number(_ name: String) -> UInt64? { environment[name].flatMap { UInt64($0) } }

    static func text(_ name: String) -> String? { environment[name] }

    /// How many runs are made at a time.
    static let width = max(2, ProcessInfo.processInfo.activeProcessorCount)
}
