import Model

/// A training run in a few words, for people.
enum RunText {
    /// `completed after 1h30m, 120 steps, 80 steps/h, loss 0.3125`.
    static func summary(_ run: RunRecord) -> String {
        var parts = [ending(run)]
        if let steps = run.steps {
            parts.append("\(steps) steps")
            if let rate = stepsPerHour(run) { parts.append("\(rate) steps/h") }
        }
        if let loss = run.lastLoss { parts.append("loss \(loss)") }
        return parts.joined(separator: ", ")
    }

    /// Whole steps; nil if nothing is known to count from.
    static func stepsPerHour(_ run: RunRecord) -> Int64? {
        guard let steps = run.steps, let duration = run.duration, duration > .zero else { return nil }
        return Int64(clamped: (Double(steps) * 3600 / duration.inSeconds).rounded())
    }

    private static func ending(_ run: RunRecord) -> String {
        let after = run.duration.map { " after " + DurationText.write(.seconds($0.components.seconds)) } ?? ""
        return switch run.outcome {
        case .running: "running"
        case .completed, .failed: run.outcome.rawValue + after
        case .gone: "end not known"
        }
    }
}
