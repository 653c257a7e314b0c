import Model
import Reports
import Store

/// Alerts, as `alerts list` prints them.
struct AlertListing: RowListing {
    let style: TimeStyle
    /// What is due by then is due now: a past time would only puzzle.
    var now = TimeArgument.now

    let columns: [Table.Column] = [
        "ID", "EVENT", .init("NAME", isOptional: true, isFreeText: true), "TASK", "TARGET", "STATE", "ATTEMPTS",
        .init("NEXT ATTEMPT", isOptional: true), .init("REASON", isOptional: true),
    ]

    func cells(_ row: AlertRow) -> [Table.Cell] {
        let next =
            row.nextAttemptAt.map { $0 <= now ? "now" : style.text($0) }
            ?? row.heldUntil.map { "held until \(style.text($0))" }
            ?? (row.state == .pending ? "queued behind an earlier alert" : "")
        // The reason of a suppressed alert does not come from the receiver.
        let code = row.state == .suppressed ? "" : row.lastCode.map { "\($0): " } ?? ""
        return [
            Table.Cell(row.id), Table.Cell(row.event), Table.Cell(row.name ?? ""), Table.Cell(row.cluster ?? "-"),
            Table.Cell(row.target), Table.Cell(row.state.rawValue, row.state.colour), Table.Cell(String(row.attempts)),
            Table.Cell(next), Table.Cell(row.lastError.map { code + $0 } ?? row.holdWords ?? ""),
        ]
    }

    func write(_ row: AlertRow, to json: inout JSONBytes) {
        json.alert(row)
    }

    let fields = [
        "id", "event", "cluster", "name", "target", "state", "attempts", "created_at", "next_attempt_at",
        "last_attempt_at", "last_code", "last_error", "held_until", "held_by",
    ]

    func write(_ row: AlertRow, to csv: inout CSVBytes) {
        for text in [row.id, row.event, row.cluster, row.name, row.target, row.state.rawValue, String(row.attempts)] {
            csv.field(text)
        }
        for time in [row.createdAt, row.nextAttemptAt, row.lastAttemptAt] { csv.field(time) }
        csv.field(row.lastCode)
        csv.field(row.lastError)
        csv.field(row.heldUntil)
        csv.field(row.heldBy.isEmpty ? nil : row.heldBy.json.text())
    }
}

extension AlertRow {
    /// `by silence 3 (maintenance), `hours` of routes[0]`; nil unless it is held.
    var holdWords: String? {
        guard state == .held, !heldBy.isEmpty else { return nil }
        return "by " + heldBy.map(\.words).joined(separator: "; ")
    }
}

extension HoldReason {
    /// `silence 3 (maintenance)`, ``hours` of routes[0]`.
    fileprivate var words: String {
        switch self {
        case .silence(let id, let comment): "silence \(id)" + (comment.isEmpty ? "" : " (\(comment))")
        case .hours(let route): "`hours` of routes[\(route)]"
        }
    }
}

extension AlertState {
    fileprivate var colour: Table.Colour? {
        switch self {
        case .dead: .red
        case .pending, .held: .yellow
        case .delivered, .accepted: .green
        case .suppressed, .digested: nil
        }
    }
}
