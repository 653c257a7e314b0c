import GRDB
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
    fileprivate var assignments: String {
        switch self {
        case .wait:
            """
            state = 'pending', as_plain_text = 0, waiting_since = :now, updated_at = :now,
            next_attempt_at = CASE WHEN next_attempt_at IS NULL THEN NULL ELSE :now END
            """
        case .end(let state, _):
            "state = '\(state.rawValue)', last_error = :reason, updated_at = :now, next_attempt_at = NULL"
        }
    }

    fileprivate var reason: String? {
        switch self {
        case .wait: nil
        case .end(_, let reason): reason
        }
    }
}

extension EventStore {
    /// How many alerts one transaction changes: some tens of milliseconds, then polls and deliveries get their turn.
    static let backlogBatch = 2000

    /// Turns what waits for targets that are no longer configured into dead alerts: one batch.
    ///
    /// - Parameter underWay: alerts that are being sent: the ends of their attempts decide what becomes of them.
    /// - Returns: how many, and whether more remain: call again soon, between other work.
    package func buryAlerts(
        ofTargetsNotIn names: Set<String>, sparing underWay: Set<AlertKey> = [], at now: Timestamp
    ) throws -> (buried: Int, isMore: Bool) {
        let removed = try waitingTargets().filter { !names.contains($0) }
        for target in removed {
            let goal = AlertGoal.end(
                .dead,
                because: "target removed: the config no longer names \(target); add it again and use "
                    + "`polarai-daemon alerts retry`")
            let spared = Set(underWay.filter { $0.target.stored == target }.map(\.seq))
            var place: AlertPlace? = .start
            while let from = place {
                let (alerts, next) = try moveBacklog(
                    of: target, since: nil, to: goal, from: from, includingDead: false, sparing: spared, at: now)
                if !alerts.isEmpty { return (alerts.count, true) }
                place = next
            }
        }
        return (0, false)
    }

    /// One step through the index for each target, however many wait.
    private func waitingTargets() throws -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
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
        try write { database, tally in
            let old: AlertState = place.isPastPending ? .dead : .pending
            let rows = try batch(old, of: target.stored, from: place, in: database)
            let chosen = try (since.map { try rows.observed(since: $0, in: database) } ?? rows)
                .filter { !spared.contains($0.seq) }
            let lines = Set(chosen.map { LineKey(target: target.stored, line: $0.line) })
            try OutboxLine.change(lines, at: now, in: database) {
                var arguments: [String: (any DatabaseValueConvertible)?] = [
                    "now": now.milliseconds, "target": target.stored, "seqs": StoredList.numbers(chosen.map(\.seq)),
                ]
                if let reason = goal.reason { arguments["reason"] = reason.stored }
                try database.cachedStatement(
                    sql: """
                        UPDATE outbox SET \(goal.assignments)
                        WHERE target = :target AND seq IN (SELECT value FROM json_each(:seqs))
                        """
                ).execute(arguments: StatementArguments(arguments))
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
        _ state: AlertState, of target: String, from place: AlertPlace, in database: Database
    ) throws -> [BacklogRow] {
        let statement: Statement
        let arguments: StatementArguments
        if state == .pending {
            statement = try database.cachedStatement(sql: AlertQuery.pendingBatch)
            arguments = [target, place.line, place.seq, Self.backlogBatch]
        } else {
            statement = try database.cachedStatement(sql: AlertQuery.deadBatch)
            arguments = [target, place.seq, Self.backlogBatch]
        }
        return try Row.fetchAll(statement, arguments: arguments).map { BacklogRow(seq: $0[0], line: $0[1]) }
    }
}

private struct BacklogRow {
    let seq: Int64
    let line: String
}

extension [BacklogRow] {
    fileprivate func observed(since: Timestamp, in database: Database) throws -> [BacklogRow] {
        let statement = try database.cachedStatement(
            sql: "SELECT seq FROM events WHERE seq IN (SELECT value FROM json_each(?)) AND observed_at >= ?")
        let observed = try Set(
            Int64.fetchAll(statement, arguments: [StoredList.numbers(map(\.seq)), since.milliseconds]))
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
