import Model

/// How far a run is, as a bar and in words.
struct ProgressBar {
    let progress: ProgressRecord?
    let words: Words

    var html: HTML {
        guard let latest = progress?.latest, let step = latest.step else { return "–" }
        guard let total = latest.totalSteps, let percent = latest.percent, step >= 0 else {
            return "\(words("step \(step)", "第 \(step) 步"))"
        }
        return """
            <span class="progress"><progress max="100" value="\(percent)" \
            aria-label="\(words("Progress", "进度"))">\(percent) %</progress> \(percent) % \
            <small>\(words("step \(step) of \(total)", "第 \(step) 步（共 \(total) 步）"))</small></span>
            """
    }

    /// The newest loss; nil if there is none.
    static func loss(_ progress: ProgressRecord?) -> Double? {
        progress?.latest?.metrics["loss"]?.numberValue
    }
}

extension Double {
    /// With at most four digits behind the point.
    var short: String {
        guard isFinite, abs(self) < 1e12 else { return "\(self)" }
        let rounded = (self * 10_000).rounded() / 10_000
        return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }
}
