import Model
import Monitor

/// A training as the virtual API has it, from the first day to the last.
struct SimulatedTask {
    struct Phase {
        let start: Millis
        /// Nil where the API does not know the cluster.
        let status: ClusterStatus?
        let facts: TaskFacts
    }

    let cluster: WatchedCluster
    let phases: [Phase]

    /// The number of the phase at a time.
    func phase(at time: Millis) -> Int {
        var low = 0
        var high = phases.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if phases[middle].start <= time { low = middle } else { high = middle }
        }
        return low
    }

    /// The last lines that a run wrote.
    func logLines(of run: TaskFacts) -> [String] {
        ["\(cluster.id): run of \(run.startedAt?.sinceBegin ?? 0)", "out of memory"]
    }

    func end(of phase: Int) -> Millis {
        phase + 1 < phases.count ? phases[phase + 1].start : Scenario.length
    }
}

/// Makes up a life: long rests, runs that end well or badly, words no page documents, absences, runs too short to see.
struct TaskLife {
    private(set) var phases: [SimulatedTask.Phase] = []
    private var facts: TaskFacts
    /// What it is between two runs.
    private var resting = ClusterStatus.completed
    private var time: Millis = 0
    private var random: SeededRandom

    /// What it may do beside running, ending and resting.
    struct Ways: Sendable {
        let vanishes: Bool
        let hasShortRuns: Bool
        let hasOddities: Bool
    }

    private let ways: Ways

    init(description: String, isPresent: Bool, _ ways: Ways, random: SeededRandom) {
        self.random = random
        self.ways = ways
        facts = TaskFacts(
            description: description, createdAt: Millis(0).timestamp, baseModel: "Qwen-1.7B", trainMode: "sft")
        live(isPresent: isPresent)
    }

    private static let oddTexts = [
        "renamed", "\u{202E}\u{2066}\u{7}\u{1B}[31m", "\"quoted\"\u{301}<!channel>@all", "训练 👩‍👩‍👧‍👦", "\u{FFFD}\n\r\t",
        String(repeating: "x", count: 5000),
    ]

    private mutating func live(isPresent: Bool) {
        if !isPresent {
            add(nil, for: random.millis(.hour...(10 * .hour)))
            add(ClusterStatus("QUEUED"), for: random.millis((5 * .minute)...(2 * .hour)))
        }
        while time < Scenario.length {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<11: run(lasting: random.millis((20 * .minute)...(4 * .hour)))
            case 11..<14 where ways.hasShortRuns: run(lasting: random.millis((5 * .second)...(2 * .minute)))
            case 14 where ways.vanishes: add(nil, for: random.millis((2 * .minute)...(20 * .minute)))
            case 15..<18 where ways.vanishes: add(nil, for: random.millis((8 * .hour)...(20 * .hour)))
            case 18 where ways.hasOddities:
                add(ClusterStatus("PAUSED"), for: random.millis((10 * .minute)...(3 * .hour)))
                end()
            case 19 where ways.hasOddities:
                // Nothing but the description changes.
                facts.description = random.pick(Self.oddTexts) + " at \(time)"
            default: run(lasting: random.millis((20 * .minute)...(4 * .hour)))
            }
            add(resting, for: random.millis((4 * .hour)...(50 * .hour)))
        }
    }

    private mutating func run(lasting length: Millis) {
        facts.startedAt = time.timestamp
        // The API leaves the end of the run before in place until this one ends.
        if random.chance(0.7) { facts.completedAt = nil }
        facts.modelPaths = []
        if ways.hasOddities, random.chance(0.2) {
            add(ClusterStatus("QUEUED"), for: random.millis((5 * .second)...(30 * .minute)))
        }
        add(.activation, for: length)
        if ways.hasOddities, random.chance(0.1) {
            add(ClusterStatus("CHECKING"), for: random.millis((5 * .second)...(20 * .minute)))
        }
        end()
    }

    private mutating func end() {
        facts.completedAt = time.timestamp
        facts.modelPaths = ["/models_train/\(time)"]
        resting = ClusterStatus(random.pick(["COMPLETED", "COMPLETED", "FAILED", "FAILED", "completed"]))
    }

    private mutating func add(_ status: ClusterStatus?, for length: Millis) {
        phases.append(SimulatedTask.Phase(start: time, status: status, facts: facts))
        time += length
    }
}
