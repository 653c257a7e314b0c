import ArgumentParser
import Model
import Reports
import Store

/// `polarai-daemon silence list`.
struct SilenceList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the active silences, and those that ended within seven days.")

    @Flag(help: "Also those that ended earlier.")
    var all = false

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let now = TimeArgument.now
        let rows = try HistoryReader(path: database.path()).silences(all: all, at: now)
        switch format {
        case .json:
            let lines = rows.map { $0.json(at: now).text() }
            try StandardOutput.data(rows.isEmpty ? "[]\n" : "[\(lines.joined(separator: ",\n"))]\n")
        case .jsonl: try StandardOutput.data(rows.map { $0.json(at: now).text() + "\n" }.joined())
        case .csv: try StandardOutput.data(Self.csv(rows, at: now))
        case .table: try StandardOutput.show(table(rows, at: now))
        }
    }

    private static let columns = ["id", "matchers", "starts_at", "ends_at", "comment", "by", "state", "held", "drop"]

    private static func csv(_ rows: [SilenceRow], at now: Timestamp) -> String {
        var bytes = Array(columns.joined(separator: ",").utf8) + CSVBytes.lineEnd
        for row in rows {
            let json = row.json(at: now)
            for (index, column) in columns.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                let value = json[column] ?? .null
                CSVBytes.append(Array((value.stringValue ?? value.text()).utf8), to: &bytes)
            }
            bytes += CSVBytes.lineEnd
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func table(_ rows: [SilenceRow], at now: Timestamp) -> String {
        let style = TimeStyle(isUTC: utc)
        var table = Table(
            header: ["ID", "STATE", "FROM", "UNTIL", "ALERTS", "HELD", "BY", "COMMENT"], optional: [5],
            isColoured: StandardOutput.takesColour)
        var text = ""
        for row in rows {
            let silence = row.silence
            let isActive = silence.isActive(at: now)
            text += table.add([
                Table.Cell("\(silence.id)"), Table.Cell(isActive ? "active" : "ended", isActive ? .yellow : .dim),
                Table.Cell(style.text(silence.startsAt)), Table.Cell(style.text(silence.endsAt)),
                Table.Cell(silence.matchers.words + (silence.drops ? " (not sent)" : "")),
                Table.Cell(row.held > 0 ? "\(row.held)" : ""), Table.Cell(silence.author), Table.Cell(silence.comment),
            ])
        }
        return text + table.flush()
    }
}

extension SilenceMatchers {
    /// `cluster nightly or pm-1, event failed`; `all` if everything matches.
    var words: String {
        let parts = [
            ("cluster", clusters), ("label", labels.map(\.text)), ("event", events.map(\.rawValue)),
            ("target", targets),
        ].filter { !$0.1.isEmpty }
        return parts.isEmpty ? "all" : parts.map { "\($0.0) \($0.1.joined(separator: " or "))" }.joined(separator: ", ")
    }
}
