import Model

/// Collects what one decision writes.
struct Writes {
    var settlements: [Settlement] = []
    var events: [Event] = []
    var starts: [Start] = []
    /// Targets whose chat got another id.
    var moved: Set<String> = []
    /// Targets whose record changed.
    private var touched: Set<String> = []

    mutating func touch(_ target: String) {
        touched.insert(target)
    }

    /// - Parameter outcome: the outbox as it is once all this is on disk.
    func decision(_ outcome: inout Outbox) -> OutboxDecision {
        let targets = touched.union(outcome.unsaved)
        outcome.unsaved = []
        var decision = OutboxDecision(outcome: outcome)
        decision.settlements = settlements
        decision.targets = targets.sorted().compactMap { outcome.record(of: $0) }
        decision.events = events
        decision.starts = starts
        decision.moved = moved.sorted().compactMap { outcome.record(of: $0) }
        return decision
    }
}

extension Outbox {
    /// A target's record as it is to be stored, with the state of its credential.
    func record(of target: String) -> TargetRecord? {
        guard let lane = lanes[target] else { return nil }
        var record = lane.record
        guard let shared = limits[lane.plan.credential] else { return record }
        record.blockedUntil = shared.blockedUntil
        if lane.plan.pace != nil {
            record.tokens = shared.bucket.tokens
            record.tokensAt = shared.bucket.filledAt
        }
        return record
    }
}
