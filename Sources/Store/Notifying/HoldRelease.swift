import Model

/// A row of `AlertQuery.held`.
struct HeldAlert {
    let key: AlertKey
    let line: String
    let hold: Hold
    /// Nil if a later version wrote it.
    let event: Event?

    init(_ row: Statement) {
        key = AlertKey(seq: row[0], target: row[1])
        line = row[2]
        hold = Hold(until: Timestamp(milliseconds: row[3]), reasons: [HoldReason](json: row[4]))
        event = EventRow.event(from: row, startingAt: 5)
    }
}

/// One batch of held alerts, on its way to another state.
struct HoldRelease {
    private struct Item {
        let key: AlertKey
        let line: String
        let isFailure: Bool
    }

    let numbering: EventNumbering
    let now: Timestamp
    let session: Session
    private var free: [Item] = []
    private var suppressed: Set<AlertKey> = []
    /// Those that are not held any more, or not held on.
    private var decided: Set<AlertKey> = []
    private var dead = 0

    init(numbering: EventNumbering, now: Timestamp, session: Session) {
        self.numbering = numbering
        self.now = now
        self.session = session
    }

    mutating func look(
        at alert: HeldAlert, deciding decide: (StoredEvent, String, Hold) -> AlertDisposition?
    ) throws {
        let (key, hold) = (alert.key, alert.hold)
        guard !decided.contains(key) else { return }
        guard let event = alert.event else {
            // It becomes dead when its turn comes, and says so.
            return release(alert)
        }
        let stored = StoredEvent(numbering.id(key.seq), event: event)
        switch decide(stored, key.target, hold) {
        case .held(let new): try keep(key, hold, until: new)
        case .pending:
            if let reason = try end(of: stored, for: key.target) {
                try settle(key, as: .suppressed, because: reason)
                suppressed.insert(key)
            } else {
                try release(alert, stored, deciding: decide)
            }
        case .suppressed(let reason):
            try settle(key, as: .suppressed, because: reason)
            suppressed.insert(key)
        case nil where hold.until > now:
            // Put back in time, the target gets it all the same.
            break
        case nil:
            try settle(
                key, as: .dead,
                because: EventStore.targetRemoved(key.target))
            dead += 1
        }
    }

    /// Sends an alert, unless one of the same task that came before it is held on.
    private mutating func release(
        _ alert: HeldAlert, _ stored: StoredEvent, deciding decide: (StoredEvent, String, Hold) -> AlertDisposition?
    ) throws {
        let (key, hold) = (alert.key, alert.hold)
        guard let line = HeldLine(stored.event, seq: key.seq, target: key.target, in: session) else {
            return release(alert)
        }
        let ahead = try line.ahead { other, event in
            guard !decided.contains(other.key) else { return false }
            switch decide(StoredEvent(numbering.id(other.key.seq), event: event), key.target, other.hold) {
            case .held: return true
            // It waits only for one that is held on, and goes with it.
            case .pending: return line.isProblem
            case .suppressed, nil: return false
            }
        }
        if !line.isProblem, let new = Hold(all: ahead.map(\.hold)) { return try keep(key, hold, until: new) }
        for other in ahead { try releaseAhead(other, deciding: decide) }
        release(alert)
    }

    /// Sends what is held before a problem that is sent, unless it is over.
    private mutating func releaseAhead(
        _ alert: HeldAlert, deciding decide: (StoredEvent, String, Hold) -> AlertDisposition?
    ) throws {
        if let event = alert.event {
            let stored = StoredEvent(numbering.id(alert.key.seq), event: event)
            if decide(stored, alert.key.target, alert.hold)?.isPending == true,
                let reason = try end(of: stored, for: alert.key.target)
            {
                try settle(alert.key, as: .suppressed, because: reason)
                suppressed.insert(alert.key)
                return
            }
        }
        release(alert)
    }

    private mutating func release(_ alert: HeldAlert) {
        guard decided.insert(alert.key).inserted else { return }
        free.append(Item(key: alert.key, line: alert.line, isFailure: alert.event?.kind == .failed))
    }

    /// Why nobody need be notified any more; nil if somebody must be.
    private func end(of stored: StoredEvent, for target: String) throws -> String? {
        let event = stored.event
        guard !Planted.isOn(.overIsSent) else { return nil }
        switch event.kind {
        case .pollFailing, .stalled, .overdue, .targetFailing:
            if event.kind == .overdue, let cluster = event.cluster?.rawValue.stored,
                try !OpenEvents.isOverdue(cluster, in: session)
            {
                return "not sent: the problem was already over when the hold ended (the task is not overdue any more)"
            }
            return try LaterEvents.end(of: event, seq: stored.seq, in: session).map(over)
        case .pollRecovered, .stallEnded, .targetRecovered:
            guard let opener = event.kind.endsOnly else { return nil }
            let begin = try EarlierEvents.rows(of: event, before: stored.seq, for: target, limit: 200, in: session)
                .first { $0.kind == opener }
            guard let begin,
                begin.state == .held || begin.state == .suppressed
                    || suppressed.contains(AlertKey(seq: begin.seq, target: target)),
                !begin.mayHaveArrived
            else { return nil }
            let id = numbering.id(begin.seq)
            return
                "not sent: this alert reports the end of \(id) (\(opener.rawValue)), and the alert about \(id) was never sent"
        case .escalated:
            guard case .escalated(let id, let original, _)? = event.content, let seq = numbering.seq(of: id) else {
                return nil
            }
            let by = try session.text("SELECT author FROM acks WHERE seq = ?", [seq])
            if let by { return "not sent: \(by) acknowledged the problem before the hold ended" }
            var trouble = event
            trouble.kind = original
            return try LaterEvents.end(of: trouble, seq: seq, in: session).map(over)
        default:
            return nil
        }
    }

    private func over(_ end: (seq: Int64, kind: EventKind)) -> String {
        "not sent: the problem was already over when the hold ended (\(end.kind.rawValue), \(numbering.id(end.seq)))"
    }

    /// What held it until now is named, too.
    private func keep(_ key: AlertKey, _ old: Hold, until new: Hold) throws {
        let hold = Hold(until: new.until, reasons: old.reasons + new.reasons.filter { !old.reasons.contains($0) })
        guard hold != old else { return }
        try session.run(
            "UPDATE outbox SET held_until = ?, held_by = ?, updated_at = ? WHERE seq = ? AND target = ?",
            [
                hold.until.milliseconds, hold.reasons.json.text(), now.milliseconds, key.seq, key.target,
            ])
    }

    private func settle(_ key: AlertKey, as state: AlertState, because reason: String) throws {
        try session.run(
            """
            UPDATE outbox SET state = ?, held_until = NULL, last_error = ?, updated_at = ?
            WHERE seq = ? AND target = ?
            """, [state.rawValue, reason.stored, now.milliseconds, key.seq, key.target])
    }

    func finish(capacity: (String) -> Int?, _ tally: inout AlertTally) throws -> Released {
        let lines = Set(free.map { LineKey(target: $0.key.target, line: $0.line) })
        let update = try session.statement(
            """
            UPDATE outbox SET state = 'pending', held_until = NULL, next_attempt_at = NULL, waiting_since = ?1,
                updated_at = ?1, digest_through = ?2 WHERE seq = ?3 AND target = ?4
            """)
        try OutboxLine.change(lines, at: now, in: session) {
            for (target, items) in Dictionary(grouping: free, by: \.key.target) {
                for part in try parts(of: items.sorted { $0.key.seq < $1.key.seq }, capacity: capacity(target)) {
                    let through = part.count > 1 ? part.map(\.key.seq).max() : nil
                    for item in part {
                        try update.run([now.milliseconds, through, item.key.seq, target])
                    }
                }
            }
        }
        tally.move(free.count, from: .held, to: .pending)
        tally.move(suppressed.count, from: .held, to: .suppressed)
        tally.move(dead, from: .held, to: .dead)
        var released = Released()
        released.targets = Set(free.map(\.key.target))
        released.sent = free.count
        released.suppressed = suppressed.count
        released.dead = dead
        return released
    }

    /// What is sent in one message each: failures in the first ones. The alerts of a task stay in one message, so that
    /// messages may go in any order. What stands in line behind an alert that waits for another reason goes by itself.
    private func parts(of items: [Item], capacity: Int?) throws -> [[Item]] {
        guard let capacity, capacity > 1, items.count > 1 else { return items.map { [$0] } }
        var single: [[Item]] = []
        var waiting: [Item] = []
        for item in items {
            let head = try OutboxLine.head(of: LineKey(target: item.key.target, line: item.line), in: session)
            if let head, head < item.key.seq { single.append([item]) } else { waiting.append(item) }
        }
        var together: [[Item]] = []
        for line in Self.failuresFirst(waiting) {
            guard line.count <= capacity else {
                single += stride(from: 0, to: line.count, by: capacity).map { Array(line[$0...].prefix(capacity)) }
                continue
            }
            if let last = together.last, last.count + line.count <= capacity {
                together[together.count - 1] += line
            } else {
                together.append(line)
            }
        }
        return single + together
    }

    /// The alerts of each line; those in which something failed come first.
    private static func failuresFirst(_ items: [Item]) -> [[Item]] {
        let lines = Dictionary(grouping: items, by: \.line).values.sorted { $0[0].key.seq < $1[0].key.seq }
        return lines.filter { $0.contains(where: \.isFailure) } + lines.filter { !$0.contains(where: \.isFailure) }
    }
}
