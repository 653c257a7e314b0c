/// One entry of `routes`, validated: which events go to which targets.
package struct RouteSettings: Hashable, Sendable {
    /// Nil means the default events, `EventKind.isOnByDefault`.
    package var events: Set<EventKind>?
    /// Ids, names and globs (`*`, `?`); nil means every cluster.
    package var clusters: [String]?
    /// All of them must equal the cluster's.
    package var labels: [String: String]
    /// Names of targets; nil means every target.
    package var targets: [String]?
    /// When the route's alerts are sent; outside these hours they are held. Nil means at any time.
    package var hours: WeeklyHours?
    /// How often the route's targets are reminded of events that nobody acknowledged. Nil means never.
    package var remind: Duration?
    /// Who else gets an event that nobody acknowledged in time. Nil means nobody.
    package var escalate: EscalationSettings?

    package init(
        events: Set<EventKind>? = nil, clusters: [String]? = nil, labels: [String: String] = [:],
        targets: [String]? = nil, hours: WeeklyHours? = nil, remind: Duration? = nil,
        escalate: EscalationSettings? = nil
    ) {
        self.events = events
        self.clusters = clusters
        self.labels = labels
        self.targets = targets
        self.hours = hours
        self.remind = remind
        self.escalate = escalate
    }
}
