/// What an event of a rule says beside the fields of every event.
package indirect enum RuleContent: Hashable, Sendable {
    /// The id and the kind of the event that nobody acknowledged in time, and when that was observed.
    case escalated(of: String, original: EventKind, observedAt: Timestamp)
    /// What is open, newest first.
    case reminder([OpenItem])
    case summary(SummaryFigures)
}

/// An open event as a reminder lists it.
package struct OpenItem: Hashable, Sendable {
    /// `<installation>-<seq>`.
    package let id: String
    package let kind: EventKind
    package let cluster: ClusterID?
    package let name: String?
    package let since: Timestamp

    package init(id: String, kind: EventKind, cluster: ClusterID?, name: String?, since: Timestamp) {
        self.id = id
        self.kind = kind
        self.cluster = cluster
        self.name = name
        self.since = since
    }

    package init(_ open: OpenEvent) {
        let event = open.event.event
        self.init(
            id: open.event.id, kind: event.kind, cluster: event.cluster, name: event.name, since: event.observedAt)
    }
}

extension Event {
    /// The trouble that the event speaks of: an escalated one speaks of its original.
    package var troubleKind: EventKind {
        if case .escalated(_, let original, _)? = content { original } else { kind }
    }

    /// When it was observed; an escalated one speaks of its original.
    package var troubleObservedAt: Timestamp {
        if case .escalated(_, _, let time)? = content { time } else { observedAt }
    }

    /// The event as it is sent when nobody acknowledged it in time.
    package func escalated(of id: String) -> Event {
        var event = self
        event.kind = .escalated
        event.content = .escalated(of: id, original: kind, observedAt: observedAt)
        return event
    }
}
