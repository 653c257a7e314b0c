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
