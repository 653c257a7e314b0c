import Model

/// The questions of a summary.
struct SummaryQuery {
    private let session: Session

    init(in session: Session) {
        self.session = session
    }

    func figures(since: Timestamp, until now: Timestamp, numbering: EventNumbering) throws -> SummaryFigures {
        let (start, end) = (since.milliseconds, now.milliseconds)
        let longest = SummaryFigures.longest
        var figures = SummaryFigures(since: since, until: now)
        figures.completed = try count(Self.endedCount(.completed), [start, end])
        figures.failed = try count(Self.endedCount(.failed), [start, end])
        try addRuns(from: start, to: end, &figures)
        figures.failures = try session.rows(Self.failures, [start, end, longest]) { row in
            SummaryFigures.Failure(
                id: numbering.id(row[0]).description, cluster: row[1], name: row[2],
                at: Timestamp(milliseconds: row[3]),
                acknowledgement: row.time(4).map { Acknowledgement(at: $0, author: row[5], comment: row[6]) })
        }
        figures.runningCount = try count(Self.runningCount)
        figures.running = try session.rows(Self.running, [longest]) { row in
            SummaryFigures.Running(
                cluster: row[0], name: row[1], startedAt: row.time(2), step: row[3], totalSteps: row[4],
                expectedEnd: row.time(5).flatMap { $0 > now ? $0 : nil })
        }
        figures.stalled = try troubles(Self.stalled)
        figures.overdue = try troubles(Self.overdue)
        figures.silences = try session.rows(Self.silences, [end, longest]) { row in
            SummaryFigures.ActiveSilence(id: row[0], comment: row[1], endsAt: Timestamp(milliseconds: row[2]))
        }
        figures.failingTargets = try session.rows(Self.targets, [longest]) { row in
            SummaryFigures.FailingTarget(target: row[0], since: Timestamp(milliseconds: row[1]))
        }
        figures.deadAlerts = try count(Self.deadCount)
        figures.heldAlerts = try count(Self.heldCount)
        return figures
    }

    private func count(_ sql: String, _ values: SQLValues = .none) throws -> Int {
        try session.first(sql, values) { $0[0] } ?? 0
    }

    private func addRuns(from start: Int64, to end: Int64, _ figures: inout SummaryFigures) throws {
        let sums = try session.rows(Self.runs, [start, end]) {
            (milliseconds: $0.number(0), currency: $0.text(1), amount: $0.number(2))
        }
        for sum in sums {
            figures.hours += (sum.milliseconds ?? 0) / 3_600_000
            if let amount = sum.amount, let currency = sum.currency { figures.add(amount, currency) }
        }
        figures.hours = (figures.hours * 100).rounded() / 100
    }

    private func troubles(_ sql: String) throws -> [SummaryFigures.Trouble] {
        try session.rows(sql, [SummaryFigures.longest]) { row in
            SummaryFigures.Trouble(cluster: row[0], name: row[1], since: row.time(2))
        }
    }

    /// What had ended before the span and was first seen in it is not of it.
    static func endedCount(_ kind: EventKind) -> String {
        """
        SELECT count(*) FROM events INDEXED BY events_ended
        WHERE event IN ('completed', 'failed') AND event = '\(kind.rawValue)' AND observed_at >= ?1 AND observed_at < ?2
            AND NOT (kind = 'first_seen' AND api_time IS NOT NULL AND api_time < ?1)
        """
    }

    /// How long the runs took that ended in the span, and what they have cost, by currency.
    static let runs = """
        SELECT sum(CASE WHEN ended_at > started_at THEN ended_at - started_at END), currency, sum(cost)
        FROM runs INDEXED BY runs_ended_at
        WHERE ended_at IS NOT NULL AND ended_at >= ? AND ended_at < ? AND source = 'observed'
        GROUP BY currency ORDER BY currency
        """

    static let failures = """
        SELECT e.seq, e.cluster, e.name, e.observed_at, a.at, a.author, a.comment
        FROM events AS e INDEXED BY events_ended LEFT JOIN acks AS a ON a.seq = e.seq
        WHERE e.event IN ('completed', 'failed') AND e.event = 'failed' AND e.observed_at >= ?1 AND e.observed_at < ?2
            AND NOT (e.kind = 'first_seen' AND e.api_time IS NOT NULL AND e.api_time < ?1)
        ORDER BY e.observed_at DESC LIMIT ?3
        """

    /// Any status that is not known is treated as running.
    private static let isRunning = """
        c.watched = 1 AND c.status IS NOT NULL AND upper(c.status) NOT IN ('COMPLETED', 'FAILED', 'GONE')
        """

    static let runningCount = "SELECT count(*) FROM clusters AS c WHERE \(isRunning)"

    static let running = """
        SELECT c.id, c.name, c.started_at, p.step, p.total_steps,
            CASE WHEN c.is_stalled = 0 THEN p.expected_end END AS expected_end
        FROM clusters AS c LEFT JOIN progress AS p \(HistoryReader.progressOfRun)
        WHERE \(isRunning)
        ORDER BY CASE WHEN c.is_stalled = 0 AND p.expected_end IS NOT NULL THEN 0 ELSE 1 END, \
        CASE WHEN c.is_stalled = 0 THEN p.expected_end END, \
        CASE WHEN c.name IS NULL THEN 1 ELSE 0 END, c.name, c.id LIMIT ?
        """

    /// Since the event that says so.
    static let stalled = """
        SELECT c.id, c.name, (
            SELECT max(e.observed_at) FROM events AS e INDEXED BY events_cluster
            WHERE e.cluster = c.id AND e.event = 'stalled') AS since
        FROM clusters AS c WHERE c.watched = 1 AND c.is_stalled = 1 ORDER BY 3, c.id LIMIT ?
        """

    static let overdue = """
        SELECT id, name, overdue_since FROM clusters
        WHERE watched = 1 AND is_running = 1 AND overdue_since IS NOT NULL ORDER BY overdue_since, id LIMIT ?
        """

    static let silences = "SELECT id, comment, ends_at FROM silences WHERE ends_at > ? ORDER BY ends_at, id LIMIT ?"

    static let targets = """
        SELECT name, suspended_since FROM targets WHERE suspended_since IS NOT NULL ORDER BY name LIMIT ?
        """

    static let deadCount = "SELECT count(*) FROM outbox INDEXED BY outbox_dead WHERE state = 'dead'"
    static let heldCount = "SELECT count(*) FROM outbox INDEXED BY outbox_held WHERE state = 'held'"
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
