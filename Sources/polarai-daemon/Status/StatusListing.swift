import Model
import Reports
import Store

/// Watched tasks, as `status` prints them.
struct StatusListing: ValueListing {
    let style: TimeStyle
    /// What is left of a run is counted from here.
    let now: Timestamp

    let columns: [Table.Column] = [
        .init("NAME", isOptional: true, isFreeText: true), "TASK", "STATUS", "SINCE", "LAST POLL", "NEXT POLL",
        .init("PROGRESS", isOptional: true), .init("OVERDUE", isOptional: true), "ACCOUNT",
        .init("INSTANCE", isOptional: true), .init("LAST ERROR", isOptional: true),
    ]

    func cells(_ row: StatusRow) -> [Table.Cell] {
        [
            row.name.map { Table.Cell($0) } ?? Table.Cell(row.description ?? "", .dim),
            Table.Cell(row.cluster.rawValue),
            Table.Cell(row.status?.rawValue ?? "no API answer yet", Self.colour(row.status)),
            Table.Cell(row.since.map(style.text) ?? "-"), Table.Cell(row.lastPollAt.map(style.text) ?? "-"),
            Table.Cell(row.nextPollAt.map(style.text) ?? "-"),
            Table.Cell(row.progress.map { ProgressText.short($0, at: now) } ?? ""),
            Table.Cell(row.overdue.map(words) ?? "", .yellow),
            Table.Cell("\(row.scope.account)/\(row.scope.region)"), Table.Cell(row.instance ?? ""),
            Table.Cell(row.lastError ?? "", .red),
        ]
    }

    func json(_ row: StatusRow) -> JSONValue { row.json }

    let fields = [
        "cluster", "name", "account", "region", "status", "since", "last_poll_at", "next_poll_at", "last_error",
        "progress", "instance", "description", "overdue",
    ]

    /// `since 2026-11-24 16:00:00 (max_runtime)`.
    private func words(_ overdue: OverdueMark) -> String {
        "since \(style.text(overdue.since)) (\(overdue.limit.rawValue))"
    }

    private static func colour(_ status: ClusterStatus?) -> Table.Colour? {
        guard let status else { return .dim }
        return status.isFailed ? .red : status.isCompleted ? .green : status.isGone ? .yellow : nil
    }
}
