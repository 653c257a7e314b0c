package import Model

/// An `escalated` event to store.
package struct DueEscalation: Hashable, Sendable {
    package let original: StoredEvent
    /// Names of targets.
    package let targets: [String]
}

extension Notifier {
    /// The names of the targets that events are escalated to.
    package var escalationTargets: Set<String> { Set(routes.flatMap { $0.escalation?.targets ?? [] }) }

    /// The escalations that are due at a time: an event goes to a target once.
    ///
    /// They obey silences and not the hours of their route: their purpose is the night. They count from the event's
    /// `observed_at`, or from the end of the silence that held it. What was due before the rule was first in force is
    /// passed over: a new rule pages nobody for what is long known.
    ///
    /// - Parameter silences: also those that ended while the open events last.
    package func escalations(
        _ open: [OpenEvent], rules: [RuleRecord], silences: Silences, at now: Timestamp
    ) -> Due<DueEscalation> {
        var due = Due<DueEscalation>()
        let since = Dictionary(
            rules.filter { $0.kind == .escalation }.map { ($0.key, $0.since) }, uniquingKeysWith: min)
        for item in open where item.isAlive(at: now) && mayFire(item.event.event) {
            guard item.acknowledgement == nil || Planted.isOn(.escalationAfterAck) else { continue }
            var reached: Set<String> = []
            for route in routes {
                guard let escalation = route.escalation, route.matches(item.event.event) else { continue }
                for name in escalation.targets where !reached.contains(name) {
                    guard !item.escalatedTo.contains(name) || Planted.isOn(.escalationTwice) else { continue }
                    guard let rule = since[name], targets.contains(where: { $0.name == name }) else { continue }
                    let time = escalationTime(of: item.event, to: name, by: route, escalation, silences: silences)
                    if time > now {
                        due.look(at: time)
                    } else if time >= rule {
                        reached.insert(name)
                    }
                }
            }
            if !reached.isEmpty {
                // In the order of the config's targets.
                due.items.append(
                    DueEscalation(original: item.event, targets: targets.map(\.name).filter(reached.contains)))
            }
        }
        return due
    }

    /// When an event is escalated to a target, as far as silences are known.
    private func escalationTime(
        of stored: StoredEvent, to target: String, by route: Route, _ escalation: EscalationSettings,
        silences: Silences
    ) -> Timestamp {
        let event = stored.event
        let escalated = event.escalated(of: stored.id)
        let own = targets.filter { route.includes($0.name) && $0.canBeHeld }
        var start = event.observedAt
        for _ in 0..<64 {
            // Held for all of its route's targets: nobody could acknowledge it.
            let held = own.compactMap { silences.end(of: event, target: $0.name, at: start) }
            if !own.isEmpty, held.count == own.count, let end = held.min(), end > start {
                start = end
                continue
            }
            let time = start.advanced(by: escalation.after)
            guard let end = silences.end(of: escalated, target: target, at: time), end > start else { return time }
            start = end
        }
        return start.advanced(by: escalation.after)
    }
}
