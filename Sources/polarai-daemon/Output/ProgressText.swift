import Model

/// How far a training is, for people.
enum ProgressText {
    /// `120/400 30% 1h20m left`: for a column.
    static func short(_ progress: ProgressRecord, at now: Timestamp) -> String {
        guard let latest = progress.latest, let step = latest.step else { return "" }
        var text = "\(step)"
        if let total = latest.totalSteps, total > 0 { text += "/\(total) \(percent(step, of: total))%" }
        if let end = progress.expectedEnd, end > now { text += " \(rough(end.since(now))) left" }
        return text
    }

    /// `step 120 of 400 (30%), epoch 0.9`.
    static func position(_ progress: TrainingProgress) -> String {
        var parts: [String] = []
        if let step = progress.step {
            let total = progress.totalSteps.flatMap { $0 > 0 ? $0 : nil }
            parts.append("step \(step)" + (total.map { " of \($0) (\(percent(step, of: $0))%)" } ?? ""))
        }
        if let epoch = progress.epoch { parts.append("epoch \(epoch)") }
        return parts.joined(separator: ", ")
    }

    private static func percent(_ step: Int, of total: Int) -> Int {
        Int(min(100, max(0, Double(step) / Double(total) * 100)))
    }

    /// With two units at most: an estimate is not more exact than that.
    private static func rough(_ duration: Duration) -> String {
        let seconds = Int64(clamped: duration.inSeconds)
        let unit: Int64 = seconds >= 86_400 ? 3600 : seconds >= 600 ? 60 : seconds >= 60 ? 10 : 1
        return DurationText.write(.seconds(max(1, seconds / unit * unit)))
    }
}
