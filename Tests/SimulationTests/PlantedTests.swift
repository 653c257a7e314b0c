import Model
import Testing

// Mistakes are made in debug builds alone.
#if DEBUG
    /// The simulation finds mistakes: each of `Planted`, made by the product itself, breaks a promise within some seeds.
    ///
    /// `POLARAI_PLANTED=goneAfterTwo` tries one alone; `POLARAI_STARTS=5` looks for each from five different seeds on and prints
    /// the median.
    struct PlantedTests {
        private static let most: UInt64 = 500
        private static let mostOfHosts: UInt64 = 50

        /// The seeds that found what takes more than a few: they are tried first.
        private static let lastFound: [Planted: UInt64] = [
            .skippedHourLate: 8, .secondOfTwoHours: 10, .nightOfYesterday: 5, .silenceOfOtherTargets: 11,
            .escalationAfterAck: 4, .lateSummaryDropped: 4, .clockBackHolds: 50, .appliedUncommitted: 11,
            .listBelieved: 5, .clockStepUnseen: 130,
        ]

        /// Those that only several hosts on one database can make, with the seeds that found them last: a run of these takes
        /// long.
        private static let ofHosts: [Planted: UInt64] = [
            .fenceNotChecked: 1, .leaseRenewedLate: 1, .leaseTrustedTooLong: 3, .leaseNeverEnds: 2, .takenUnread: 1,
            .budgetGivenAnew: 3, .moreThanFair: 1,
        ]

        private static func breach(of seed: UInt64, with mistake: Planted) async -> String? {
            ofHosts[mistake] != nil
                ? await HostsOutcome.breach(of: seed, days: HostsOutcome.fewDays, with: mistake)
                : await Outcome.breach(of: seed, with: mistake)
        }

        /// Hardly ever does a host of a run still write what it has lost: tried where it is named.
        private static let rarelyFound: Set<Planted> = [.fenceNotChecked]

        private static func limit(of mistake: Planted) -> UInt64 { ofHosts[mistake] == nil ? most : mostOfHosts }

        private struct Find: Sendable {
            let mistake: Planted
            /// How many seeds it took, from each start on; `most` if that was not enough.
            var seeds: [UInt64] = []
            var breach: String?

            var median: UInt64 { seeds.sorted()[seeds.count / 2] }
            var isFound: Bool { breach != nil && !seeds.contains(limit(of: mistake)) }
        }

        @Test(.timeLimit(.minutes(60)))
        func `each mistake that is made on purpose is found`() async {
            let begin = ContinuousClock.now
            let mistakes = Planted.allCases.filter { mistake in
                SeedRange.text("POLARAI_PLANTED").map { $0 == mistake.rawValue } ?? !Self.rarelyFound.contains(mistake)
            }
            var finds = 0
            func count(_ find: Find) {
                finds += 1
                let breach = find.breach?.prefix(200) ?? "NOT FOUND"
                print("planted \(find.mistake) | \(find.median) | \(find.seeds) | \(breach)")
                #expect(find.isFound, "\(find.mistake) survives \(Self.limit(of: find.mistake)) seeds")
            }
            await withTaskGroup(of: Find.self) { group in
                for (index, mistake) in mistakes.enumerated() {
                    if index >= SeedRange.width, let find = await group.next() { count(find) }
                    group.addTask { await Self.find(mistake) }
                }
                for await find in group { count(find) }
            }
            print("\(finds) mistakes, in \(ContinuousClock.now - begin)")
            #expect(finds > 0)
        }

        private static func find(_ mistake: Planted) async -> Find {
            var find = Find(mistake: mistake)
            guard let starts = SeedRange.number("POLARAI_STARTS") else {
                if let seed = lastFound[mistake] ?? ofHosts[mistake],
                    let breach = await Self.breach(of: seed, with: mistake)
                {
                    return Find(mistake: mistake, seeds: [seed], breach: breach)
                }
                find.seeds.append(await seeds(mistake, from: 1, &find))
                return find
            }
            for start in 0..<starts {
                find.seeds.append(await seeds(mistake, from: 1 + start * 10_000, &find))
            }
            return find
        }

        private static func seeds(_ mistake: Planted, from first: UInt64, _ find: inout Find) async -> UInt64 {
            let most = limit(of: mistake)
            for count in 1...most {
                if let breach = await Self.breach(of: first + count - 1, with: mistake) {
                    find.breach = find.breach ?? breach
                    return count
                }
            }
            return most
        }
    }
#endif
