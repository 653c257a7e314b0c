import Model

/// How far a training is, for people.
enum ProgressText {
    /// `120/400 30% 1h20m left`: for a column.
    static func short(_ progress: ProgressRecord, at now: Timestamp) -> String {
        guard let latest = progress.latest, let step = latest.step else { return "" }
        var text = "\(step)"
        if let total = latest.totalSteps, let percent = latest.percent { text += "/\(total) \(percent)%" }
        if let end = progress.expectedEnd, end > now { text += " \(rough(end.since(now))) left" }
        return text
    }

    /// `step 120 of 400 (30%), epoch 0.9`.
    static func position(_ progress: TrainingProgress) -> String {
        var parts: [String] = []
        if let step = progress.step {
            var part = "step \(step)"
            if let total = progress.totalSteps, let percent = progress.percent { part += " of \(total) (\(percent)%)" }
            parts.append(part)
        }
        if let epoch = progress.epoch { parts.append("epoch \(epoch)") }
        return parts.joined(separator: ", ")
    }

    /// With two units at most: an estimate is not more exact than that.
    private static func rough(_ duration: Duration) -> String {
        let seconds = Int64(clamped: duration.inSeconds)
        let unit: Int64 = seconds >= 86_400 ? 3600 : seconds >= 600 ? 60 : seconds >= 60 ? 10 : 1
        return DurationText.write(.seconds(max(1, seconds / unit * unit)))
    }
}
