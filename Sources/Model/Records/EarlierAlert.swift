/// An earlier event of what an alert is about, and how far the alert's target was sent it.
package struct EarlierAlert: Hashable, Sendable {
    package let kind: EventKind
    /// The target has confirmed it.
    package let hasArrived: Bool
    /// The target has confirmed it, or some attempt was made, which may have arrived all the same.
    package let mayHaveArrived: Bool

    package init(kind: EventKind, hasArrived: Bool, mayHaveArrived: Bool) {
        self.kind = kind
        self.hasArrived = hasArrived
        self.mayHaveArrived = mayHaveArrived
    }
}

extension [EarlierAlert] {
    /// Whether a service that keeps incidents still has one of this kind open, after these alerts, newest first: each kind
    /// of trouble by itself. What is not known counts as open, since closing one too many does no harm: what opens it may
    /// have arrived, what closes it must have.
    package func leaveOpen(_ trouble: EventKind) -> Bool {
        let latest = self.first { alert in
            alert.kind == trouble
                ? alert.mayHaveArrived : alert.hasArrived && trouble.endedBy.contains(alert.kind)
        }
        return latest?.kind == trouble
    }
}
