import Model

/// The questions of a summary. Each answers with one JSON text, so that both kinds of connections can ask them.
enum SummaryQuery {
    /// - Parameter ask: gets a query and its numbers.
    static func figures(
        since: Timestamp, until now: Timestamp, numbering: EventNumbering, ask: (String, [Int64]) throws -> String?
    ) throws -> SummaryFigures {
        let span = [since.milliseconds, now.milliseconds]
        let limit = [Int64(SummaryFigures.longest)]
        func array(_ sql: String, _ values: [Int64]) throws -> [JSONValue] {
            try ask(sql, values).flatMap { try? JSONValue(parsing: Array($0.utf8)) }?.arrayValue ?? []
        }
        var figures = SummaryFigures(since: since, until: now)
        func count(_ sql: String, _ values: [Int64] = []) throws -> Int {
            try ask(sql, values).flatMap { Int($0) } ?? 0
        }
        figures.completed = try count(endedCount(.completed), span)
        figures.failed = try count(endedCount(.failed), span)
        for item in try array(runs, span) {
            figures.hours += (item["milliseconds"]?.numberValue ?? 0) / 3_600_000
            if let amount = item["amount"]?.numberValue, let currency = item["currency"]?.stringValue {
                figures.add(amount, currency)
            }
        }
        figures.hours = (figures.hours * 100).rounded() / 100
        figures.failures = try array(failures, span + limit).compactMap { .init($0, numbering: numbering) }
        figures.runningCount = try count(runningCount)
        figures.running = try array(running, limit).compactMap { .init($0) }
        figures.stalled = try array(stalled, limit).compactMap { .init($0) }
        figures.overdue = try array(overdue, limit).compactMap { .init($0) }
        figures.silences = try array(silences, [now.milliseconds] + limit).compactMap { .init($0) }
        figures.failingTargets = try array(targets, limit).compactMap { .init($0) }
        figures.deadAlerts = try count("SELECT count(*) FROM outbox INDEXED BY outbox_dead WHERE state = 'dead'")
        figures.heldAlerts = try count("SELECT count(*) FROM outbox INDEXED BY outbox_held WHERE state = 'held'")
        return figures
    }

    private static func endedCount(_ kind: EventKind) -> String {
        """
        SELECT count(*) FROM events INDEXED BY events_ended
        WHERE event IN ('completed', 'failed') AND event = '\(kind.rawValue)' AND observed_at >= ? AND observed_at < ?
        """
    }

    /// How long the runs took that ended in the span, and what they have cost, by currency.
    private static let runs = """
        SELECT json_group_array(json_object('milliseconds', ms, 'amount', amount, 'currency', currency))
        FROM (
            SELECT sum(max(0, ended_at - started_at)) AS ms, currency, sum(cost) AS amount
            FROM runs INDEXED BY runs_ended_at
            WHERE ended_at IS NOT NULL AND ended_at >= ? AND ended_at < ? AND source = 'observed'
            GROUP BY currency ORDER BY currency
        )
        """

    private static let failures = """
        SELECT json_group_array(json_object('seq', seq, 'cluster', cluster, 'name', name, 'at', observed_at,
            'acked_at', at, 'by', author, 'comment', comment))
        FROM (
            SELECT e.seq, e.cluster, e.name, e.observed_at, a.at, a.author, a.comment
            FROM events AS e INDEXED BY events_ended LEFT JOIN acks AS a ON a.seq = e.seq
            WHERE e.event IN ('completed', 'failed') AND e.event = 'failed' AND e.observed_at >= ? AND e.observed_at < ?
            ORDER BY e.observed_at DESC LIMIT ?
        )
        """

    /// Any status that is not known is treated as running.
    private static let isRunning = """
        c.watched = 1 AND c.status IS NOT NULL AND upper(c.status) NOT IN ('COMPLETED', 'FAILED', 'GONE')
        """

    private static let runningCount = "SELECT count(*) FROM clusters AS c WHERE \(isRunning)"

    private static let running = """
        SELECT json_group_array(json_object('cluster', id, 'name', name, 'started_at', started_at, 'step', step,
            'total_steps', total_steps, 'expected_end', expected_end))
        FROM (
            SELECT c.id, c.name, c.started_at, p.step, p.total_steps,
                CASE WHEN NOT c.is_stalled THEN p.expected_end END AS expected_end
            FROM clusters AS c LEFT JOIN progress AS p \(HistoryReader.progressOfRun)
            WHERE \(isRunning) ORDER BY p.expected_end IS NULL, p.expected_end, c.name IS NULL, c.name, c.id LIMIT ?
        )
        """

    /// Since the event that says so.
    private static let stalled = """
        SELECT json_group_array(json_object('cluster', id, 'name', name, 'since', since))
        FROM (
            SELECT c.id, c.name, (
                SELECT max(e.observed_at) FROM events AS e INDEXED BY events_cluster
                WHERE e.cluster = c.id AND e.event = 'stalled') AS since
            FROM clusters AS c WHERE c.watched = 1 AND c.is_stalled ORDER BY since, c.id LIMIT ?
        )
        """

    private static let overdue = """
        SELECT json_group_array(json_object('cluster', id, 'name', name, 'since', overdue_since))
        FROM (
            SELECT id, name, overdue_since FROM clusters
            WHERE watched = 1 AND overdue_since IS NOT NULL ORDER BY overdue_since, id LIMIT ?
        )
        """

    private static let silences = """
        SELECT json_group_array(json_object('id', id, 'comment', comment, 'ends_at', ends_at))
        FROM (SELECT id, comment, ends_at FROM silences WHERE ends_at > ? ORDER BY ends_at, id LIMIT ?)
        """

    private static let targets = """
        SELECT json_group_array(json_object('target', name, 'since', suspended_since))
        FROM (SELECT name, suspended_since FROM targets WHERE suspended_since IS NOT NULL ORDER BY name LIMIT ?)
        """
}

extension SummaryFigures {
    fileprivate mutating func add(_ amount: Double, _ currency: String) {
        guard amount.isFinite else { return }
        let place = costs.firstIndex { $0.currency == currency }
        let sum = ((place.map { costs[$0].amount } ?? 0) + amount) * 100
        let cost = Cost(amount: sum.rounded() / 100, currency: currency)
        if let place { costs[place] = cost } else { costs.append(cost) }
    }
}

extension SummaryFigures.Failure {
    fileprivate init?(_ json: JSONValue, numbering: EventNumbering) {
        guard let seq = json["seq"]?.integerValue, let at = json.milliseconds("at") else { return nil }
        self.init(
            id: numbering.id(Int64(seq)).description, cluster: json["cluster"]?.stringValue,
            name: json["name"]?.stringValue, at: at,
            acknowledgement: json.milliseconds("acked_at").map {
                Acknowledgement(
                    at: $0, author: json["by"]?.stringValue ?? "", comment: json["comment"]?.stringValue)
            })
    }
}

extension SummaryFigures.Running {
    fileprivate init?(_ json: JSONValue) {
        guard let cluster = json["cluster"]?.stringValue else { return nil }
        self.init(
            cluster: cluster, name: json["name"]?.stringValue, startedAt: json.milliseconds("started_at"),
            step: json["step"]?.integerValue, totalSteps: json["total_steps"]?.integerValue,
            expectedEnd: json.milliseconds("expected_end"))
    }
}

extension SummaryFigures.Trouble {
    fileprivate init?(_ json: JSONValue) {
        guard let cluster = json["cluster"]?.stringValue else { return nil }
        self.init(cluster: cluster, name: json["name"]?.stringValue, since: json.milliseconds("since"))
    }
}

extension SummaryFigures.ActiveSilence {
    fileprivate init?(_ json: JSONValue) {
        guard let id = json["id"]?.integerValue, let end = json.milliseconds("ends_at") else { return nil }
        self.init(id: Int64(id), comment: json["comment"]?.stringValue ?? "", endsAt: end)
    }
}

extension SummaryFigures.FailingTarget {
    fileprivate init?(_ json: JSONValue) {
        guard let target = json["target"]?.stringValue, let since = json.milliseconds("since") else { return nil }
        self.init(target: target, since: since)
    }
}

extension JSONValue {
    fileprivate func milliseconds(_ key: String) -> Timestamp? {
        if case .integer(let value)? = self[key] { Timestamp(milliseconds: value) } else { nil }
    }
}
