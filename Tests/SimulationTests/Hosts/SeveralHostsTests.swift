import Model
import Testing

/// Two or three daemons on one database: they crash, freeze, are cut off from it and hand over, answers of commits are lost,
/// their clocks are a day apart, and the world around them does everything wrong.
///
/// `POLARAI_HOST_SEEDS=200` runs more of them, and longer; `POLARAI_SEED=17` runs that one alone and prints what happened in it.
struct SeveralHostsTests {
    private static var seeds: [UInt64] {
        if let seed = SeedRange.number("POLARAI_SEED") { return [seed] }
        let first = SeedRange.number("POLARAI_FIRST_SEED") ?? 1
        return Array(first..<(first + (SeedRange.number("POLARAI_HOST_SEEDS") ?? 2)))
    }

    /// What `make test` sees is a sample.
    private static var days: Millis {
        SeedRange.isOne || SeedRange.number("POLARAI_HOST_SEEDS") != nil ? HostsOutcome.days : HostsOutcome.fewDays
    }

    @Test(.timeLimit(.minutes(60)))
    func `hosts that fail and take over break no promise`() async throws {
        let begin = ContinuousClock.now
        var outcomes: [HostsOutcome] = []
        let seeds = Self.seeds
        try await withThrowingTaskGroup(of: HostsOutcome.self) { group in
            for (index, seed) in seeds.enumerated() {
                if index >= SeedRange.width, let outcome = try await group.next() { outcomes.append(outcome) }
                group.addTask { try await HostsOutcome.of(seed, days: Self.days) }
            }
            for try await outcome in group { outcomes.append(outcome) }
        }
        for outcome in outcomes.sorted(by: { $0.seed < $1.seed }) where !outcome.breaches.isEmpty {
            let breaches = outcome.breaches.prefix(5).joined(separator: "; ")
            Issue.record("seed \(outcome.seed) (again: POLARAI_SEED=\(outcome.seed)): \(breaches)")
        }
        let marks = outcomes.reduce(into: [HostMark: Int]()) { $0.merge($1.marks) { $0 + $1 } }
        print(
            "\(outcomes.count) seeds of several hosts, \(sum(outcomes, \.polls)) polls, \(sum(outcomes, \.events)) events, "
                + "\(outcomes.reduce(0) { $0 + $1.messages.count }) messages, \(sum(outcomes, \.crashes)) crashes, "
                + "\(sum(outcomes, \.takeOvers)) take-overs measured, the longest "
                + "\((outcomes.map(\.longestTakeOver).max() ?? 0) / .second) s, "
                + "\(outcomes.count { !$0.breaches.isEmpty }) failed, in \(ContinuousClock.now - begin)")
        for mark in HostMark.allCases { print("mark of hosts \(mark.rawValue) \(marks[mark] ?? 0)") }
        // A simulation in which nothing happens proves nothing.
        let expected = outcomes.count >= 32 ? HostMark.common : outcomes.count >= 2 ? HostMark.inAnySample : []
        #expect(expected.filter { marks[$0] ?? 0 == 0 }.isEmpty)
    }

    private func sum(_ outcomes: [HostsOutcome], _ figure: (HostsOutcome) -> Int) -> Int {
        outcomes.reduce(0) { $0 + figure($1) }
    }

    @Test func `the same seed is the same run of several hosts`() async throws {
        let first = try await HostsOutcome.of(2, days: 1)
        let second = try await HostsOutcome.of(2, days: 1)
        #expect(first == second)
    }
}
