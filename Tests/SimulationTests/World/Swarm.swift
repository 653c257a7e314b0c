import Model

/// What a run leaves out, and how much there is of the rest. A fault that is always there hides what happens without it: some
/// mistakes show only where nothing else goes wrong.
struct Swarm: Sendable {
    let apiFaults: [APIFault.Kind]
    /// Of the slots of an account, how many have a fault.
    let apiFaultShare: Double
    /// Of single calls, how many fail for no reason.
    let stumbleRate: Double
    let receiverFaults: [ReceiverFault.Kind]
    /// The longest time between two faults of the receiver.
    let receiverPause: Millis
    let hasDiskFailures: Bool
    let hasStops: Bool
    let hasClockSteps: Bool
    /// Of each access to the database, how many end in a crash.
    let crashRate: Double
    /// Of messages, how many end in the death of the process before what became of them is stored.
    let deathRate: Double
    let hasSilences: Bool
    let hasAcknowledgements: Bool
    let hasHours: Bool
    let hasFlakyHours: Bool
    let readsProgress: Bool
    /// Whether clusters vanish and come back, runs are too short to be seen, and descriptions are odd.
    let life: TaskLife.Ways
    let tasks: [Int]

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: 14)
        apiFaults = APIFault.Kind.allCases.filter { _ in random.chance(0.6) }
        apiFaultShare = random.pick([0, 0.3, 0.6, 0.6, 0.9])
        stumbleRate = random.pick([0, 0.002, 0.002, 0.01])
        receiverFaults = ReceiverFault.Kind.allCases.filter { _ in random.chance(0.6) }
        receiverPause = random.pick([3, 20, 20, 60]) * .hour
        hasDiskFailures = random.chance(0.6)
        hasStops = random.chance(0.6)
        hasClockSteps = random.chance(0.25)
        crashRate = random.pick([0, 0, 0.004, 0.015])
        deathRate = crashRate > 0 ? random.pick([0, 0.03, 0.1]) : 0
        hasSilences = random.chance(0.6)
        hasAcknowledgements = random.chance(0.7)
        hasHours = random.chance(0.6)
        hasFlakyHours = random.chance(0.3)
        readsProgress = random.chance(0.33)
        life = TaskLife.Ways(
            vanishes: random.chance(0.7), hasShortRuns: random.chance(0.7), hasOddities: random.chance(0.7))
        tasks = random.pick([[2, 1], [3, 1], [2, 2], [3, 2], [1, 1], [5, 1]])
    }
}
