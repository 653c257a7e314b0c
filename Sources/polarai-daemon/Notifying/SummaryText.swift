import Model
import Reports

/// A summary for people.
struct SummaryText {
    let style: TimeStyle

    func text(_ figures: SummaryFigures) -> String {
        var text = "Since \(style.text(figures.since)): \(figures.completed) completed, \(figures.failed) failed"
        if figures.completed + figures.failed > 0, figures.hours > 0 {
            text += "; \(figures.hours) training hours (ended runs)"
            let costs = figures.costs.map(\.text)
            if !costs.isEmpty { text += ", \(costs.joined(separator: " and "))" }
        }
        text += ".\n"
        text += list("Failed", figures.failures, of: figures.failed) { failure in
            let acknowledged =
                failure.acknowledgement.map { ack in
                    "acknowledged by \(ack.author)" + (ack.comment.map { ": \($0)" } ?? "")
                } ?? "not acknowledged"
            return [subject(failure.name, failure.cluster), "at \(style.text(failure.at))", acknowledged, failure.id]
        }
        text += list("Running", figures.running, of: figures.runningCount) { run in
            let progress = TrainingProgress(step: run.step, totalSteps: run.totalSteps)
            let end = run.expectedEnd.map { "expected to end at \(style.text($0))" }
            return [subject(run.name, run.cluster), ProgressText.position(progress), end]
        }
        for (heading, troubles) in [("Overdue", figures.overdue), ("Stalled", figures.stalled)] {
            text += list(heading, troubles, of: troubles.count) { trouble in
                [subject(trouble.name, trouble.cluster), trouble.since.map { "since \(style.text($0))" }]
            }
        }
        text += list("Silences", figures.silences, of: figures.silences.count) { silence in
            ["\(silence.id) until \(style.text(silence.endsAt))", silence.comment]
        }
        text += list("Suspended targets", figures.failingTargets, of: figures.failingTargets.count) { target in
            [target.target, "since \(style.text(target.since))"]
        }
        if figures.heldAlerts > 0 { text += "Held alerts: \(figures.heldAlerts)\n" }
        if figures.deadAlerts > 0 {
            text += "Dead alerts: \(figures.deadAlerts) (see: polarai-daemon alerts list)\n"
        }
        return text
    }

    /// A heading and a line for each item; nothing if there is none.
    private func list<Item>(_ heading: String, _ items: [Item], of count: Int, _ parts: (Item) -> [String?]) -> String {
        guard count > 0 else { return "" }
        var text = "\(heading): \(count)\n"
        for item in items {
            let line = parts(item).compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
            text += "  \(TerminalText.cell(line))\n"
        }
        if items.count < count { text += "  and \(count - items.count) more\n" }
        return text
    }

    private func subject(_ name: String?, _ cluster: String?) -> String {
        switch (name, cluster) {
        case (let name?, let cluster?): "\(name) (\(cluster))"
        default: name ?? cluster ?? ""
        }
    }
}
