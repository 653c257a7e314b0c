import Model

/// A row of `clusters`: the columns and their order are named here only.
enum ClusterRow {
    static let columns = """
        id, name, account, region, instance, status, since, was_activated, last_good_at, last_poll_at, next_poll_at, \
        last_error, failing_since, is_poll_failing, is_stalled, description, created_at, started_at, completed_at, \
        base_model, train_mode, train_type, model_paths, digest_high, digest_low, run_started_at, is_running, last_run_ms, \
        overdue_limit, overdue_since
        """

    /// Leaves `watched` as it is; a new row is watched.
    static let upsert: String = {
        let places = columns.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO clusters (\(columns)) VALUES (\(places)) " + Upsert.clause(key: ["id"], columns: columns)
    }()

    static func values(of cluster: ClusterRecord) -> SQLValues {
        let facts = cluster.facts
        return [
            cluster.id.rawValue.stored, cluster.name.stored, cluster.scope.account.stored, cluster.scope.region.stored,
            cluster.instance.stored, cluster.status?.rawValue.stored, cluster.since?.milliseconds, cluster.wasActivated,
            cluster.lastGoodAt?.milliseconds, cluster.lastPollAt?.milliseconds, cluster.nextPollAt?.milliseconds,
            cluster.lastError.stored, cluster.failingSince?.milliseconds, cluster.isPollFailing, cluster.isStalled,
            facts.description.stored, facts.createdAt?.milliseconds, facts.startedAt?.milliseconds,
            facts.completedAt?.milliseconds, facts.baseModel.stored, facts.trainMode.stored, facts.trainType.stored,
            facts.modelPaths.isEmpty ? nil : JSONValue.array(facts.modelPaths.map { .string($0.stored) }).text(),
            cluster.digest.map { Int64(bitPattern: $0.high) }, cluster.digest.map { Int64(bitPattern: $0.low) },
            cluster.runStartedAt?.milliseconds, cluster.isRunning, cluster.lastRun?.wholeMilliseconds,
            cluster.overdue?.limit.rawValue, cluster.overdue?.since.milliseconds,
        ]
    }

    static func record(from row: Statement) -> ClusterRecord {
        var record = ClusterRecord(
            id: ClusterID(row[0] as String), name: row[1], scope: AccountRegion(account: row[2], region: row[3]),
            instance: row[4])
        record.status = row.status(5)
        record.since = row.time(6)
        record.wasActivated = row[7]
        record.lastGoodAt = row.time(8)
        record.lastPollAt = row.time(9)
        record.nextPollAt = row.time(10)
        record.lastError = row[11]
        record.failingSince = row.time(12)
        record.isPollFailing = row[13]
        record.isStalled = row[14]
        record.facts = TaskFacts(
            description: row[15], createdAt: row.time(16), startedAt: row.time(17), completedAt: row.time(18),
            baseModel: row[19], trainMode: row[20], trainType: row[21], modelPaths: paths(row.text(22)))
        if let high: Int64 = row[23], let low: Int64 = row[24] {
            record.digest = BodyDigest(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low))
        }
        record.runStartedAt = row.time(25)
        record.isRunning = row[26]
        record.lastRun = (row[27] as Int64?).map { .milliseconds($0) }
        record.overdue = overdue(row.text(28), row.time(29))
        return record
    }

    /// - Returns: nil if nothing is stored, or a later version stored a limit that this one does not know.
    static func overdue(_ limit: String?, _ since: Timestamp?) -> OverdueMark? {
        guard let limit = limit.flatMap(OverdueMark.Limit.init), let since else { return nil }
        return OverdueMark(limit: limit, since: since)
    }

    private static func paths(_ text: String?) -> [String] {
        guard let text, let json = try? JSONValue(parsing: Array(text.utf8)) else { return [] }
        return json.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
