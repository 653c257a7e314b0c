package import Model

/// Which events a reader wants to see; what is empty or nil restricts nothing.
package struct HistoryFilter: Hashable, Sendable {
    /// Ids, names or globs (`*`, `?`, `[…]`); an event matches one of them.
    package var clusters: [String]
    /// Names of events; an event has one of them.
    package var events: [String]
    /// The status after the event, in any case of letters.
    package var status: String?
    package var account: String?
    /// Observed at or after this.
    package var since: Timestamp?
    /// Observed at or before this.
    package var until: Timestamp?

    package init(
        clusters: [String] = [], events: [String] = [], status: String? = nil, account: String? = nil,
        since: Timestamp? = nil, until: Timestamp? = nil
    ) {
        self.clusters = clusters
        self.events = events
        self.status = status
        self.account = account
        self.since = since
        self.until = until
    }
}
