/// What many runs came to.
struct Totals {
    private(set) var runs = 0
    private(set) var failed: [Outcome] = []
    private(set) var events = 0
    private(set) var crashes = 0
    private var messages = 0
    private var polls = 0
    private(set) var notified = Notified()
    private(set) var marks = Marks()
    /// How many runs had each change of the clocks, by minutes forward.
    private(set) var changes: [Int64: Int] = [:]

    mutating func add(_ outcome: Outcome) {
        runs += 1
        if let forward = outcome.forward { changes[forward, default: 0] += 1 }
        if !outcome.breaches.isEmpty { failed.append(outcome) }
        events += outcome.events
        crashes += outcome.crashes
        messages += outcome.messages.count
        polls += outcome.polls
        notified.add(outcome.notified)
        marks = marks.adding(outcome.marks)
    }

    var text: String {
        "\(runs) seeds, \(polls) polls, \(events) events, \(messages) messages, \(crashes) crashes, "
            + "\(failed.count) failed, " + notified.text + ", clocks changed: "
            + changes.sorted { $0.key < $1.key }.map { "\($0.key) min in \($0.value)" }.joined(separator: ", ")
    }
}
