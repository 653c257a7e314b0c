import Model

/// What is known of a run, for people.
struct RunWords {
    private let run: RunRecord
    /// So far, of one that goes on.
    private let runtime: Duration?

    init(_ run: RunRecord, at now: Timestamp) {
        self.run = run
        runtime =
            run.outcome == .running ? run.startedAt.flatMap { $0 <= now ? now.since($0) : nil } : run.duration
    }

    /// To the second.
    var duration: String? {
        runtime.map { DurationText.write(.seconds(Int64(clamped: $0.inSeconds))) }
    }

    /// `completed`, `completed (listed)`.
    var outcome: String { run.outcome.rawValue + (run.source == .listed ? " (listed)" : "") }

    var loss: String? { run.lastLoss.map(Self.short) }

    /// `CNY 98.00`.
    var cost: String? {
        run.cost?.text
    }

    var stepsPerHour: Double? {
        guard let steps = run.steps, let runtime, runtime > .seconds(60) else { return nil }
        return Double(steps) / (runtime.inSeconds / 3600)
    }

    /// `completed after 2h10m, 1200 steps/h, last loss 0.42, CNY 196.00`.
    var sentence: String {
        var parts = [outcome + (duration.map { " \(run.outcome == .running ? "for" : "after") \($0)" } ?? "")]
        if let stepsPerHour { parts.append("\(Self.short(stepsPerHour)) steps/h") }
        if let loss { parts.append("last loss \(loss)") }
        if let cost { parts.append(cost) }
        return parts.joined(separator: ", ")
    }

    /// What is different from the run before: `20m longer (+18%), steps/h -14%, last loss +0.02`; nil if nothing can be
    /// compared.
    func difference(from other: RunWords) -> String? {
        var parts: [String] = []
        if let runtime, let before = other.runtime, run.outcome != .running, before > .zero {
            let seconds = Int64(clamped: (runtime - before).inSeconds)
            if seconds == 0 {
                parts.append("as long")
            } else {
                let length = DurationText.write(.seconds(abs(seconds)))
                parts.append(
                    "\(length) \(seconds > 0 ? "longer" : "shorter") (\(Self.percent(runtime.inSeconds, before.inSeconds)))"
                )
            }
        }
        if let now = stepsPerHour, let before = other.stepsPerHour, before > 0 {
            parts.append("steps/h \(Self.percent(now, before))")
        }
        if let now = run.lastLoss, let before = other.run.lastLoss {
            let change = now - before
            parts.append("last loss \(change > 0 ? "+" : "")\(Self.short(change))")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func percent(_ now: Double, _ before: Double) -> String {
        let change = Int64(clamped: ((now / before - 1) * 100).rounded())
        return change > 0 ? "+\(change)%" : "\(change)%"
    }

    /// Four digits or so: more say nothing to a person.
    private static func short(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let scale: Double = abs(value) >= 100 ? 1 : abs(value) >= 0.1 ? 10_000 : 1_000_000
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
    }
}
