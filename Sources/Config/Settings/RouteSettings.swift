package import Model

/// Which events of which clusters go to which targets: one item of `routes`.
///
/// What the config leaves out stays nil, because a route that names an event is more than one that carries it by
/// default: a settled cluster that goes is told only where `gone` is named.
package struct RouteSettings: Hashable, Sendable {
    /// Nil means the events that are on by default.
    package var events: Set<EventKind>?
    /// Ids, names or globs; nil means every cluster.
    package var clusters: [String]?
    /// Labels that a cluster must carry, all of them.
    package var labels: [String: String]
    /// Names of `Settings.targets`; nil means every target.
    package var targets: [String]?

    package init(
        events: Set<EventKind>? = nil, clusters: [String]? = nil, labels: [String: String] = [:],
        targets: [String]? = nil
    ) {
        self.events = events
        self.clusters = clusters
        self.labels = labels
        self.targets = targets
    }
}
