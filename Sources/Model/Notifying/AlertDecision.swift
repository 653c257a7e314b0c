/// In which state an alert is stored, decided once, in the commit of its event.
package enum AlertDisposition: Hashable, Sendable {
    /// Sent as soon as its target takes it.
    case pending
    /// Looked at again when the hold is over; what has ended by itself until then is never sent.
    case held(Hold)
    /// Never sent.
    case suppressed(reason: String)

    package var isPending: Bool { self == .pending }
    package var isHeld: Bool { if case .held = self { true } else { false } }
}

/// What holds an alert, and until when.
package struct Hold: Hashable, Sendable {
    package var until: Timestamp
    package var reasons: [HoldReason]

    package init(until: Timestamp, reasons: [HoldReason]) {
        self.until = until
        self.reasons = reasons
    }
}

/// One alert of an event: its target, and whether it is sent at once.
package struct AlertDecision: Hashable, Sendable {
    package let target: String
    package var disposition: AlertDisposition
    /// The service keeps an incident open until it hears of its end, and this event ends one: if it has one open, the
    /// alert is sent at once, whatever holds it.
    package var closesIncident: Bool

    /// No route names the event: it is sent only if the service has an incident open that it ends.
    package var onlyCloses: Bool

    /// No route reaches the target with the event, as after a change of the config: it is sent only if the service is
    /// known to have an incident open that it ends.
    package var isUnrouted: Bool

    package init(
        target: String, disposition: AlertDisposition = .pending, closesIncident: Bool = false,
        onlyCloses: Bool = false, isUnrouted: Bool = false
    ) {
        self.target = target
        self.disposition = disposition
        self.closesIncident = closesIncident
        self.onlyCloses = onlyCloses
        self.isUnrouted = isUnrouted
    }
}
