package import Model

/// Asks the store for alerts of one target.
package struct Fetch: Hashable, Sendable {
    package let target: String
    /// Alerts that are due by then; far in the future where the queue drains after trouble.
    package let dueBy: Timestamp
    /// How many of the due to read, oldest first.
    package let limit: Int
    /// Under way already. They stay the heads of their clusters: what comes behind them must not be offered.
    package let excluding: Set<Int64>
    /// Count what waits up to this many; 0 where it does not matter.
    package let countUpTo: Int
    /// How many of the target's oldest pending alerts to read, due or not, heads or not; 0 where not needed.
    package let backlogLimit: Int

    package init(
        target: String, dueBy: Timestamp, limit: Int, excluding: Set<Int64>, countUpTo: Int, backlogLimit: Int
    ) {
        self.target = target
        self.dueBy = dueBy
        self.limit = limit
        self.excluding = excluding
        self.countUpTo = countUpTo
        self.backlogLimit = backlogLimit
    }
}

/// What the store answers to a `Fetch`.
package struct Offer: Hashable, Sendable {
    package let fetch: Fetch
    /// The oldest pending alert of each cluster, as far as due by `fetch.dueBy`, by number.
    package let due: [PendingAlert]
    /// When the first head that is neither among those nor under way falls due; nil where none waits.
    package let nextDueAt: Timestamp?
    /// How many wait in all, counted up to `fetch.countUpTo`.
    package let waiting: Int
    /// The target's oldest pending alerts, by number.
    package let backlog: [PendingAlert]

    package init(
        fetch: Fetch, due: [PendingAlert], nextDueAt: Timestamp? = nil, waiting: Int = 0, backlog: [PendingAlert] = []
    ) {
        self.fetch = fetch
        self.due = due
        self.nextDueAt = nextDueAt
        self.waiting = waiting
        self.backlog = backlog
    }
}

/// One attempt to make: a message to a target.
package struct Start: Hashable, Sendable {
    package let target: String
    /// One alert, or the alerts that a digest tells, by number.
    package let alerts: [PendingAlert]
    package let isDigest: Bool
    package let asPlainText: Bool

    init(alert: PendingAlert) {
        target = alert.target
        alerts = [alert]
        isDigest = false
        asPlainText = alert.asPlainText
    }

    init(digestOf alerts: [PendingAlert], for target: String) {
        self.target = target
        self.alerts = alerts
        isDigest = true
        asPlainText = alerts.contains { $0.asPlainText }
    }

    /// What to render.
    package var message: Message {
        isDigest ? .digest(Digest(alerts.map(\.event))) : alerts.first.map { .alert($0.event) } ?? .digest(Digest([]))
    }

    var keys: [AlertKey] { alerts.map(\.key) }
}

/// An attempt that ended.
package struct FinishedAttempt: Hashable, Sendable {
    package let start: Start
    package let record: AttemptRecord

    package init(_ start: Start, startedAt: Timestamp, duration: Duration, verdict: Verdict) {
        self.start = start
        record = AttemptRecord(startedAt: startedAt, duration: duration, verdict: verdict)
    }
}

/// What the outbox wants written, and what to start once that is on disk.
///
/// Commit `settlements`, `targets` and `events` (routed) in one transaction, then hand the decision to
/// `Outbox.apply`, then make the `starts`. Where the commit fails, drop the decision: nothing has moved, and the same
/// question gets an answer as good.
package struct Decision: Sendable {
    package var settlements: [Settlement] = []
    package var targets: [TargetRecord] = []
    /// `target_failing` and `target_recovered`.
    package var events: [Event] = []
    package var starts: [Start] = []
    /// The outbox as it is once this is committed.
    let outcome: Outbox

    package var needsCommit: Bool { !settlements.isEmpty || !targets.isEmpty || !events.isEmpty }
}
