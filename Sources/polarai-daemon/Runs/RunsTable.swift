import Model
import Reports
import Store

/// `runs` for people.
struct RunsTable {
    let style: TimeStyle
    let isColoured: Bool
    /// How long a run that goes on has taken is counted to here.
    let now: Timestamp

    func text(_ runs: [StoredRun]) -> String {
        var table = Table(
            header: [
                "NAME", "CLUSTER", "STARTED", "ENDED", "DURATION", "OUTCOME", "STEPS", "LAST LOSS", "COST",
            ], optional: [0, 6, 7, 8], isColoured: isColoured)
        var text = ""
        for run in runs.map(\.record) {
            let words = RunWords(run, at: now)
            text += table.add([
                Table.Cell(run.name ?? ""), Table.Cell(run.cluster.rawValue),
                Table.Cell(run.startedAt.map(style.text) ?? "-"), Table.Cell(run.endedAt.map(style.text) ?? "-"),
                Table.Cell(words.duration ?? "-"), Table.Cell(words.outcome, Self.colour(run.outcome)),
                Table.Cell(run.steps.map { "\($0)" } ?? ""), Table.Cell(words.loss ?? ""),
                Table.Cell(words.cost ?? ""),
            ])
        }
        return text + table.flush()
    }

    private static func colour(_ outcome: RunRecord.Outcome) -> Table.Colour? {
        switch outcome {
        case .running: nil
        case .completed: .green
        case .failed: .red
        case .gone: .yellow
        }
    }
}
