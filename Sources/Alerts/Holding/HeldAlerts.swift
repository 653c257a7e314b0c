package import Model

/// The alerts that one Alertmanager is to hold firing, and those whose end it is told: a pure value.
///
/// Alertmanager forgets everything at a restart and expects its clients to repeat themselves. What is held follows
/// from the alerts that were delivered and when: `note` them in the order of their numbers after a start, and again
/// whenever one more is delivered.
package struct HeldAlerts: Sendable {
    /// How often everything is repeated: the documentation asks for it at least as often as alerts are evaluated, and
    /// a minute is its clients' usual interval.
    package static let interval: Duration = .seconds(50)
    /// How long an end is repeated: as long as Alertmanager's own `resolve_timeout`.
    package static let afterglow: Duration = .seconds(300)
    /// The most that are held for one target; the oldest go first.
    package static let most = 5000
    /// The most that go into one request.
    package static let batch = 200

    private let hold: Duration
    private let interval: Duration
    private var held: [String: HeldAlert] = [:]
    private var repeatedAt: Timestamp?

    /// - Parameters:
    ///   - hold: how long trouble fires unless its end comes first (`hold`).
    ///   - interval: how often everything is repeated.
    package init(hold: Duration, interval: Duration = Self.interval) {
        self.hold = hold
        self.interval = interval
    }

    package var isEmpty: Bool { held.isEmpty }

    /// An alert was delivered to this target.
    package mutating func note(_ event: StoredEvent, deliveredAt: Timestamp) {
        for incident in Incident.closed(by: event.event) {
            guard let alert = held[incident.key], !alert.isEnded(at: deliveredAt) else { continue }
            held[incident.key]?.endsAt = max(event.event.observedAt, alert.event.event.observedAt)
            held[incident.key]?.isEnded = true
            held[incident.key]?.forgetAt = deliveredAt.advanced(by: Self.afterglow)
        }
        guard let incident = Incident.opened(by: event.event) else { return }
        // What was just delivered need not be repeated at once.
        if held.isEmpty { repeatedAt = max(repeatedAt ?? deliveredAt, deliveredAt) }
        let end = deliveredAt.advanced(by: hold)
        held[incident.key] = HeldAlert(
            event: event, incident: incident, endsAt: end, forgetAt: end.advanced(by: Self.afterglow))
        if held.count > Self.most, let oldest = held.min(by: { $0.value.event.seq < $1.value.event.seq }) {
            held[oldest.key] = nil
        }
    }

    /// When `due` has something to say next; nil while nothing is held.
    package func nextDueAt(after now: Timestamp) -> Timestamp? {
        guard !held.isEmpty else { return nil }
        return repeatedAt.map { min($0, now).advanced(by: interval) } ?? now
    }

    /// What to repeat now, in batches in the order of the events' numbers; nothing before `interval` has passed.
    package mutating func due(at now: Timestamp) -> [[HeldAlert]] {
        guard let due = nextDueAt(after: now), due <= now else { return [] }
        held = held.filter { $0.value.forgetAt > now }
        repeatedAt = now
        let alerts = held.values.sorted { $0.event.seq < $1.event.seq }.map { alert in
            var alert = alert
            alert.isEnded = alert.isEnded(at: now)
            return alert
        }
        return stride(from: 0, to: alerts.count, by: Self.batch).map {
            Array(alerts[$0..<min($0 + Self.batch, alerts.count)])
        }
    }
}

/// One alert that an Alertmanager is reminded of.
package struct HeldAlert: Hashable, Sendable {
    /// What opened it: its labels are the alert's identity.
    package let event: StoredEvent
    let incident: Incident
    package fileprivate(set) var endsAt: Timestamp
    /// Its end came, or its time is over.
    package fileprivate(set) var isEnded = false
    fileprivate var forgetAt: Timestamp

    fileprivate init(event: StoredEvent, incident: Incident, endsAt: Timestamp, forgetAt: Timestamp) {
        self.event = event
        self.incident = incident
        self.endsAt = endsAt
        self.forgetAt = forgetAt
    }

    fileprivate func isEnded(at now: Timestamp) -> Bool { isEnded || endsAt <= now }
}
