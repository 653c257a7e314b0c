package import Model

extension HistoryReader {
    /// The newest `limit` alerts that match, oldest first; nil is all.
    ///
    /// - Parameter bound: only alerts before this one, by number and target.
    package func alerts(
        _ filter: AlertFilter, limit: Int? = nil, below bound: AlertKey? = nil, _ body: (AlertRow) throws -> Void
    ) throws {
        let (source, values) = Self.source(filter, limit: limit, below: bound)
        let statement = try connection.prepare(
            "SELECT \(Self.columns) FROM (\(source)) AS k \(Self.joins) ORDER BY k.seq, k.target", values)
        while try statement.step() { try body(row(statement)) }
    }

    /// The alerts of one event, by target; none if there is no such event, or nobody was to be notified.
    package func alerts(ofEvent seq: Int64) throws -> [AlertRow] {
        let statement = try connection.prepare(
            "SELECT \(Self.columns) FROM (SELECT seq, target FROM outbox WHERE seq = ?) AS k \(Self.joins) ORDER BY k.target",
            [seq])
        var rows: [AlertRow] = []
        while try statement.step() { rows.append(row(statement)) }
        return rows
    }

    /// Every attempt at an alert that is kept, the first one first.
    package func attempts(at alert: AlertKey) throws -> [AttemptEntry] {
        let statement = try connection.prepare(
            """
            SELECT number, started_at, duration_ms, outcome, code, reason, answer, http_status FROM attempts
            WHERE seq = ? AND target = ? ORDER BY number
            """, [alert.seq, alert.target])
        var attempts: [AttemptEntry] = []
        while try statement.step() {
            attempts.append(
                AttemptEntry(
                    number: Int(statement.integer(0)), startedAt: Timestamp(milliseconds: statement.integer(1)),
                    duration: .milliseconds(statement.integer(2)), outcome: statement.text(3) ?? "",
                    code: statement.text(4), httpStatus: statement.isNull(7) ? nil : Int(statement.integer(7)),
                    reason: statement.text(5), answer: statement.text(6)))
        }
        return attempts
    }

    /// The number in an event's id; nil if it is not the id of an event of this database.
    package func seq(ofID id: String) -> Int64? {
        numbering.seq(of: id)
    }

    private static let columns = """
        o.seq, e.event, e.cluster, e.name, o.target, o.state, o.attempts, o.created_at, \
        CASE WHEN o.next_attempt_at IS NOT NULL THEN max(o.next_attempt_at, coalesce(t.blocked_until, 0), \
            CASE WHEN t.suspended_since IS NULL THEN 0 ELSE coalesce(t.probe_at, 0) END) END, \
        o.last_attempt_at, o.last_code, o.last_error, o.held_until, o.held_by
        """

    private static let joins = """
        JOIN outbox AS o ON o.seq = k.seq AND o.target = k.target JOIN events AS e ON e.seq = k.seq
            LEFT JOIN targets AS t ON t.name = k.target
        """

    /// A query of seq and target. What waits or is dead is found by its index, however much was delivered.
    ///
    /// - Parameter bound: only alerts before this one, by number and target.
    static func source(
        _ filter: AlertFilter, limit: Int?, below bound: AlertKey? = nil
    ) -> (sql: String, values: SQLValues) {
        var values: SQLValues = []
        var condition = ""
        if filter.targets.count == 1 {
            condition += " AND target = ?"
            values.append(filter.targets[0])
        } else if !filter.targets.isEmpty {
            condition += " AND target IN (SELECT value FROM json_each(?))"
            values.append(StoredList.texts(filter.targets))
        }
        if let bound {
            condition += " AND (seq, target) < (?, ?)"
            values += [bound.seq, bound.target]
        }
        if let since = filter.since {
            condition += " AND created_at >= ?"
            values.append(since.milliseconds)
        }
        let names = filter.states.map(\.rawValue).sorted()
        var sql: String
        if filter.states.isSubset(of: AlertFilter.openStates) {
            sql = names.map {
                "SELECT seq, target FROM outbox INDEXED BY outbox_\($0) WHERE state = '\($0)'\(condition)"
            }.joined(separator: " UNION ALL ")
            values = SQLValues(Array(repeating: values.list, count: names.count).flatMap(\.self))
        } else {
            let list = names.map { "'\($0)'" }.joined(separator: ", ")
            sql = "SELECT seq, target FROM outbox WHERE state IN (\(list))\(condition)"
        }
        if names.isEmpty { sql = "SELECT seq, target FROM outbox WHERE FALSE" }
        if let limit {
            sql = "SELECT * FROM (\(sql)) AS a ORDER BY seq DESC, target DESC LIMIT ?"
            values.append(limit)
        }
        return (sql, values)
    }

    private func row(_ statement: Statement) -> AlertRow {
        let seq = statement.integer(0)
        return AlertRow(
            seq: seq, id: numbering.id(seq).description, event: statement.text(1) ?? "", cluster: statement.text(2),
            name: statement.text(3), target: statement.text(4) ?? "",
            state: AlertState(rawValue: statement.text(5) ?? "") ?? .pending, attempts: Int(statement.integer(6)),
            createdAt: Timestamp(milliseconds: statement.integer(7)), nextAttemptAt: statement.time(8),
            lastAttemptAt: statement.time(9), lastCode: statement.text(10), lastError: statement.text(11),
            heldUntil: statement.time(12),
            heldBy: statement.text(13).map { [HoldReason](json: $0) } ?? [])
    }
}
