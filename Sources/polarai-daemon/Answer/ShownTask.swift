import Model
import PolarDB
import Store

/// What the database knows of a cluster beside its last answer.
struct StoredTask {
    /// The parent instance it was found through.
    let instance: String?
    let progress: ProgressRecord?
    let curve: [CurvePoint]
    /// The end of the log of a run that failed.
    let logLines: [String]
}

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
        case .json, .jsonl: try StandardOutput.data(json(answer).text() + "\n")
        case .csv: try StandardOutput.data(csv(answer))
        }
    }

    /// The members are a contract with scripts.
    private func json(_ answer: TaskAnswer) -> JSONValue {
        var members: [String: JSONValue] = [
            "cluster": .string(cluster.rawValue), "name": JSONValue(name), "observed_at": JSONValue(observedAt),
            "answer": answer.shown,
        ]
        if let known {
            if let instance = known.instance { members["instance"] = .string(instance) }
            if let progress = known.progress { members["progress"] = progress.json }
            if !known.logLines.isEmpty { members["log_lines"] = .array(known.logLines.map { .string($0) }) }
        }
        return .object(members)
    }

    /// A line per field of the answer.
    private func csv(_ answer: TaskAnswer) -> String {
        var bytes = Array("cluster,name,observed_at,field,value".utf8) + CSVBytes.lineEnd
        for (field, value) in (answer.shown.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            let cells = [cluster.rawValue, name ?? "", observedAt.rfc3339, field, value.stringValue ?? value.text()]
            for (index, cell) in cells.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                CSVBytes.append(Array(cell.utf8), to: &bytes)
            }
            bytes += CSVBytes.lineEnd
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
