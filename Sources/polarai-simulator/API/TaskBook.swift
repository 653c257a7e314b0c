import Model

/// All tasks, by id, in the order of the scenario.
struct TaskBook: Sendable {
    private(set) var order: [String] = []
    private var tasks: [String: SimulatedTask] = [:]
    private let startedAt: Timestamp
    private var chance: SplitMix64

    init(_ scripts: [TaskScript], startedAt: Timestamp, seed: UInt64) {
        self.startedAt = startedAt
        chance = SplitMix64(seed: seed)
        for script in scripts { add(script) }
    }

    /// Adds what a script stands for; a task with the same id is replaced.
    mutating func add(_ script: TaskScript) {
        for number in 1...script.count {
            let id = script.id.split(separator: "{n}", omittingEmptySubsequences: false).joined(separator: "\(number)")
            let shift =
                script.spread > .zero
                ? Duration.milliseconds(Int64.random(in: 0...script.spread.wholeMilliseconds, using: &chance)) : .zero
            let phases = script.phases.map { phase in
                SimulatedTask.Phase(
                    at: phase.at.timestamp(startedAt: startedAt).advanced(by: shift), status: phase.status,
                    fields: phase.fields, taskInfo: phase.taskInfo
                )
            }
            if tasks.updateValue(SimulatedTask(id: id, script: script, phases: phases), forKey: id) == nil {
                order.append(id)
            }
        }
    }

    mutating func remove(_ id: String) -> Bool {
        order.removeAll { $0 == id }
        return tasks.removeValue(forKey: id) != nil
    }

    subscript(id: String) -> SimulatedTask? {
        get { tasks[id] }
        set { if let newValue { tasks[id] = newValue } }
    }

    var all: [SimulatedTask] { order.compactMap { tasks[$0] } }
}

/// A small random generator with a seed (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
