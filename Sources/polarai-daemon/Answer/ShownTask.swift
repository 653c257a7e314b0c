import Model
import PolarDB
import Reports
import Store

/// One answer about one cluster, as `show` and `poll` print it.
struct ShownTask {
    let cluster: ClusterID
    /// From the config.
    let name: String?
    let observedAt: Timestamp
    let body: [UInt8]
    /// What is stored beside the answer; nil where it was just asked for.
    var known: StoredTask?

    /// - Throws: `CommandFailure` if the stored answer is not JSON.
    func print(as format: OutputFormat, isRaw: Bool, isUTC: Bool) throws {
        if isRaw {
            try StandardOutput.write(body)
            return
        }
        guard let answer = TaskAnswer(parsing: body) else {
            throw CommandFailure("The answer about \(cluster) is not JSON; --raw prints it as it came.", .data)
        }
        switch format {
        case .table:
            try StandardOutput.show(
                AnswerTable(style: TimeStyle(isUTC: isUTC), chartWidth: StandardOutput.chartWidth).text(
                    answer, name: name, observedAt: observedAt, known: known))
        case .json, .jsonl: try StandardOutput.json(report(answer).json)
        case .csv:
            // A line per field of the answer.
            let members = (answer.shown.objectValue ?? [:]).sorted { $0.key < $1.key }
            var csv = CSVBytes()
            csv.header(["cluster", "name", "observed_at", "field", "value"])
            for (field, value) in members {
                for cell in [cluster.rawValue, name, observedAt.rfc3339, field, value.stringValue ?? value.text()] {
                    csv.field(cell)
                }
                csv.endLine()
            }
            try StandardOutput.data(csv.take())
        }
    }

    private func report(_ answer: TaskAnswer) -> TaskReport {
        TaskReport(cluster: cluster, name: name, observedAt: observedAt, answer: answer, known: known)
    }
}
