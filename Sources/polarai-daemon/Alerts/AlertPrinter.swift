import Model
import Reports
import Store

/// Prints alerts one after the other, in one of the formats.
struct AlertPrinter {
    private let format: OutputFormat
    private let style: TimeStyle
    /// What is due by then is due now: a past time would only puzzle.
    private let now = TimeArgument.now
    private var json = AlertJSON()
    private var csv: [UInt8] = []
    private var table: Table
    private var text = ""
    private var count = 0

    init(format: OutputFormat, style: TimeStyle, isColoured: Bool) {
        self.format = format
        self.style = style
        table = Table(
            header: ["ID", "EVENT", "NAME", "CLUSTER", "TARGET", "STATE", "TRIES", "NEXT TRY", "LAST ERROR"],
            optional: [2, 7, 8], isColoured: isColoured)
    }

    mutating func print(_ row: AlertRow) {
        switch format {
        case .json:
            json.raw(count == 0 ? "[" : ",\n")
            json.append(row)
        case .jsonl:
            json.append(row)
            json.raw("\n")
        case .csv: appendCSV(row)
        case .table: text += table.add(cells(row))
        }
        count += 1
    }

    mutating func end() {
        if format == .json { json.raw(count == 0 ? "[]\n" : "]\n") }
        text += table.flush()
    }

    mutating func take() -> [UInt8] {
        switch format {
        case .json, .jsonl: return json.take()
        case .csv: return csv
        case .table: return TerminalText.output(text)
        }
    }

    private mutating func appendCSV(_ row: AlertRow) {
        if count == 0 {
            let header =
                "id,event,cluster,name,target,state,attempts,created_at,next_attempt_at,last_attempt_at,last_code,last_error,"
                + "held_until,held_by"
            csv += header.utf8
            csv += CSVBytes.lineEnd
        }
        let fields = [
            row.id, row.event, row.cluster, row.name, row.target, row.state.rawValue, String(row.attempts),
            row.createdAt.rfc3339, row.nextAttemptAt?.rfc3339, row.lastAttemptAt?.rfc3339, row.lastCode, row.lastError,
            row.heldUntil?.rfc3339, row.heldBy.isEmpty ? nil : row.heldBy.json.text(),
        ]
        for (index, field) in fields.enumerated() {
            if index > 0 { csv.append(UInt8(ascii: ",")) }
            CSVBytes.append(Array((field ?? "").utf8), to: &csv)
        }
        csv += CSVBytes.lineEnd
    }

    private func cells(_ row: AlertRow) -> [Table.Cell] {
        let next =
            row.nextAttemptAt.map { $0 <= now ? "now" : style.text($0) }
            ?? row.heldUntil.map { "held until \(style.text($0))" }
            ?? (row.state == .pending ? "queued behind an earlier alert" : "")
        let code = row.lastCode.map { "\($0): " } ?? ""
        return [
            Table.Cell(row.id), Table.Cell(row.event), Table.Cell(row.name ?? ""), Table.Cell(row.cluster ?? "-"),
            Table.Cell(row.target), Table.Cell(row.state.rawValue, row.state.colour), Table.Cell(String(row.attempts)),
            Table.Cell(next), Table.Cell(row.lastError.map { code + $0 } ?? row.holdWords ?? ""),
        ]
    }
}

extension AlertRow {
    /// `by silence 3 (maintenance), the hours of routes[0]`; nil unless it is held.
    var holdWords: String? {
        guard state == .held, !heldBy.isEmpty else { return nil }
        return "by " + heldBy.map(\.words).joined(separator: ", ")
    }
}

extension HoldReason {
    /// `silence 3 (maintenance)`, `the hours of routes[0]`.
    var words: String {
        switch self {
        case .silence(let id, let comment): "silence \(id)" + (comment.isEmpty ? "" : " (\(comment))")
        case .hours(let route): "the hours of routes[\(route)]"
        }
    }
}

extension AlertState {
    var colour: Table.Colour? {
        switch self {
        case .dead: .red
        case .pending, .held: .yellow
        case .delivered, .accepted: .green
        case .suppressed, .digested: nil
        }
    }
}
