import Model

@testable import Alerts

/// The store's part of delivery in a few lines: rows in memory, heads by line, settlements in one step.
struct ModelStore {
    struct Row {
        let event: StoredEvent
        let target: String
        let createdAt: Timestamp
        var state = AlertState.pending
        var nextAttemptAt: Timestamp?
        var attempts = 0
        var asPlainText = false
        var note: String?
    }

    private(set) var rows: [AlertKey: Row] = [:]
    private(set) var targets: [String: TargetRecord] = [:]
    private var lastSeq: Int64 = 0
    private var pending: [String: [Int64]] = [:]

    /// - Returns: the stored event.
    @discardableResult
    mutating func record(_ event: Event, for targets: [String], at now: Timestamp) -> StoredEvent {
        lastSeq += 1
        let stored = StoredEvent(seq: lastSeq, id: "k3v9x2ab-\(lastSeq)", event: event)
        for target in targets {
            rows[AlertKey(seq: lastSeq, target: target)] = Row(event: stored, target: target, createdAt: now)
            pending[target, default: []].append(lastSeq)
        }
        return stored
    }

    func offer(_ fetch: Fetch) -> Offer {
        var heads: [Row] = []
        var lines: Set<String> = []
        let waiting = (pending[fetch.target] ?? []).compactMap { rows[AlertKey(seq: $0, target: fetch.target)] }
        for row in waiting where lines.insert(Self.line(of: row)).inserted {
            heads.append(row)
        }
        let free = heads.filter { !fetch.excluding.contains($0.event.seq) }
        let due = free.filter { Self.time(of: $0) <= fetch.dueBy }
            .sorted { (Self.time(of: $0), $0.event.seq) < (Self.time(of: $1), $1.event.seq) }
        return Offer(
            fetch: fetch, due: due.prefix(fetch.limit).map(Self.alert),
            nextDueAt: free.map(Self.time).filter { $0 > fetch.dueBy }.min(),
            waiting: min(waiting.count, fetch.countUpTo), backlog: waiting.prefix(fetch.backlogLimit).map(Self.alert))
    }

    mutating func commit(_ decision: Decision) {
        for settlement in decision.settlements {
            guard var row = rows[settlement.alert], row.state == .pending else { continue }
            row.state = settlement.state
            row.nextAttemptAt = settlement.nextAttemptAt
            row.asPlainText = settlement.asPlainText
            row.note = settlement.note ?? settlement.attempt?.verdict.reason
            if settlement.attempt != nil { row.attempts += 1 }
            rows[settlement.alert] = row
            if row.state != .pending { pending[row.target]?.removeAll { $0 == row.event.seq } }
        }
        for target in decision.targets { targets[target.name] = target }
    }

    func waiting(for target: String) -> Int { pending[target]?.count ?? 0 }

    private static func line(of row: Row) -> String {
        row.event.event.cluster?.rawValue ?? "@\(row.event.event.account ?? "")"
    }

    private static func time(of row: Row) -> Timestamp { row.nextAttemptAt ?? row.createdAt }

    private static func alert(_ row: Row) -> PendingAlert {
        PendingAlert(
            event: row.event, target: row.target, attempts: row.attempts, createdAt: row.createdAt,
            nextAttemptAt: time(of: row), asPlainText: row.asPlainText)
    }
}

/// A repeatable random number generator (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
