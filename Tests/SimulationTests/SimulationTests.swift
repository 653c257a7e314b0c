import Model
import Testing

/// Weeks of operation in seconds: the real monitor, outbox, routes and database, driven as the daemon drives them,
/// against an API and receivers that do everything wrong, with crashes at any moment.
///
/// A failing seed is named; `POLARAI_SEED=17` runs that one alone and prints what happened in it, `POLARAI_SEEDS=2000`
/// runs more of them, `POLARAI_FIRST_SEED=2001` others, and `POLARAI_DAYS=30` lets each last so long.
struct SimulationTests {
    @Test(.timeLimit(.minutes(60)))
    func `months of faults and crashes break no promise`() async throws {
        let begin = ContinuousClock.now
        var totals = Totals()
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            for (index, seed) in SeedRange.seeds.enumerated() {
                if index >= SeedRange.width, let outcome = try await group.next() { totals.add(outcome) }
                group.addTask {
                    let outcome = try await Outcome.of(seed)
                    // A run that is not the same the second time cannot be looked into.
                    if seed.isMultiple(of: 50), try await Outcome.of(seed) != outcome {
                        throw Chronicle.Breach(description: "seed \(seed) is another run the second time")
                    }
                    return outcome
                }
            }
            for try await outcome in group { totals.add(outcome) }
        }
        for outcome in totals.failed.sorted(by: { $0.seed < $1.seed }) {
            Issue.record("\(outcome.label): \(outcome.breaches.prefix(5).joined(separator: "; "))")
        }
        print("\(totals.text), in \(ContinuousClock.now - begin)")
        for line in totals.marks.lines { print(line) }
        // A simulation in which nothing happens proves nothing.
        if totals.runs >= 100 {
            #expect(totals.crashes > totals.runs)
            #expect(totals.events > 10 * totals.runs)
            #expect(totals.notified.isComplete)
            #expect(Set(totals.changes.keys) == [-60, -30, 30, 60])
        }
        if totals.runs >= 500 {
            #expect(totals.marks.missing.isEmpty)
        }
    }

    @Test(arguments: [3, 5])
    func `the same seed is the same run`(seed: UInt64) async throws {
        let first = try await Outcome.of(seed)
        let second = try await Outcome.of(seed)
        #expect(first == second)
    }

    // Mistakes are made in debug builds alone.
    #if DEBUG
        @Test
        func `a run in which something is lost fails`() async {
            let breach = await Outcome.breach(of: 1, with: .alertForgotten)
            #expect(breach?.contains("has alerts for") ?? false, "\(breach ?? "nothing was found")")
        }
    #endif
}
