import Model

@testable import Alerts

/// The store's part of delivery in a few lines: rows in memory, heads by line, settlements in one step.
struct ModelStore {
    struct Row {
        let event: StoredEvent
        let target: String
        let line: String
        var createdAt: Timestamp
        var state = AlertState.pending
        var nextAttemptAt: Timestamp?
        var attempts = 0
        var asPlainText = false
        var note: String?
        var heldBy: [HoldReason] = []
        var digestThrough: Int64?
    }

    /// By target, then by number: weeks ask often, and a key of two parts costs more to hash than all the rest.
    private var table: [String: [Int64: Row]] = [:]
    private(set) var targets: [String: TargetRecord] = [:]
    private var lastSeq: Int64 = 0
    /// Alerts of events that a later version wrote, by target.
    var unreadable: [String: [UnreadableAlert]] = [:]
    private var pending: [String: [Int64]] = [:]

    var rows: [AlertKey: Row] {
        var rows: [AlertKey: Row] = [:]
        for (target, own) in table {
            for (seq, row) in own { rows[AlertKey(seq: seq, target: target)] = row }
        }
        return rows
    }

    func row(_ key: AlertKey) -> Row? { table[key.target]?[key.seq] }

    /// - Returns: the stored event.
    @discardableResult
    mutating func record(_ event: Event, for targets: [String], at now: Timestamp) -> StoredEvent {
        lastSeq += 1
        let stored = StoredEvent(seq: lastSeq, id: "k3v9x2ab-\(lastSeq)", event: event)
        for target in targets {
            table[target, default: [:]][lastSeq] = Row(event: stored, target: target, line: event.line, createdAt: now)
            pending[target, default: []].append(lastSeq)
        }
        return stored
    }

    func offer(_ fetch: Fetch) -> Offer {
        let own = table[fetch.target] ?? [:]
        let seqs = pending[fetch.target] ?? []
        var lines: Set<String> = []
        var due: [Row] = []
        var nextDueAt: Timestamp?
        for seq in seqs {
            guard let row = own[seq], lines.insert(row.line).inserted, !fetch.excluding.contains(seq) else { continue }
            let time = Self.time(of: row)
            if time <= fetch.dueBy { due.append(row) } else { nextDueAt = min(nextDueAt ?? time, time) }
        }
        due.sort { (Self.time(of: $0), $0.event.seq) < (Self.time(of: $1), $1.event.seq) }
        return Offer(
            fetch: fetch, due: due.prefix(fetch.limit).map(Self.alert), nextDueAt: nextDueAt,
            waiting: min(seqs.count, fetch.countUpTo),
            backlog: Array(
                seqs.lazy.compactMap { own[$0] }.filter { fetch.collecting.contains(Self.alert($0)) }
                    .prefix(fetch.backlogLimit).map(Self.alert)),
            unreadable: unreadable[fetch.target] ?? [])
    }

    mutating func commit(_ decision: OutboxDecision) {
        for settlement in decision.settlements {
            let key = settlement.alert
            unreadable[key.target]?.removeAll { $0.key == key }
            guard var row = table[key.target]?[key.seq], row.state == .pending else { continue }
            row.state = settlement.state
            row.nextAttemptAt = settlement.nextAttemptAt
            row.asPlainText = settlement.asPlainText
            row.note = settlement.note ?? settlement.attempt?.verdict.reason
            if settlement.attempt != nil { row.attempts += 1 }
            table[key.target]?[key.seq] = row
            if row.state != .pending { pending[key.target]?.removeAll { $0 == key.seq } }
        }
        for target in decision.targets { targets[target.name] = target }
    }

    /// What the end of a hold does: these alerts are one message.
    mutating func release(_ seqs: [Int64], of target: String, heldBy: [HoldReason], at now: Timestamp) {
        for seq in seqs {
            table[target]?[seq]?.heldBy = heldBy
            table[target]?[seq]?.digestThrough = seqs.count > 1 ? seqs.max() : nil
            table[target]?[seq]?.createdAt = now
        }
    }

    /// Held alerts stand in no line.
    mutating func hide(_ seqs: [Int64], of target: String) {
        pending[target]?.removeAll { seqs.contains($0) }
    }

    mutating func show(_ seqs: [Int64], of target: String) {
        pending[target] = ((pending[target] ?? []) + seqs).sorted()
    }

    /// What an operator's `alerts retry` does to a dead alert: it waits anew, in its old place in its line.
    mutating func retry(_ key: AlertKey, at now: Timestamp) {
        guard var row = table[key.target]?[key.seq], row.state == .dead else { return }
        row.state = .pending
        row.nextAttemptAt = nil
        row.asPlainText = false
        row.createdAt = now
        table[key.target]?[key.seq] = row
        pending[key.target] = ((pending[key.target] ?? []) + [key.seq]).sorted()
    }

    private static func time(of row: Row) -> Timestamp { row.nextAttemptAt ?? row.createdAt }

    private static func alert(_ row: Row) -> PendingAlert {
        PendingAlert(
            event: row.event, target: row.target, attempts: row.attempts, createdAt: row.createdAt,
            nextAttemptAt: time(of: row), asPlainText: row.asPlainText, heldBy: row.heldBy,
            digestThrough: row.digestThrough)
    }
}
