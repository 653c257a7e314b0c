package import Model

extension HistoryReader {
    /// How far the latest run of a cluster is; nil if that is not known.
    package func progress(of cluster: ClusterID) throws -> ProgressRecord? {
        let statement = try connection.prepare(
            "SELECT \(Self.progressColumns) FROM clusters AS c JOIN progress AS p \(Self.progressOfRun) WHERE c.id = ?",
            [cluster.rawValue])
        return try statement.step() ? Self.progress(statement, from: 0, of: cluster) : nil
    }

    /// The curve of the latest run of a cluster, oldest first; empty if none is known.
    package func curve(of cluster: ClusterID) throws -> [CurvePoint] {
        guard try progress(of: cluster) != nil else { return [] }
        let statement = try connection.prepare(
            "SELECT logged_at, step, loss FROM curve WHERE cluster = ? ORDER BY logged_at", [cluster.rawValue])
        var points: [CurvePoint] = []
        while try statement.step() {
            points.append(
                CurvePoint(
                    at: Timestamp(milliseconds: statement.integer(0)),
                    step: statement.isNull(1) ? nil : Int(statement.integer(1)), loss: statement.number(2)))
        }
        return points
    }

    /// What was read of a run before the latest one is not shown.
    static let progressOfRun = "ON p.cluster = c.id AND p.run_started_at IS c.started_at AND p.step IS NOT NULL"

    static let progressColumns = """
        p.step, p.total_steps, p.epoch, p.metrics, p.logged_at, p.step_seen_at, \
        CASE WHEN upper(c.status) = 'ACTIVATION' AND c.is_stalled = 0 THEN p.expected_end END
        """

    static func progress(_ row: Statement, from column: Int32, of cluster: ClusterID) -> ProgressRecord? {
        guard !row.isNull(column) else { return nil }
        var record = ProgressRecord(cluster: cluster)
        record.latest = TrainingProgress(
            step: Int(row.integer(column)), totalSteps: row.isNull(column + 1) ? nil : Int(row.integer(column + 1)),
            epoch: row.number(column + 2), metrics: ProgressRow.metrics(row.text(column + 3)),
            loggedAt: row.time(column + 4))
        record.stepSeenAt = row.time(column + 5)
        record.expectedEnd = row.time(column + 6)
        return record
    }
}

extension ProgressRecord {
    /// What `json` says; nil if it is null.
    package init?(cluster: ClusterID, json: JSONValue) {
        guard json.objectValue != nil else { return nil }
        self.init(cluster: cluster)
        latest = TrainingProgress(
            step: json["step"]?.integerValue, totalSteps: json["total_steps"]?.integerValue,
            epoch: json["epoch"]?.numberValue, metrics: json["metrics"]?.objectValue ?? [:],
            loggedAt: json.time("logged_at"))
        expectedEnd = json.time("expected_end")
    }

    /// The members are a contract with scripts; null if nothing is known.
    package var json: JSONValue {
        guard let latest else { return .null }
        return .object([
            "step": latest.step.map { .integer(Int64($0)) } ?? .null,
            "total_steps": latest.totalSteps.map { .integer(Int64($0)) } ?? .null,
            "epoch": latest.epoch.map { .number($0) } ?? .null, "metrics": .object(latest.metrics),
            "logged_at": JSONValue(latest.loggedAt), "expected_end": JSONValue(expectedEnd),
        ])
    }
}
