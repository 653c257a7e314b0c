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
        if let ids = order.ids {
            let answer = try change(action, ids, order, at: now)
            try note(.retries)
            return (answer, nil)
        }
        guard let target = order.target else { return (AlertAnswer(), nil) }
        let goal = action == .retry ? AlertGoal.wait : .end(.suppressed, because: Self.dropped)
        let (alerts, next) = try moveBacklog(
            of: target, since: order.since, to: goal, from: place ?? .start, includingDead: true, at: now)
        try note(.retries)
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

    private static let dropped = "suppressed by an operator (alerts drop)"

    private func isKnown(_ target: String) throws -> Bool {
        try read { session in
            // What waits or is dead is found by its index; only for a name that has neither, all alerts are looked at.
            try session.flag(
                """
                SELECT EXISTS (SELECT 1 FROM targets WHERE name = ?1)
                    OR EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_pending WHERE target = ?1 AND state = 'pending')
                    OR EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_dead WHERE target = ?1 AND state = 'dead')
                    OR EXISTS (SELECT 1 FROM outbox WHERE target = ?1)
                """, [target.stored]) ?? false
        }
    }

    private func change(
        _ action: AlertAction, _ ids: [String], _ order: AlertOrder, at now: Timestamp
    ) throws -> AlertAnswer {
        try write { session, tally in
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
                let rows = try rows(of: seq, order, in: session)
                if rows.isEmpty { unknown.append(id) }
                for row in rows {
                    let key = AlertKey(seq: seq, target: row.target)
                    let old = row.state
                    let name = AlertName(id: id, target: key.target, was: old)
                    guard let old, let new = action.state(from: old, again: order.again) else {
                        unchanged.append(name)
                        continue
                    }
                    changed.append(name)
                    moves.append((key, new))
                    // Everybody gets once more what everybody has, by itself or in a digest.
                    if old == .delivered || old == .digested, new == .pending { renewed.append(key) }
                    lines.insert(LineKey(target: key.target, line: row.line))
                    tally.move(from: old, to: new)
                }
            }
            try OutboxLine.change(lines, at: now, in: session) {
                for move in moves { try update(move.key, to: move.to, at: now, in: session) }
                let removal = try session.statement(MailRow.removal)
                for key in renewed { try removal.run([key.seq, key.target]) }
            }
            return AlertAnswer(changed: changed, unchanged: unchanged, unknown: unknown)
        }
    }

    /// The alerts of an event that an order means. The state of a later version is nil: it is left as it is.
    private func rows(
        of seq: Int64, _ order: AlertOrder, in session: Session
    ) throws -> [(target: String, line: String, state: AlertState?)] {
        try session.rows(
            """
            SELECT target, line, state FROM outbox WHERE seq = ?1 AND (CAST(?2 AS text) IS NULL OR target = ?2) AND (
                CAST(?3 AS bigint) IS NULL OR (SELECT observed_at FROM events WHERE events.seq = outbox.seq) >= ?3)
            ORDER BY target
            """, [seq, order.target.stored, order.since?.milliseconds]
        ) { ($0[0], $0[1], AlertState(rawValue: $0[2])) }
    }

    private func update(_ key: AlertKey, to state: AlertState, at now: Timestamp, in session: Session) throws {
        if state == .pending {
            // Its turn is given by its line.
            try session.run(
                """
                UPDATE outbox SET state = 'pending', next_attempt_at = NULL, as_plain_text = 0, waiting_since = ?1,
                    updated_at = ?1, held_until = NULL, digest_through = NULL WHERE seq = ?2 AND target = ?3
                """, [now.milliseconds, key.seq, key.target])
        } else {
            try session.run(
                """
                UPDATE outbox SET state = ?1, next_attempt_at = NULL, updated_at = ?2, last_error = ?3, held_until = NULL
                WHERE seq = ?4 AND target = ?5
                """, [state.rawValue, now.milliseconds, Self.dropped, key.seq, key.target])
        }
    }
}

extension AlertAction {
    /// What becomes of an alert that is named; nil if it is left as it is.
    fileprivate func state(from old: AlertState, again: Bool) -> AlertState? {
        switch (self, old) {
        case (.retry, .dead), (.retry, .pending), (.retry, .held), (.retry, .suppressed): .pending
        case (.retry, .delivered), (.retry, .accepted), (.retry, .digested): again ? .pending : nil
        case (.drop, .pending), (.drop, .held), (.drop, .dead): .suppressed
        case (.drop, _): nil
        }
    }
}
