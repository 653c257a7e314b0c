import Model

extension RunRecord {
    private func shape() -> Shape {
        switch outcome {
        case .running: .running
        case .completed: .completed
        case .failed: .failed
        case .gone: .waiting
        }
    }

    /// - Parameter now: until which a run that goes on is measured.
    private func length(until now: Timestamp) -> Duration? {
        guard let startedAt else { return nil }
        return max(.zero, (endedAt ?? now).since(startedAt))
    }

    /// Runs as a table.
    ///
    /// - Parameter namesTask: whether the rows say of which task they are.
    static func table(_ runs: [RunRecord], _ frame: PageFrame, caption: String, namesTask: Bool) -> HTML {
        let words = frame.words
        guard !runs.isEmpty else { return "<p>\(words("No runs.", "没有训练记录。"))</p>\n" }
        let hasCost = runs.contains { $0.cost != nil }
        var columns = [
            words("Outcome", "结果"), words("Start", "开始时间"), words("End", "结束时间"), words("Duration", "时长"),
            words("Steps", "步数"), words("Last loss", "最近 loss"),
        ]
        if namesTask { columns.insert(words("Task", "任务"), at: 1) }
        if hasCost { columns.append(words("Cost", "费用")) }
        var table = DataTable(caption: caption, columns: columns)
        for (index, run) in runs.enumerated() {
            let listed: HTML =
                run.source == .listed
                ? " <small>\(words("known from the API's list only", "监控前已结束（仅据任务列表得知）"))</small>" : ""
            var cells: [HTML] = [
                "\(run.shape().badge(words.outcome(run.outcome.rawValue)))\(listed)", run.startedAt.orDash,
                run.endedAt.orDash, "\(run.duration.map { words.duration($0) } ?? "–")",
                "\(run.steps.map { "\($0)" } ?? "–")", "\(run.lastLoss.map(\.short) ?? "–")",
            ]
            if namesTask {
                let id = run.cluster.rawValue
                cells.insert("<a href=\"\(frame.task(id))\">\(bdi: run.name ?? id)</a>", at: 1)
            }
            if hasCost { cells.append((run.cost?.text).orDash) }
            table.add(key: "\(run.cluster.rawValue) \(run.startedAt?.milliseconds ?? 0) \(index)", cells)
        }
        return table.html
    }

    /// Runs as bars on a line of time, the newest at the right.
    static func timeLine(_ runs: [RunRecord], _ frame: PageFrame) -> HTML {
        let words = frame.words
        let bars = runs.suffix(20).compactMap { run in run.length(until: frame.now).map { (run, $0.inSeconds) } }
        guard let longest = bars.map(\.1).max(), longest > 0 else { return "" }
        var drawing: HTML = ""
        for (index, (run, seconds)) in bars.enumerated() {
            let height = max(4, Int(seconds / longest * 60))
            drawing += """
                <rect class="\(run.shape().rawValue)" x="\(index * 24 + 2)" y="\(62 - height)" width="20" \
                height="\(height)"/>
                """
            // Colour is never all there is.
            switch run.outcome {
            case .failed: drawing += "<path class=\"mark\" d=\"M\(index * 24 + 7) 66l10 10m0-10l-10 10\"/>"
            case .completed: drawing += "<path class=\"mark\" d=\"M\(index * 24 + 6) 71l4 4 8-9\"/>"
            case .running: drawing += "<path class=\"mark\" d=\"M\(index * 24 + 9) 66l8 5-8 5z\"/>"
            case .gone: drawing += "<circle class=\"mark\" cx=\"\(index * 24 + 12)\" cy=\"71\" r=\"4\"/>"
            }
        }
        let counts = Outcome.allCases.compactMap { outcome -> String? in
            let count = bars.count { $0.0.outcome == outcome }
            let word = words.outcome(outcome.rawValue)
            return count == 0 ? nil : words("\(count) \(word)", "\(word) \(count) 次")
        }
        let text =
            words("Last \(bars.count) runs: ", "最近 \(bars.count) 次训练：") + counts.joined(separator: words(", ", "，"))
        return """
            <figure>
            <svg class="line" viewBox="0 0 \(max(1, bars.count) * 24) 80" width="\(max(1, bars.count) * 24)" height="80" \
            role="img" aria-labelledby="line-title line-text">
            <title id="line-title">\(words("Runs by their duration", "各次训练的时长"))</title>
            <desc id="line-text">\(text)</desc>
            \(drawing)
            </svg>
            <figcaption>\(text)</figcaption>
            </figure>

            """
    }
}
