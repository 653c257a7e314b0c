import GRDB
package import Model

extension EventStore {
    /// Turns what waits for targets that are no longer configured into dead alerts.
    ///
    /// - Returns: how many.
    @discardableResult
    package func buryAlerts(ofTargetsNotIn names: Set<String>, at now: Timestamp) throws -> Int {
        let removed = try read { database in
            try String.fetchAll(
                database,
                // One step through the index for each target, however many wait.
                sql: """
                    WITH RECURSIVE waiting (target) AS (
                        SELECT min(target) FROM outbox WHERE state = 'pending'
                        UNION ALL
                        SELECT (SELECT min(target) FROM outbox WHERE state = 'pending' AND target > waiting.target)
                        FROM waiting WHERE waiting.target IS NOT NULL
                    ) SELECT target FROM waiting WHERE target IS NOT NULL
                    """
            ).filter { !names.contains($0) }
        }
        guard !removed.isEmpty else { return 0 }
        return try write { database in
            var count = 0
            for target in removed {
                try database.execute(
                    sql: """
                        UPDATE outbox SET state = 'dead', next_attempt_at = NULL, last_error = ?, updated_at = ?
                        WHERE target = ? AND state = 'pending'
                        """,
                    arguments: [
                        "target removed: the config no longer names \(target); put it back and use `alerts retry`",
                        now.milliseconds, target,
                    ])
                count += database.changesCount
            }
            return count
        }
    }

    /// The number in an event's id; nil where it is no id of this database.
    package func seq(ofID id: String) -> Int64? {
        EventID.seq(id, installation: installation)
    }

    /// Makes alerts wait again, due at once in the order of their lines.
    ///
    /// - Parameters:
    ///   - again: also those that were delivered or accepted; the receiver gets them twice.
    /// - Returns: those that wait now, and those that were left as they are.
    @discardableResult
    package func retryAlerts(_ selection: AlertSelection, again: Bool = false, at now: Timestamp) throws -> AlertChange
    {
        try change(selection, at: now) { state, isNamed in
            switch state {
            case .dead: .pending
            // By name only: `--target chat` means what did not arrive.
            case .suppressed, .digested: isNamed ? .pending : nil
            case .delivered, .accepted: again ? .pending : nil
            case .pending: isNamed ? .pending : nil
            }
        }
    }

    /// Gives up alerts that wait or are dead; they stay in the history as suppressed.
    @discardableResult
    package func dropAlerts(_ selection: AlertSelection, at now: Timestamp) throws -> AlertChange {
        try change(selection, at: now) { state, _ in
            state == .pending || state == .dead ? .suppressed : nil
        }
    }

    private func change(
        _ selection: AlertSelection, at now: Timestamp, to newState: (AlertState, _ isNamed: Bool) -> AlertState?
    ) throws -> AlertChange {
        try write { database in
            var changed: [AlertKey] = []
            var unchanged: [AlertKey] = []
            var lines: Set<LineKey> = []
            for row in try selection.rows(in: database) {
                let key = AlertKey(seq: row[0], target: row[1])
                guard let state = AlertState(rawValue: row[3]), let next = newState(state, selection.isNamed) else {
                    unchanged.append(key)
                    continue
                }
                try update(key, to: next, at: now, in: database)
                changed.append(key)
                lines.insert(LineKey(target: key.target, line: row[2]))
            }
            for key in lines {
                try OutboxLine.demoteFollowers(target: key.target, line: key.line, in: database)
                try OutboxLine.promoteHead(target: key.target, line: key.line, at: now, in: database)
            }
            let found = Set((changed + unchanged).map(\.seq))
            let unknown = (selection.seqs ?? []).filter { !found.contains($0) }
            return AlertChange(changed: changed, unchanged: unchanged, unknown: unknown)
        }
    }

    private func update(_ key: AlertKey, to state: AlertState, at now: Timestamp, in database: Database) throws {
        // Its turn is given by its line; it waits anew, or it would be given up at once.
        let sql =
            state == .pending
            ? """
            UPDATE outbox SET state = 'pending', next_attempt_at = NULL, as_plain_text = 0, waiting_since = ?1,
                updated_at = ?1 WHERE seq = ?2 AND target = ?3
            """
            : """
            UPDATE outbox SET state = 'suppressed', next_attempt_at = NULL, updated_at = ?1,
                last_error = 'dropped by an operator' WHERE seq = ?2 AND target = ?3
            """
        try database.cachedStatement(sql: sql).execute(arguments: [now.milliseconds, key.seq, key.target])
    }
}

/// What a retry or a drop made of the selected alerts.
package struct AlertChange: Hashable, Sendable {
    package let changed: [AlertKey]
    /// Selected, but not in a state that the change applies to.
    package let unchanged: [AlertKey]
    /// Numbers that were named, and of which the selection has no alert.
    package let unknown: [Int64]
}

/// Which alerts an operator means.
package struct AlertSelection: Hashable, Sendable {
    /// Numbers of events; nil means all that are dead or wait.
    package var seqs: [Int64]?
    /// Nil means every target.
    package var target: String?
    /// Only those of events observed at or after this.
    package var since: Timestamp?

    package init(seqs: [Int64]? = nil, target: String? = nil, since: Timestamp? = nil) {
        self.seqs = seqs
        self.target = target
        self.since = since
    }

    /// Whether single alerts are named, and not a whole class of them.
    var isNamed: Bool { seqs != nil }

    /// Rows of seq, target, line, state.
    func rows(in database: Database) throws -> [Row] {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let seqs {
            conditions.append("seq IN (SELECT value FROM json_each(?))")
            arguments += ["[" + seqs.map(String.init).joined(separator: ",") + "]"]
        } else {
            conditions.append("state IN ('pending', 'dead')")
        }
        if let target {
            conditions.append("target = ?")
            arguments += [target]
        }
        if let since {
            conditions.append("(SELECT observed_at FROM events WHERE events.seq = outbox.seq) >= ?")
            arguments += [since.milliseconds]
        }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT seq, target, line, state FROM outbox WHERE \(conditions.joined(separator: " AND "))
                ORDER BY seq, target
                """, arguments: arguments)
    }
}
