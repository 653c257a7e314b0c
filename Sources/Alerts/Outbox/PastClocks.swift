import Model

/// How old what an earlier process wrote was when that process, or the last of several, was last seen: only time in which
/// one of them ran counts, by whatever clock it had.
struct PastClocks: Sendable {
    /// A time in which a process ran and its clock went on evenly.
    private struct Part: Sendable {
        /// Nil for the earliest that is known.
        let from: Timestamp?
        let to: Timestamp
        /// What was lived through after it.
        let after: Duration
    }

    /// The newest first.
    private let parts: [Part]

    /// What was written up to this long after the last sign of a process, or before a step was noticed, belongs to it.
    private static let slack = Duration.seconds(120)

    /// - Parameter steps: oldest first.
    init(lastSeen: Timestamp, steps: [ClockStep]) {
        var parts: [Part] = []
        var end = lastSeen
        var lived = Duration.zero
        for step in steps.reversed() {
            parts.append(Part(from: step.shown, to: end, after: lived))
            lived += max(.zero, end.since(step.shown))
            end = step.expected
        }
        parts.append(Part(from: nil, to: end, after: lived))
        self.parts = parts
    }

    /// If it could have been written several times, the latest counts: nothing is given up too early.
    func age(ofWhatWasWrittenAt wall: Timestamp) -> Duration {
        for (index, part) in parts.enumerated() {
            if let from = part.from, wall.advanced(by: Self.slack) < from { continue }
            // What is newer than the last sign of the last process was written by it all the same.
            if index > 0, wall > part.to.advanced(by: Self.slack) { continue }
            return part.after + max(.zero, part.to.since(wall))
        }
        return .zero
    }
}
