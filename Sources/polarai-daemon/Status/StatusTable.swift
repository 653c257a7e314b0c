import Model
import Reports
import Store

/// `status` for people.
struct StatusTable {
    let isUTC: Bool
    let isColoured: Bool
    /// What is left of a run is counted from.
    let now: Timestamp

    /// - Parameter storageTrouble: what the daemon says of a database that it cannot write.
    func text(_ report: StatusReport, storageTrouble: String? = nil) -> String {
        let style = TimeStyle(isUTC: isUTC)
        var table = Table(
            header: [
                "CLUSTER", "ID", "STATUS", "SINCE", "LAST POLL", "NEXT POLL", "PROGRESS", "OVERDUE", "ACCOUNT",
                "INSTANCE", "LAST ERROR",
            ],
            optional: [0, 6, 7, 9, 10], isColoured: isColoured)
        var text = headline(report, hasTrouble: storageTrouble != nil, style)
        if let storageTrouble {
            text += "\(warning("Storage trouble:")) \(Self.sentence(storageTrouble))\n"
        }
        for target in report.targets {
            text += "\(warning("Target \(TerminalText.cell(target.name))")) \(Self.sentence(target.words(style)))\n"
        }
        for row in report.clusters {
            text += table.add([
                row.name.map { Table.Cell($0) } ?? Table.Cell(row.description ?? "", .dim),
                Table.Cell(row.cluster.rawValue),
                Table.Cell(row.status?.rawValue ?? "not answered yet", Self.colour(row.status)),
                Table.Cell(row.since.map(style.text) ?? "-"), Table.Cell(row.lastPollAt.map(style.text) ?? "-"),
                Table.Cell(row.nextPollAt.map(style.text) ?? "-"),
                Table.Cell(row.progress.map { ProgressText.short($0, at: now) } ?? ""),
                Table.Cell(row.overdue.map { Self.words($0, style) } ?? "", .yellow),
                Table.Cell("\(row.scope.account)/\(row.scope.region)"), Table.Cell(row.instance ?? ""),
                Table.Cell(row.lastError ?? "", .red),
            ])
        }
        return text + table.flush()
    }

    private func warning(_ text: String) -> String {
        isColoured ? Table.Colour.red.applied(to: text) : text
    }

    /// With one full stop at the end, also if the words have one themselves.
    private static func sentence(_ words: String) -> String {
        let words = TerminalText.cell(words)
        return words.hasSuffix(".") || words.hasSuffix("。") ? words : words + "."
    }

    private func headline(_ report: StatusReport, hasTrouble: Bool, _ style: TimeStyle) -> String {
        var parts: [String]
        if let daemon = report.daemon, daemon.isRunning {
            parts = ["The daemon has been running since \(style.text(daemon.startedAt)) (pid \(daemon.pid))."]
        } else if hasTrouble {
            parts = ["The daemon is running, but not on this file; this is what the file says."]
        } else {
            parts = ["No daemon is running on this database; this is the state it left behind."]
        }
        if report.clusters.isEmpty { parts.append("No clusters are watched: add some to the config and reload.") }
        if report.alerts.pending > 0 { parts.append("Pending alerts: \(report.alerts.pending).") }
        if report.alerts.held > 0 {
            parts.append(
                "Held alerts: \(report.alerts.held) (by silences and hours: polarai-daemon alerts list --state held).")
        }
        if report.alerts.dead > 0 {
            parts.append("Dead alerts: \(report.alerts.dead) (see: polarai-daemon alerts list).")
        }
        return parts.joined(separator: " ") + "\n"
    }

    /// `since 2026-11-24 16:00:00 (max_runtime)`.
    private static func words(_ overdue: OverdueMark, _ style: TimeStyle) -> String {
        "since \(style.text(overdue.since)) (\(overdue.limit.rawValue))"
    }

    private static func colour(_ status: ClusterStatus?) -> Table.Colour? {
        guard let status else { return .dim }
        return status.isFailed ? .red : status.isCompleted ? .green : status.isGone ? .yellow : nil
    }
}
