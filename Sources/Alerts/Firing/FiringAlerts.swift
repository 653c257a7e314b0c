package import Model

/// The alerts that one Alertmanager is to hold firing, and those whose end is reported to it: a pure value.
///
/// Alertmanager forgets everything at a restart and expects its clients to repeat themselves. What is held follows
/// from the alerts that were delivered and when: `note` them in the order of their numbers after a start, and again
/// whenever one more is delivered.
///
/// What passes is counted by the monotonic clock, so that a step of the wall clock neither ends an alert nor delays its
/// repetition. Wall time is only what goes into the requests.
package struct FiringAlerts: Sendable {
    /// How often everything is repeated: the documentation asks for it at least as often as alerts are evaluated, and
    /// a minute is its clients' usual interval.
    package static let interval: Duration = .seconds(50)
    /// How long an end is repeated: as long as Alertmanager's own `resolve_timeout`.
    package static let resolveRepeat: Duration = .seconds(300)
    /// The most that are held for one target; the oldest go first.
    package static let most = 5000
    /// The most that go into one request.
    package static let batch = 200

    /// Whether some replica did not take the last round: there, an alert fires until its time is over, so its end is
    /// repeated as long as that. Its delivery says only that one replica has it.
    package var owesEnds = false

    private let hold: Duration
    private let interval: Duration
    private var held: [String: FiringAlert] = [:]
    private var repeatedAt: MonotonicInstant?

    /// - Parameters:
    ///   - hold: how long trouble fires unless its end comes first (`hold`).
    ///   - interval: how often everything is repeated.
    package init(hold: Duration, interval: Duration = Self.interval) {
        self.hold = hold
        self.interval = interval
    }

    package var isEmpty: Bool { held.isEmpty }

    /// An alert was delivered to this target.
    ///
    /// - Parameter deliveredAt: by the wall clock, as it was then.
    package mutating func note(_ event: StoredEvent, deliveredAt: Timestamp, at now: Moment) {
        // Never in the future, and what was delivered longer ago than it is held is over in any case.
        let age = min(max(now.wall.since(deliveredAt), .zero), hold + Self.resolveRepeat)
        let delivered = now.monotonic.advanced(by: .zero - age)
        for incident in Incident.closed(by: event.event, open: Incident.Trouble.openers) {
            guard let alert = held[incident.key], !alert.isEnded, delivered < alert.expiresAt else { continue }
            held[incident.key]?.endsAt = max(event.event.observedAt, alert.event.event.observedAt)
            held[incident.key]?.isEnded = true
            held[incident.key]?.forgetAt = delivered.advanced(by: Self.resolveRepeat)
        }
        guard let incident = Incident.opened(by: event.event) else { return }
        // What was just delivered need not be repeated at once.
        if held.isEmpty { repeatedAt = max(repeatedAt ?? delivered, delivered) }
        let expiry = delivered.advanced(by: hold)
        held[incident.key] = FiringAlert(
            event: event, incident: incident, endsAt: deliveredAt.advanced(by: hold), expiresAt: expiry,
            forgetAt: expiry.advanced(by: Self.resolveRepeat))
        if held.count > Self.most, let oldest = held.min(by: { $0.value.event.seq < $1.value.event.seq }) {
            held[oldest.key] = nil
        }
    }

    /// When `due` has something to say next; nil while nothing is held.
    package func nextDueAt(after now: MonotonicInstant) -> MonotonicInstant? {
        guard !held.isEmpty else { return nil }
        return repeatedAt.map { $0.advanced(by: interval) } ?? now
    }

    /// What to repeat now, in batches in the order of the events' numbers; nothing before `interval` has passed.
    package mutating func due(at now: MonotonicInstant) -> [[FiringAlert]] {
        guard let due = nextDueAt(after: now), due <= now else { return [] }
        held = held.filter { $0.value.forgetAt > now || (owesEnds && $0.value.expiresAt > now) }
        repeatedAt = now
        let alerts = held.values.sorted { $0.event.seq < $1.event.seq }.map { alert in
            var alert = alert
            alert.isEnded = alert.isEnded || alert.expiresAt <= now
            return alert
        }
        return stride(from: 0, to: alerts.count, by: Self.batch).map {
            Array(alerts[$0..<min($0 + Self.batch, alerts.count)])
        }
    }
}

/// One alert that an Alertmanager is reminded of.
package struct FiringAlert: Hashable, Sendable {
    /// What opened it: its labels are the alert's identity.
    package let event: StoredEvent
    let incident: Incident
    /// By the wall clock, for Alertmanager.
    package fileprivate(set) var endsAt: Timestamp
    fileprivate var expiresAt: MonotonicInstant
    /// Its end came, or its time is over.
    package fileprivate(set) var isEnded = false
    fileprivate var forgetAt: MonotonicInstant

    fileprivate init(
        event: StoredEvent, incident: Incident, endsAt: Timestamp, expiresAt: MonotonicInstant,
        forgetAt: MonotonicInstant
    ) {
        self.event = event
        self.incident = incident
        self.endsAt = endsAt
        self.expiresAt = expiresAt
        self.forgetAt = forgetAt
    }
}
