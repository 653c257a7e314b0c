import Model
import PolarDB
import Reports
import Store

/// An answer for people: what it says of the task, its runs, data sets, models and access.
struct AnswerTable {
    let style: TimeStyle
    /// Cells of a line, where a curve may be drawn.
    var chartWidth: Int?
    /// How long a run that goes on has taken is counted to here.
    var now = TimeArgument.now

    /// - Parameter known: what is stored beside the answer; nil where it is none of the store's.
    func text(_ answer: TaskAnswer, name: String?, observedAt: Timestamp, known: StoredTask?) -> String {
        var lines = Lines()
        lines.add("Task", answer.id?.rawValue)
        lines.add("Name", name)
        lines.add("Description", answer.description)
        lines.add("Status", answer.status?.rawValue)
        lines.add("Observed", style.text(observedAt))
        lines.add("Instance", known?.instance)
        if let progress = known?.progress { add(progress, to: &lines) }
        lines.add("Created", answer.createdAt.map(style.text))
        lines.add("Engine", [answer.databaseType, answer.databaseVersion].compactMap { $0 }.joined(separator: " "))
        lines.add("Tuning architecture", answer.tuneArchitecture)
        lines.add(
            "Network", [answer.networkType, answer.vpcID, answer.vSwitchID].compactMap { $0 }.joined(separator: " "))
        lines.add(
            "Maintenance", [answer.maintainStart, answer.maintainEnd].compactMap { $0 }.joined(separator: " to "))
        lines.add("Lock mode", answer.lockMode)
        lines.add("Bucket", answer.customBucket)
        for path in answer.modelPaths { lines.add("Model path", path) }
        for (number, run) in answer.runs.enumerated() {
            add(run, number: number + 1, of: answer.runs.count, to: &lines)
        }
        if let known { compare(known.runs, in: &lines) }
        for set in answer.dataSets { add(set, to: &lines) }
        if let access = answer.accessInfo { lines.add(members: access, under: "Access") }
        for info in answer.extraInfo { lines.add(members: info, under: "Extra") }
        lines.add("Request", answer.requestID)
        let chart = known.flatMap { LossChart($0.curve, width: chartWidth) }.map { "\n" + $0.text } ?? ""
        return lines.text + log(known?.logLines ?? []) + chart
    }

    private func log(_ lines: [String]) -> String {
        lines.isEmpty ? "" : "Last lines of the log\n" + lines.map { "  \(TerminalText.cell($0))\n" }.joined()
    }

    private func add(_ progress: ProgressRecord, to lines: inout Lines) {
        guard let latest = progress.latest else { return }
        lines.add("Progress", ProgressText.position(latest))
        lines.add("Last step", latest.loggedAt.map(style.text))
        lines.add("Expected end", progress.expectedEnd.map(style.text))
        if !latest.metrics.isEmpty { lines.add(members: .object(latest.metrics), under: "Metrics") }
    }

    private func add(_ run: TaskRun, number: Int, of count: Int, to lines: inout Lines) {
        lines.heading(count == 1 ? "Run" : "Run \(number)")
        lines.add(
            "  Base model", [run.modelName, run.modelSource.map { "(\($0))" }].compactMap { $0 }.joined(separator: " "))
        lines.add("  Custom model", run.modelPath == run.modelName ? nil : run.modelPath)
        lines.add("  Training", [run.trainMode, run.trainType].compactMap { $0 }.joined(separator: ", "))
        lines.add("  Started", run.startedAt.map(style.text))
        lines.add("  Completed", run.completedAt.map(style.text))
        if let parameters = run.parameters { lines.add(members: parameters, under: "  Parameters") }
    }

    /// The last run beside the one before.
    private func compare(_ runs: [StoredRun], in lines: inout Lines) {
        let words = runs.map { RunWords($0.record, at: now) }
        guard let last = words.first else { return }
        lines.heading(words.count > 1 ? "Last runs" : "Last run")
        for (run, words) in zip(runs, words) {
            lines.add("  " + (run.record.startedAt.map(style.text) ?? "start not known"), words.sentence)
        }
        if words.count > 1 { lines.add("  Difference", last.difference(from: words[1])) }
    }

    private func add(_ set: DataSet, to lines: inout Lines) {
        lines.heading("Data set \(set.name ?? "")")
        lines.add("  Path", set.path)
        lines.add("  Type", set.type)
        lines.add("  Split", set.splitRatio.map { "\($0)" })
    }

    /// `Label:  value`, labels as wide as the longest.
    private struct Lines {
        private var rows: [(label: String, value: String)] = []

        mutating func add(_ label: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            rows.append((label, value))
        }

        mutating func heading(_ text: String) {
            rows.append((text, ""))
        }

        mutating func add(members value: JSONValue, under label: String) {
            guard let members = value.objectValue else {
                if value.arrayValue?.isEmpty != true { add(label, value.stringValue ?? value.text()) }
                return
            }
            guard !members.isEmpty else { return }
            heading(label)
            let indent = label.prefix { $0 == " " } + "  "
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                add(indent + key, member.stringValue ?? member.text())
            }
        }

        var text: String {
            let cells = rows.map { (label: TerminalText.cell($0.label), value: TerminalText.cell($0.value)) }
            let width = cells.map { TerminalText.width($0.label) }.max() ?? 0
            return cells.map { row in
                guard !row.value.isEmpty else { return "\(row.label)\n" }
                let gap = String(repeating: " ", count: width - TerminalText.width(row.label) + 2)
                return "\(row.label):\(gap)\(row.value)\n"
            }.joined()
        }
    }
}
