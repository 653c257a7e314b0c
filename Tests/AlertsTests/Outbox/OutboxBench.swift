import Model
import TestSupport
import Testing

@testable import Alerts

/// Runs the outbox against a store in memory, as the delivery loop does.
struct OutboxBench {
    var store = ModelStore()
    var outbox: Outbox
    var now = Sample.now
    var random = SeededGenerator(seed: 1)
    var events: [Event] = []
    var moved: [TargetRecord] = []

    init(_ plans: TargetPlan...) {
        outbox = Outbox(plans: plans, at: Sample.now)
    }

    mutating func record(_ cluster: String, for target: String = "chat", kind: EventKind = .completed) {
        record(Sample.event(kind, cluster: ClusterID(cluster)), for: target)
    }

    mutating func record(_ event: Event, for target: String = "chat") {
        store.record(event, for: [target], at: now)
        outbox.wake([target], at: now)
    }

    /// Starts whatever may start now.
    mutating func start() -> [Start] {
        var starts: [Start] = []
        // A fetch may only find that it has to ask for more.
        for _ in 0..<3 {
            let fetches = outbox.fetches(at: now)
            guard !fetches.isEmpty else { break }
            let decision = outbox.decide(fetches.map(store.offer), at: now)
            store.commit(decision)
            outbox.apply(decision)
            events += decision.events
            starts += decision.starts
        }
        return starts
    }

    mutating func startOne() throws -> Start {
        try #require(start().first)
    }

    mutating func finish(
        _ start: Start, _ outcome: DeliveryOutcome, reason: String? = nil, newChatID: String? = nil
    ) {
        let attempt = FinishedAttempt(
            start, startedAt: now, duration: .zero, verdict: Verdict(outcome, reason: reason, newChatID: newChatID))
        let decision = outbox.decide([attempt], at: now, using: &random)
        store.commit(decision)
        outbox.apply(decision)
        events += decision.events
        moved += decision.moved
    }

    func row(_ seq: Int64, _ target: String = "chat") -> ModelStore.Row? {
        store.row(AlertKey(seq: seq, target: target))
    }

    mutating func pass(_ duration: Duration) { now = now.advanced(by: duration) }
}
