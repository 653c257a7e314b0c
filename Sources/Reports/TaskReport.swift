package import Model
package import PolarDB
package import Store

/// What the database knows of a cluster beside its last answer.
package struct StoredTask {
    /// The parent instance it was found through.
    package let instance: String?
    /// Newer than what is stored if the running daemon knows it.
    package var progress: ProgressRecord?
    package let curve: [CurvePoint]
    /// The end of the log of a run that failed.
    package let logLines: [String]
    /// Its last runs, the newest first: two, to be compared.
    package let runs: [StoredRun]

    /// - Parameters:
    ///   - answer: the last answer; nil if there is none, or it is not JSON.
    ///   - now: for what a run that goes on has cost so far; nil is up to the last answer.
    /// - Throws: `StoreError`.
    package init(of id: ClusterID, answer: TaskAnswer?, in reader: HistoryReader, at now: Timestamp? = nil) throws {
        // Of a run that came after a failure the lines say nothing.
        let hasFailed = answer?.status?.isFailed ?? false
        instance = try reader.instance(of: id)
        progress = try reader.progress(of: id)
        curve = try reader.curve(of: id)
        logLines = hasFailed ? try reader.logLines(of: id) : []
        let time = try now ?? reader.answer(of: id)?.observedAt ?? Timestamp(milliseconds: 0)
        runs = try reader.latestRuns(of: id, count: 2, at: time)
    }
}

/// One answer about one cluster as a JSON object; the members are a contract with scripts.
package struct TaskReport {
    private let cluster: ClusterID
    /// From the config.
    private let name: String?
    private let observedAt: Timestamp
    private let answer: TaskAnswer
    /// What is stored beside the answer; nil if it was just asked for.
    private let known: StoredTask?

    package init(cluster: ClusterID, name: String?, observedAt: Timestamp, answer: TaskAnswer, known: StoredTask?) {
        self.cluster = cluster
        self.name = name
        self.observedAt = observedAt
        self.answer = answer
        self.known = known
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "cluster": .string(cluster.rawValue), "name": JSONValue(name), "observed_at": JSONValue(observedAt),
            "answer": answer.shown,
        ]
        if let known {
            if let instance = known.instance { members["instance"] = .string(instance) }
            if let progress = known.progress { members["progress"] = progress.json }
            if known.runs.count > 1 { members["runs"] = .array(known.runs.map(\.json)) }
            if !known.logLines.isEmpty { members["log_lines"] = .strings(known.logLines) }
        }
        return .object(members)
    }
}
