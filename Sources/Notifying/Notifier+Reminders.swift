package import Model

/// A `reminder` to store: what is open of a route.
package struct DueReminder: Hashable, Sendable {
    /// The rule as it is once the reminder is stored.
    package let rule: RuleRecord
    /// Newest first.
    package let open: [OpenEvent]
    package let alerts: [AlertDecision]
}

/// Something that is due, and when to look again; nil if nothing is known to become due.
package struct Due<Item: Hashable & Sendable>: Hashable, Sendable {
    package internal(set) var items: [Item] = []
    package internal(set) var next: Timestamp?

    mutating func look(at moment: Timestamp) { next = min(next ?? moment, moment) }
}

extension Notifier {
    /// What identifies the routes with reminders across a change of the config.
    package var reminderRules: Set<String> { Set(routes.filter { $0.remind != nil }.map(\.fingerprint)) }

    /// The reminders that are due at a time. They obey silences and the hours of their route, and none is stored during a
    /// hold: one is at its end, if something is still open.
    ///
    /// - Parameter open: all open events, acknowledged ones included.
    package func reminders(
        _ open: [OpenEvent], rules: [RuleRecord], silences: Silences, at now: Timestamp
    ) -> Due<DueReminder> {
        var due = Due<DueReminder>()
        for route in routes {
            guard let remind = route.remind,
                var rule = rules.first(where: { $0.kind == .reminder && $0.key == route.fingerprint })
            else { continue }
            // An incident stays open by itself: nobody need be reminded of it there.
            let all = targets.filter { route.includes($0.name) && !$0.keepsIncidents }
            // The journal, which nothing holds, gets what people get, at the same time.
            let people = all.filter(\.canBeHeld)
            let targets = people.isEmpty ? all : people
            let unowned = open.filter { $0.acknowledgement == nil || Planted.isOn(.reminderAfterAck) }
            let own = unowned.filter { $0.isAlive(at: now) && mayFire($0.event.event) && route.matches($0.event.event) }
                .filter { item in
                    // What every target is kept from hearing of is not listed either.
                    let ends = targets.compactMap { silences.end(of: item.event.event, target: $0.name, at: now) }
                    guard ends.count == targets.count, let end = ends.min() else { return true }
                    due.look(at: end)
                    return false
                }
            guard !targets.isEmpty, let oldest = own.map(\.event.event.observedAt).min() else { continue }
            // The first one counts from the oldest open event; a reminder of what is long over does not put it off, nor
            // does one of a clock that was ahead.
            let last = rule.lastAt.flatMap { $0 > now ? nil : $0 }
            let time = max(last ?? oldest, oldest).advanced(by: remind)
            guard time <= now else {
                due.look(at: time)
                continue
            }
            let alerts = targets.map { target in
                AlertDecision(
                    target: target.name,
                    disposition: disposition(
                        of: Event(kind: .reminder, observedAt: now), to: target,
                        by: Planted.isOn(.reminderOutOfHours) ? [] : [route], silences: silences,
                        at: now, isNew: true))
            }
            let sent = alerts.filter(\.disposition.isPending)
            guard !sent.isEmpty else {
                for alert in alerts {
                    if case .held(let hold) = alert.disposition { due.look(at: hold.until) }
                    if let end = silences.end(
                        of: Event(kind: .reminder, observedAt: now), target: alert.target, at: now)
                    {
                        due.look(at: end)
                    }
                }
                continue
            }
            let journal = all.filter { !$0.canBeHeld && !people.isEmpty }.map { AlertDecision(target: $0.name) }
            rule.lastAt = now
            due.items.append(
                DueReminder(rule: rule, open: own.sorted { $0.event.seq > $1.event.seq }, alerts: sent + journal))
            due.look(at: now.advanced(by: remind))
        }
        return due
    }
}

extension OpenEvent {
    func isAlive(at now: Timestamp) -> Bool { now.since(event.event.observedAt) < Self.lifetime }
}

extension Silences {
    /// When the last of the silences ends that match an alert at a time; nil if none does.
    func end(of event: Event, target: String, at now: Timestamp) -> Timestamp? {
        matching(event, target: target, at: now).map(\.endsAt).max()
    }
}
