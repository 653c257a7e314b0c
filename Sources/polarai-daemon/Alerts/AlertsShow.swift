import ArgumentParser
import Model
import Reports
import Store

/// `polarai-daemon alerts show ID`.
struct AlertsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an alert with every attempt: time, code, reason and the receiver's answer."
    )

    @Argument(help: "The alert's id, for example k3v9x2ab-17.")
    var id: String

    @Option(help: "Only the alert for this target.")
    var target: String?

    @OptionGroup var output: PrintOptions

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let reader = try HistoryReader(at: database.address())
        let rows = try reader.seq(ofID: id).map { try reader.alerts(ofEvent: $0) } ?? []
        let alerts = try rows.filter { target == nil || $0.target == target }.map {
            (row: $0, attempts: try reader.attempts(at: AlertKey(seq: $0.seq, target: $0.target)))
        }
        guard !alerts.isEmpty else {
            let whom = target.map { " for the target \($0)" } ?? ""
            throw CommandFailure(
                "There is no alert \(id)\(whom). To list them: polarai-daemon alerts list --all", .failure)
        }
        switch output.format {
        case .table:
            let texts = alerts.map { Self.text(of: $0.row, $0.attempts, output.style) }
            try StandardOutput.show(texts.joined(separator: "\n"))
        case .csv: try StandardOutput.data(Self.csv(of: alerts))
        case .json, .jsonl:
            var json = JSONBytes()
            for (index, alert) in alerts.enumerated() {
                if output.format == .json { json.raw(index == 0 ? "[" : ",\n") }
                json.alert(alert.row, attempts: alert.attempts)
                if output.format != .json { json.raw("\n") }
            }
            if output.format == .json { json.raw("]\n") }
            try StandardOutput.data(json.take())
        }
    }

    /// The columns of `alerts list`, and the attempts as JSON in the last one.
    private static func csv(of alerts: [(row: AlertRow, attempts: [AttemptEntry])]) -> [UInt8] {
        let listing = AlertListing(style: TimeStyle(isUTC: true))
        var csv = CSVBytes()
        csv.header(listing.fields + ["attempt_log"])
        for alert in alerts {
            listing.write(alert.row, to: &csv)
            var log = JSONBytes()
            log.attempts(alert.attempts)
            log.take().withUnsafeBufferPointer { csv.field($0) }
            csv.endLine()
        }
        return csv.take()
    }

    private static func text(of row: AlertRow, _ attempts: [AttemptEntry], _ style: TimeStyle) -> String {
        let subject = TerminalText.cell([row.name, row.cluster].compactMap(\.self).joined(separator: " "))
        var lines = [
            "\(row.id)  \(row.event)  \(subject)", "  target        \(row.target)",
            "  state         \(row.state.rawValue)",
        ]
        lines.append("  made          \(style.text(row.createdAt))")
        if let next = row.nextAttemptAt {
            lines.append("  next attempt  \(style.text(next))")
        } else if let until = row.heldUntil {
            lines.append(
                "  held          until \(style.text(until))"
                    + (row.holdWords.map { ", " + TerminalText.cell($0) } ?? ""))
        } else if row.state == .pending {
            lines.append("  next attempt  after an earlier alert of the same task")
        }
        if let error = row.lastError { lines.append("  because       \(TerminalText.cell(error))") }
        if row.attempts > attempts.count {
            lines.append("  attempts      \(row.attempts), of which the last \(attempts.count) are kept")
        }
        for attempt in attempts {
            let status = attempt.httpStatus.map { "HTTP \($0)" }
            let code = [status, attempt.code == status ? nil : attempt.code].compactMap(\.self)
                .map { "  \($0)" }.joined()
            lines.append(
                "  #\(attempt.number)  \(style.text(attempt.startedAt))  \(attempt.outcome)\(code)  "
                    + "\(attempt.duration.wholeMilliseconds) ms")
            if let reason = attempt.reason { lines.append("      \(TerminalText.cell(reason))") }
            if let answer = attempt.answer, !answer.isEmpty {
                lines += answer.split(separator: "\n").map { "      > \(TerminalText.cell(String($0)))" }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
