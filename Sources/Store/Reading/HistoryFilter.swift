package import Model

/// Which events a reader wants to see; what is empty or nil restricts nothing.
package struct HistoryFilter: Hashable, Sendable {
    /// Ids, names or globs (`*`, `?`, `[…]`); an event matches one of them.
    package var clusters: [String]
    /// Names of events; an event has one of them.
    package var events: [String]
    /// The status after the event, in any case of letters; it is one of them.
    package var statuses: [String]
    /// The account is one of them.
    package var accounts: [String]
    /// Observed at or after this.
    package var since: Timestamp?
    /// Observed at or before this.
    package var until: Timestamp?

    package init(
        clusters: [String] = [], events: [String] = [], statuses: [String] = [], accounts: [String] = [],
        since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.clusters = clusters
        self.events = events
        self.statuses = statuses
        self.accounts = accounts
        self.since = since
        self.until = until
    }
}
