import Model

/// Runs as SQL: the columns and their order are named here only.
enum RunQuery {
    /// Where a run stands among others: when it started, else ended, else was first known of.
    static let order = "coalesce(r.started_at, r.ended_at, r.seen_at)"

    /// The newest first.
    static func newest(_ filter: RunFilter, clusters: [ClusterID]?, before place: RunPlace?, limit: Int?) -> (
        sql: String, values: SQLValues
    ) {
        var conditions: [String] = []
        var values: SQLValues = []
        func add(_ condition: String, _ added: SQLValues) {
            conditions.append(condition)
            values += added
        }
        if let clusters {
            add("r.cluster IN (SELECT value FROM json_each(?))", [StoredList.texts(clusters.map(\.rawValue))])
        }
        if !filter.outcomes.isEmpty {
            add("r.outcome IN (SELECT value FROM json_each(?))", [StoredList.texts(filter.outcomes.map(\.rawValue))])
        }
        if !filter.accounts.isEmpty {
            add("r.account IN (SELECT value FROM json_each(?))", [StoredList.texts(filter.accounts)])
        }
        if let since = filter.since {
            add(
                "(r.outcome = 'running' OR coalesce(r.ended_at, r.started_at, r.seen_at) >= ?)",
                [since.milliseconds])
        }
        if let until = filter.until { add("\(order) <= ?", [until.milliseconds]) }
        if let place {
            add("(\(order), r.id) < (?, ?)", [place.at.milliseconds, place.id])
        }
        var sql = "SELECT \(columns) FROM runs AS r \(joins)"
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        sql += " ORDER BY \(order) DESC, r.id DESC"
        if let limit {
            sql += " LIMIT ?"
            values.append(limit)
        }
        return (sql, values)
    }

    /// Those that ended in a span of time, by their ends.
    static let ended = """
        SELECT \(columns) FROM runs AS r INDEXED BY runs_ended_at \(joins)
        WHERE r.ended_at >= ? AND r.ended_at < ? ORDER BY r.ended_at, r.id
        """

    /// Those that go on, the longest first.
    static let running = """
        SELECT \(columns) FROM runs AS r INDEXED BY runs_open \(joins)
        WHERE r.outcome = 'running' ORDER BY \(order), r.id
        """

    private static let columns = """
        r.id, \(order), r.cluster, r.name, r.account, r.region, r.started_at, r.ended_at, r.outcome, r.source, \
        coalesce(r.steps, p.step), \
        coalesce(r.last_loss, CASE WHEN json_type(p.metrics, '$.loss') IN ('integer', 'real', 'number') \
        THEN CAST(json_extract(p.metrics, '$.loss') AS double precision) END), \
        r.cost, r.currency, r.per_hour, CASE WHEN coalesce(c.watched, 0) = 0 THEN c.last_good_at END, \
        c.description
        """

    /// How far a run that goes on is, is known from elsewhere.
    private static let joins = """
        LEFT JOIN clusters AS c ON c.id = r.cluster \
        LEFT JOIN progress AS p ON p.cluster = r.cluster AND r.outcome = 'running' \
        AND p.run_started_at IS c.started_at
        """

    /// - Parameter now: for the cost so far.
    static func run(_ row: Statement, at now: Timestamp) -> StoredRun? {
        guard let outcome = row.text(8).flatMap(RunRecord.Outcome.init),
            let source = row.text(9).flatMap(RunRecord.Source.init)
        else { return nil }
        var record = RunRecord(
            cluster: ClusterID(row.text(2) ?? ""), name: row.text(3),
            scope: AccountRegion(account: row.text(4) ?? "", region: row.text(5) ?? ""), startedAt: row.time(6),
            endedAt: row.time(7), outcome: outcome, source: source,
            steps: row.isNull(10) ? nil : Int(row.integer(10)), lastLoss: row.number(11))
        if let currency = row.text(13) {
            record.cost = row.number(12).map { Cost(amount: $0, currency: currency) }
            record.price = row.number(14).map { HourlyPrice(perHour: $0, currency: currency) }
        }
        if outcome == .running, let startedAt = record.startedAt, let price = record.price {
            // Of a task that is not watched any more it is known only so long that it ran.
            let seen = min(now, row.time(15) ?? now)
            record.cost = Cost(of: max(.zero, seen.since(startedAt)), at: price)
        }
        return StoredRun(
            place: RunPlace(at: row.time(1) ?? now, id: row.integer(0)), record: record, description: row.text(16))
    }
}
