import Model
import Notifying
import Store

/// One look at what time has brought, on the database's thread. Each part of it is a commit of its own.
struct NotifyTurn: Sendable {
    struct Outcome: Sendable {
        var round: HoldPlace?
        var rules: [RuleRecord]?
        var next: Timestamp?
        /// Targets that were given alerts to send.
        var targets: Set<String> = []
        var stored: [StoredEvent] = []
        var routed: [RoutedEvent] = []
        /// Held alerts of targets that left the config.
        var dead = 0
        var counts: AlertCounts?
        /// Why the rest of it was not done.
        var failure: (any Error)?

        var hasWritten: Bool { counts != nil }

        mutating func look(at moment: Timestamp?) {
            guard let moment else { return }
            next = min(next ?? moment, moment)
        }
    }

    let notifier: Notifier
    let capacities: [String: Int]
    let isServedElsewhere: @Sendable (String) -> Bool
    let round: HoldPlace?
    let rules: [RuleRecord]?
    let now: Timestamp

    func run(on store: EventStore) throws -> Outcome {
        let silences = Silences(try store.loadSilences(endedSince: now.advanced(by: .zero - OpenEvent.lifetime)))
        var outcome = Outcome()
        outcome.round = round
        outcome.rules = rules
        do {
            try release(silences, on: store, &outcome)
            if outcome.round == nil { try followRules(silences, on: store, &outcome) }
        } catch {
            // What is on disk all the same must be reported.
            outcome.failure = error
            outcome.look(at: now)
        }
        return outcome
    }

    private func release(_ silences: Silences, on store: EventStore, _ outcome: inout Outcome) throws {
        let end = try store.nextHoldEnd()
        guard let end, round != nil || end <= now else {
            outcome.round = nil
            outcome.look(at: end)
            return
        }
        let released = try store.releaseHolds(
            dueBy: round == nil ? now : nil, from: round ?? .start, at: now, capacity: { capacities[$0] }
        ) { stored, target, _ in
            // What another host's config says of its hours is not known here.
            notifier.recheck(stored.event, target: target, silences: silences, at: now)
                ?? (isServedElsewhere(target) ? .pending : nil)
        }
        outcome.round = released.next
        outcome.targets.formUnion(released.targets)
        outcome.dead = released.dead
        if released.sent + released.suppressed + released.dead > 0 { outcome.counts = try? store.alertCounts() }
        outcome.look(at: try store.nextHoldEnd().map { max($0, now.advanced(by: .milliseconds(1))) })
    }

    private func followRules(_ silences: Silences, on store: EventStore, _ outcome: inout Outcome) throws {
        let reminderRules = notifier.reminderRules
        let escalationTargets = notifier.escalationTargets
        let summaryRules = notifier.summaryRules
        if outcome.rules == nil {
            outcome.rules = try store.keepRules(
                [.reminder: reminderRules, .escalation: escalationTargets, .summary: summaryRules], at: now)
        }
        var rules = outcome.rules ?? []
        defer { outcome.rules = rules }
        func write(
            _ events: [RoutedEvent], rule: RuleRecord? = nil, escalated: StoredEvent? = nil, to targets: [String] = []
        ) throws {
            let stored = try store.recordRule(
                events, rule: rule, escalated: escalated.map { ($0.seq, targets) }, at: now)
            outcome.stored += stored
            outcome.routed += events
            for event in events { outcome.targets.formUnion(event.targets) }
            outcome.counts = try? store.alertCounts()
            if let rule, let index = rules.firstIndex(where: { $0.kind == rule.kind && $0.key == rule.key }) {
                rules[index] = rule
            }
        }

        if !reminderRules.isEmpty || !escalationTargets.isEmpty {
            let open = try store.loadOpenEvents(since: now.advanced(by: .zero - OpenEvent.lifetime))
            let escalations = notifier.escalations(open, rules: rules, silences: silences, at: now)
            for due in escalations.items {
                var event = due.original.event.escalated(of: due.original.id)
                event.observedAt = now
                try write(
                    [RoutedEvent(event: event, targets: due.targets)], escalated: due.original, to: due.targets)
            }
            let reminders = notifier.reminders(open, rules: rules, silences: silences, at: now)
            for due in reminders.items {
                var event = Event(kind: .reminder, observedAt: now)
                event.content = .reminder(due.open.prefix(Self.mostReminded).map { OpenItem($0) })
                try write([RoutedEvent(event: event, alerts: due.alerts)], rule: due.rule)
            }
            outcome.look(at: escalations.next)
            outcome.look(at: reminders.next)
        }
        let summaries = notifier.dueSummaries(rules: rules, at: now)
        for due in summaries.items {
            guard !due.alerts.isEmpty else {
                try write([], rule: due.rule)
                continue
            }
            var event = Event(kind: .summary, observedAt: now)
            event.content = .summary(try store.summary(since: due.since, until: now))
            try write([RoutedEvent(event: event, alerts: due.alerts)], rule: due.rule)
        }
        outcome.look(at: summaries.next)
    }

    /// How many open events a reminder lists.
    private static let mostReminded = 500
}
