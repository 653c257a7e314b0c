package import Model

/// How far a change of all that waits for a target, or is dead, has come.
package struct AlertPlace: Hashable, Sendable {
    /// What waits comes first, line by line; then what is dead.
    fileprivate var isPastPending = false
    fileprivate var line = ""
    fileprivate var seq: Int64 = 0

    static let start = AlertPlace()
}

/// What a backlog becomes.
enum AlertGoal {
    /// Due at once, in the order of its lines.
    case wait
    /// Not to be sent.
    case end(AlertState, because: String)

    var state: AlertState {
        switch self {
        case .wait: .pending
        case .end(let state, _): state
        }
    }

    /// Of an alert that waits: the head of its line is due now, the others after it.
    fileprivate func apply(to seqs: [Int64], of target: String, at now: Timestamp, in session: Session) throws {
        let alerts = "target = ?1 AND seq IN (SELECT CAST(value AS bigint) FROM json_each(?2))"
        let (seqs, now) = (StoredList.numbers(seqs), now.milliseconds)
        switch self {
        case .wait:
            try session.run(
                """
                UPDATE outbox SET state = 'pending', as_plain_text = 0, waiting_since = ?3, updated_at = ?3,
                    next_attempt_at = CASE WHEN next_attempt_at IS NOT NULL THEN CAST(?3 AS bigint) END
                WHERE \(alerts)
                """, [target, seqs, now])
        case .end(let state, let reason):
            try session.run(
                """
                UPDATE outbox SET state = '\(state.rawValue)', last_error = ?4, updated_at = ?3, next_attempt_at = NULL
                WHERE \(alerts)
                """, [target, seqs, now, reason.stored])
        }
    }
}

extension EventStore {
    /// How many alerts one transaction changes: some tens of milliseconds, then polls and deliveries get their turn.
    static let backlogBatch = 2000

    /// Why what waits for a target is dead once the config no longer names it.
    static func targetRemoved(_ name: String) -> String {
        "target removed: the config no longer names \(name); add it again, reload, and run "
            + "`polarai-daemon alerts retry --target \(name)`"
    }

    /// Turns what waits for targets that are no longer configured into dead alerts: one batch.
    ///
    /// - Parameter underWay: alerts that are being sent: the ends of their attempts decide what becomes of them.
    /// - Returns: how many, and whether more remain: call again soon, between other work.
    package func buryAlerts(
        ofTargetsNotIn names: Set<String>, sparing underWay: Set<AlertKey> = [], at now: Timestamp
    ) throws -> (target: String?, buried: Int, isMore: Bool) {
        let removed = try waitingTargets().filter { !names.contains($0) }
        for target in removed {
            let goal = AlertGoal.end(
                .dead,
                because: Self.targetRemoved(target))
            let spared = Set(underWay.filter { $0.target.stored == target }.map(\.seq))
            var place: AlertPlace? = .start
            while let from = place {
                let (alerts, next) = try moveBacklog(
                    of: target, since: nil, to: goal, from: from, includingDead: false, sparing: spared, at: now)
                if !alerts.isEmpty { return (target, alerts.count, true) }
                place = next
            }
        }
        return (nil, 0, false)
    }

    /// One step through the index for each target, however many wait.
    private func waitingTargets() throws -> [String] {
        try read { session in
            try session.texts(
                """
                WITH RECURSIVE waiting (target) AS (
                    SELECT min(target) FROM outbox WHERE state = 'pending'
                    UNION ALL
                    SELECT (SELECT min(target) FROM outbox WHERE state = 'pending' AND target > waiting.target)
                    FROM waiting WHERE waiting.target IS NOT NULL
                ) SELECT target FROM waiting WHERE target IS NOT NULL
                """)
        }
    }

    /// Changes one batch of what waits for a target, or, after that, is dead.
    ///
    /// - Returns: the alerts, and where to go on; nil at the end.
    func moveBacklog(
        of target: String, since: Timestamp?, to goal: AlertGoal, from place: AlertPlace, includingDead: Bool,
        sparing spared: Set<Int64> = [], at now: Timestamp
    ) throws -> (alerts: [AlertName], next: AlertPlace?) {
        try write { session, tally in
            let old: AlertState = place.isPastPending ? .dead : .pending
            let rows = try batch(old, of: target.stored, from: place, in: session)
            let chosen = try (since.map { try rows.observed(since: $0, in: session) } ?? rows)
                .filter { !spared.contains($0.seq) }
            let lines = Set(chosen.map { LineKey(target: target.stored, line: $0.line) })
            try OutboxLine.change(lines, at: now, in: session) {
                try goal.apply(to: chosen.map(\.seq), of: target.stored, at: now, in: session)
            }
            tally.move(chosen.count, from: old, to: goal.state)
            let alerts = chosen.map {
                AlertName(id: numbering.id($0.seq).description, target: target, was: old)
            }
            if let last = rows.last, rows.count == Self.backlogBatch {
                return (alerts, AlertPlace(isPastPending: place.isPastPending, line: last.line, seq: last.seq))
            }
            return (alerts, place.isPastPending || !includingDead ? nil : AlertPlace(isPastPending: true))
        }
    }

    private func batch(
        _ state: AlertState, of target: String, from place: AlertPlace, in session: Session
    ) throws -> [BacklogRow] {
        try state == .pending
            ? session.rows(
                AlertQuery.pendingBatch, [target, place.line, place.seq, Self.backlogBatch], BacklogRow.init)
            : session.rows(AlertQuery.deadBatch, [target, place.seq, Self.backlogBatch], BacklogRow.init)
    }
}

private struct BacklogRow {
    let seq: Int64
    let line: String

    init(_ row: Statement) {
        seq = row[0]
        line = row[1]
    }
}

extension [BacklogRow] {
    fileprivate func observed(since: Timestamp, in session: Session) throws -> [BacklogRow] {
        let observed = try Set(
            session.integers(
                """
                SELECT seq FROM events
                WHERE seq IN (SELECT CAST(value AS bigint) FROM json_each(?)) AND observed_at >= ?
                """, [StoredList.numbers(map(\.seq)), since.milliseconds]))
        return filter { observed.contains($0.seq) }
    }
}

extension AlertQuery {
    /// What waits for a target, line by line from a place on.
    static let pendingBatch = """
        SELECT seq, line FROM outbox INDEXED BY outbox_pending
        WHERE target = ? AND state = 'pending' AND (line, seq) > (?, ?) ORDER BY line, seq LIMIT ?
        """

    /// What is dead of a target, by number from a place on.
    static let deadBatch = """
        SELECT seq, line FROM outbox INDEXED BY outbox_dead
        WHERE target = ? AND state = 'dead' AND seq > ? ORDER BY seq LIMIT ?
        """
}
