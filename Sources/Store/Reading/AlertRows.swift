package import Model

/// One alert as `alerts list` shows it.
package struct AlertRow: Hashable, Sendable {
    package let seq: Int64
    /// `<installation>-<seq>`.
    package let id: String
    package let event: String
    package let cluster: String?
    package let name: String?
    package let target: String
    package let state: AlertState
    package let attempts: Int
    package let createdAt: Timestamp
    /// Not before the target may be sent anything at all: the next probe of a suspended one, the end of a pause. Nil if
    /// it is settled, or waits behind others of its cluster.
    package let nextAttemptAt: Timestamp?
    package let lastAttemptAt: Timestamp?
    package let lastCode: String?
    package let lastError: String?
    /// When it is looked at again; nil unless it is held.
    package let heldUntil: Timestamp?
    /// What holds it, or held it; empty if nothing did.
    package let heldBy: [HoldReason]
}

/// One attempt as `alerts show` shows it.
package struct AttemptEntry: Hashable, Sendable {
    /// Counts from 1; the oldest are dropped after a hundred.
    package let number: Int
    package let startedAt: Timestamp
    package let duration: Duration
    /// `delivered`, `accepted`, `throttled`, `try_again`, `message_refused` or `target_broken`.
    package let outcome: String
    /// The service's own code, else the HTTP status as text, else the transport's word.
    package let code: String?
    /// The HTTP status; nil without an answer.
    package let httpStatus: Int?
    package let reason: String?
    /// The first 4 KiB of the answer, secrets masked.
    package let answer: String?
}

/// Which alerts a reader wants to see.
package struct AlertFilter: Hashable, Sendable {
    /// Of what has arrived nobody needs a list.
    package static let openStates: Set<AlertState> = [.pending, .held, .dead]

    package var states: Set<AlertState>
    /// For one of them; empty restricts nothing.
    package var targets: [String]
    /// Made at or after this.
    package var since: Timestamp?

    package init(states: Set<AlertState> = openStates, targets: [String] = [], since: Timestamp? = nil) {
        self.states = states
        self.targets = targets
        self.since = since
    }
}
