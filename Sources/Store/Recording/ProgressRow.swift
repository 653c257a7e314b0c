import Model

/// A row of `progress`: the columns and their order are named here only.
enum ProgressRow {
    static let columns = """
        cluster, run_started_at, step, total_steps, epoch, metrics, logged_at, step_seen_at, first_step, \
        first_logged_at, past_run_ms, expected_end
        """

    static let replacement =
        "INSERT INTO progress (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        + Upsert.clause(key: ["cluster"], columns: columns)

    static func values(of record: ProgressRecord) -> SQLValues {
        let latest = record.latest
        return [
            record.cluster.rawValue.stored, record.runStartedAt?.milliseconds, latest?.step, latest?.totalSteps,
            latest?.epoch,
            latest.flatMap { $0.metrics.isEmpty ? nil : JSONValue.object($0.metrics).text() },
            latest?.loggedAt?.milliseconds, record.stepSeenAt?.milliseconds, record.firstStep,
            record.firstLoggedAt?.milliseconds, record.pastRun?.wholeMilliseconds, record.expectedEnd?.milliseconds,
        ]
    }

    static func record(from row: Statement) -> ProgressRecord {
        var record = ProgressRecord(cluster: ClusterID(row[0] as String))
        record.runStartedAt = row.time(1)
        if let loggedAt = row.time(6) {
            record.latest = TrainingProgress(
                step: row[2], totalSteps: row[3], epoch: row[4], metrics: metrics(row.text(5)), loggedAt: loggedAt)
        }
        record.stepSeenAt = row.time(7)
        record.firstStep = row[8]
        record.firstLoggedAt = row.time(9)
        record.pastRun = (row[10] as Int64?).map { .milliseconds($0) }
        record.expectedEnd = row.time(11)
        return record
    }

    static func metrics(_ text: String?) -> [String: JSONValue] {
        guard let text, let json = try? JSONValue(parsing: Array(text.utf8)) else { return [:] }
        return json.objectValue ?? [:]
    }
}
