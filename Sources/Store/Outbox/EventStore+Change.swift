import GRDB
package import Model

extension EventStore {
    /// Does what an operator orders, as far as one short transaction goes: of the alerts of a target, however many, a
    /// part; the answer's `next` says where to go on, after other work was let in.
    ///
    /// A retry makes the dead, and of those that wait the heads, due at once in the order of their lines, and all of
    /// them wait anew: nothing is given up at once. A drop leaves alerts in the history as suppressed.
    ///
    /// - Parameters:
    ///   - knownTargets: targets that exist although no alert was ever made for them; nil if that is not known.
    ///   - place: where the part before ended.
    package func change(
        _ action: AlertAction, _ order: AlertOrder, knownTargets: Set<String>? = nil, from place: AlertPlace? = nil,
        at now: Timestamp
    ) throws -> (answer: AlertAnswer, next: AlertPlace?) {
        if place == nil, let target = order.target, knownTargets?.contains(target) != true, try !isKnown(target) {
            return (AlertAnswer(unknown: order.ids ?? [], unknownTarget: target), nil)
        }
        if let ids = order.ids { return (try change(action, ids, order, at: now), nil) }
        guard let target = order.target else { return (AlertAnswer(), nil) }
        let goal = action == .retry ? AlertGoal.wait : .end(.suppressed, because: Self.dropped)
        let (alerts, next) = try moveBacklog(
            of: target, since: order.since, to: goal, from: place ?? .start, includingDead: true, at: now)
        return (AlertAnswer(changed: alerts), next)
    }

    /// Does an order whole. For commands; the daemon goes from place to place.
    package func changeAll(
        _ action: AlertAction, _ order: AlertOrder, knownTargets: Set<String>? = nil, at now: Timestamp
    ) throws -> AlertAnswer {
        var (answer, next) = try change(action, order, knownTargets: knownTargets, at: now)
        while let place = next {
            let part = try change(action, order, knownTargets: knownTargets, from: place, at: now)
            answer.add(part.answer)
            next = part.next
        }
        return answer
    }

    private static let dropped = "dropped by an operator"

    private func isKnown(_ target: String) throws -> Bool {
        try read { database in
            // What waits or is dead is found by its index; only for a name that has neither, all alerts are looked at.
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM targets WHERE name = ?1)
                        OR EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_pending WHERE target = ?1 AND state = 'pending')
                        OR EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_dead WHERE target = ?1 AND state = 'dead')
                        OR EXISTS (SELECT 1 FROM outbox WHERE target = ?1)
                    """, arguments: [target.stored]) ?? false
        }
    }

    private func change(
        _ action: AlertAction, _ ids: [String], _ order: AlertOrder, at now: Timestamp
    ) throws -> AlertAnswer {
        try write { database, tally in
            var changed: [AlertName] = []
            var unchanged: [AlertName] = []
            var unknown: [String] = []
            var moves: [(key: AlertKey, to: AlertState)] = []
            var renewed: [AlertKey] = []
            var lines: Set<LineKey> = []
            var seen: Set<Int64> = []
            for id in ids {
                guard let seq = numbering.seq(of: id) else {
                    unknown.append(id)
                    continue
                }
                guard seen.insert(seq).inserted else { continue }
                let rows = try rows(of: seq, order, in: database)
                if rows.isEmpty { unknown.append(id) }
                for row in rows {
                    let key = AlertKey(seq: seq, target: row[0])
                    // A state of a later version is left as it is.
                    let old = AlertState(rawValue: row[2])
                    let name = AlertName(id: id, target: key.target, was: old)
                    guard let old, let new = action.state(from: old, again: order.again) else {
                        unchanged.append(name)
                        continue
                    }
                    changed.append(name)
                    moves.append((key, new))
                    // Everybody gets once more what everybody has.
                    if old == .delivered, new == .pending { renewed.append(key) }
                    lines.insert(LineKey(target: key.target, line: row[1]))
                    tally.move(from: old, to: new)
                }
            }
            try OutboxLine.change(lines, at: now, in: database) {
                for move in moves { try update(move.key, to: move.to, at: now, in: database) }
                let removal = try database.cachedStatement(sql: MailRow.removal)
                for key in renewed { try removal.execute(arguments: [key.seq, key.target]) }
            }
            return AlertAnswer(changed: changed, unchanged: unchanged, unknown: unknown)
        }
    }

    /// Rows of target, line, state.
    private func rows(of seq: Int64, _ order: AlertOrder, in database: Database) throws -> [Row] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT target, line, state FROM outbox WHERE seq = ?1 AND (?2 IS NULL OR target = ?2) AND (
                    ?3 IS NULL OR (SELECT observed_at FROM events WHERE events.seq = outbox.seq) >= ?3)
                ORDER BY target
                """)
        return try Row.fetchAll(statement, arguments: [seq, order.target.stored, order.since?.milliseconds])
    }

    private func update(_ key: AlertKey, to state: AlertState, at now: Timestamp, in database: Database) throws {
        if state == .pending {
            // Its turn is given by its line.
            try database.cachedStatement(
                sql: """
                    UPDATE outbox SET state = 'pending', next_attempt_at = NULL, as_plain_text = 0, waiting_since = ?1,
                        updated_at = ?1, held_until = NULL, digest_through = NULL WHERE seq = ?2 AND target = ?3
                    """
            ).execute(arguments: [now.milliseconds, key.seq, key.target])
        } else {
            try database.cachedStatement(
                sql: """
                    UPDATE outbox SET state = ?1, next_attempt_at = NULL, updated_at = ?2, last_error = ?3, held_until = NULL
                    WHERE seq = ?4 AND target = ?5
                    """
            ).execute(arguments: [state.rawValue, now.milliseconds, Self.dropped, key.seq, key.target])
        }
    }
}

extension AlertAction {
    /// What becomes of an alert that is named; nil if it is left as it is.
    fileprivate func state(from old: AlertState, again: Bool) -> AlertState? {
        switch (self, old) {
        case (.retry, .dead), (.retry, .pending), (.retry, .held), (.retry, .suppressed), (.retry, .digested): .pending
        case (.retry, .delivered), (.retry, .accepted): again ? .pending : nil
        case (.drop, .pending), (.drop, .held), (.drop, .dead): .suppressed
        case (.drop, _): nil
        }
    }
}
