import Model
import Reports
import Store

/// Training runs, as `runs` prints them.
struct RunListing: ValueListing {
    let style: TimeStyle
    /// How long a run that goes on has taken is counted to here.
    let now: Timestamp

    let columns: [Table.Column] = [
        .init("NAME", isOptional: true, isFreeText: true), "TASK", "STARTED", "ENDED", "DURATION", "OUTCOME",
        .init("STEPS", isOptional: true), .init("LAST LOSS", isOptional: true), .init("COST", isOptional: true),
    ]

    func cells(_ row: StoredRun) -> [Table.Cell] {
        let run = row.record
        let words = RunWords(run, at: now)
        return [
            Table.Cell(row.titled.name ?? "", run.name == nil ? .dim : nil), Table.Cell(run.cluster.rawValue),
            Table.Cell(run.startedAt.map(style.text) ?? "-"), Table.Cell(run.endedAt.map(style.text) ?? "-"),
            Table.Cell(words.duration ?? "-"), Table.Cell(words.outcome, Self.colour(run.outcome)),
            Table.Cell(run.steps.map { "\($0)" } ?? ""), Table.Cell(words.loss ?? ""), Table.Cell(words.cost ?? ""),
        ]
    }

    func json(_ row: StoredRun) -> JSONValue { row.json }

    let fields = [
        "cluster", "name", "account", "region", "started_at", "ended_at", "duration_seconds", "outcome", "steps",
        "last_loss", "cost", "source",
    ]

    private static func colour(_ outcome: RunRecord.Outcome) -> Table.Colour? {
        switch outcome {
        case .running: nil
        case .completed: .green
        case .failed: .red
        case .gone: .yellow
        }
    }
}
