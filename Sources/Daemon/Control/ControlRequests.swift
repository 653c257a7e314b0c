package import Model

/// What can be asked of the running daemon.
package protocol ControlRequests: Sendable {
    /// The object that `status --format json` prints.
    func status() async throws -> JSONValue

    func reload() async -> ReloadVerdict

    /// Polls a cluster as soon as the quota allows.
    ///
    /// - Parameter cluster: an id, or a name from the config.
    /// - Returns: its id; nil where it is not watched.
    func pollNow(_ cluster: String) async throws -> ClusterID?

    /// Makes alerts wait again, due at once.
    func retryAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer

    /// Gives up alerts that wait or are dead.
    func dropAlerts(_ order: AlertOrder) async throws(AlertOrderRefused) -> AlertAnswer
}

/// Which alerts to retry or to drop: by id, by target, or both.
package struct AlertOrder: Hashable, Sendable {
    /// `<installation>-<seq>`; nil means all that wait or are dead.
    package var ids: [String]?
    package var target: String?
    /// Only those of events observed at or after this.
    package var since: Timestamp?
    /// Retry also what was delivered: the receiver gets it twice.
    package var again = false

    package init(ids: [String]? = nil, target: String? = nil, since: Timestamp? = nil, again: Bool = false) {
        self.ids = ids
        self.target = target
        self.since = since
        self.again = again
    }
}

/// An alert as an operator names it.
package struct AlertName: Hashable, Sendable {
    package let id: String
    package let target: String

    package init(id: String, target: String) {
        self.id = id
        self.target = target
    }
}

/// What became of an order.
package struct AlertAnswer: Hashable, Sendable {
    package let changed: [AlertName]
    /// Meant by the order, but in a state to which it does not apply.
    package let unchanged: [AlertName]
    /// Ids of no alert that is known.
    package let unknown: [String]

    package init(changed: [AlertName], unchanged: [AlertName], unknown: [String]) {
        self.changed = changed
        self.unchanged = unchanged
        self.unknown = unknown
    }
}

/// Why an order could not be carried out.
package enum AlertOrderRefused: Error {
    /// The order itself is wrong; the text says how it would be right.
    case wrong(String)
    /// The database did not do it.
    case failed(String)
}
