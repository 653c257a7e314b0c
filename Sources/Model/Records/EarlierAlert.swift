/// An earlier event of what an alert is about, and how far the alert's target was sent it.
package struct EarlierAlert: Hashable, Sendable {
    package let kind: EventKind
    /// The target has confirmed it.
    package let hasArrived: Bool
    /// The target has confirmed it, or some attempt was made, which may have arrived all the same.
    package let mayHaveArrived: Bool
    /// When the alert's state last changed, by the wall clock; nil if that is not known or it is still to be sent.
    package let changedAt: Timestamp?
    /// An escalation opens what its original opens. It ends nothing.
    package let isEscalation: Bool

    package init(
        kind: EventKind, hasArrived: Bool, mayHaveArrived: Bool, changedAt: Timestamp? = nil, isEscalation: Bool = false
    ) {
        self.kind = kind
        self.hasArrived = hasArrived
        self.mayHaveArrived = mayHaveArrived
        self.changedAt = changedAt
        self.isEscalation = isEscalation
    }
}

extension [EarlierAlert] {
    /// Whether a service that keeps incidents still has one of this kind open, after these alerts, newest first: each kind
    /// of trouble by itself. What is not known counts as open, since closing one too many does no harm: what opens it may
    /// have arrived, what closes it must have. So does what arrived after its end, as an operator's retry of an old
    /// failure does, though clocks that were set may only make it look so.
    package func leaveOpen(_ trouble: EventKind) -> Bool {
        let relevant = filter { alert in
            alert.kind == trouble
                ? alert.mayHaveArrived
                : alert.hasArrived && !alert.isEscalation && trouble.endedBy.contains(alert.kind)
        }
        guard let latest = relevant.first else { return false }
        if latest.kind == trouble { return true }
        // What is still to be sent comes after all that has arrived, and what ends trouble after what opens it.
        let opened = relevant.filter { $0.kind == trouble }.map { $0.changedAt?.milliseconds ?? .max - 1 }.max()
        let closed = relevant.filter { $0.kind != trouble }.map { $0.changedAt?.milliseconds ?? .max }.max()
        guard let opened, let closed else { return false }
        return opened > closed
    }
}
