import Model

/// The outbox's view of one target.
struct Lane: Sendable {
    var plan: TargetPlan
    /// What is on disk once the last decision is.
    var record: TargetRecord
    var underWay: [Start] = []
    /// When to look into the store again; nil while nothing is known to wait.
    var fetchAt: Timestamp?
    /// After trouble ended: what waits for its next attempt need not wait on.
    var isDraining = false
    /// A backlog was seen that is worth a digest.
    var wantsDigest = false
    /// Alerts up to this number were refused as a digest and go one by one.
    var singlyThrough: Int64 = 0

    init(plan: TargetPlan, record: TargetRecord, fetchAt: Timestamp) {
        self.plan = plan
        self.record = record
        self.fetchAt = fetchAt
    }

    var isSuspended: Bool { record.suspendedSince != nil }

    /// How many more attempts may start: a suspended target gets one probe at a time.
    var freeSlots: Int {
        max(0, (isSuspended ? 1 : plan.concurrency) - underWay.count)
    }

    var alertsUnderWay: Set<Int64> {
        Set(underWay.flatMap(\.alerts).map(\.event.seq))
    }

    /// The lines, as the store queues alerts, of which one is under way.
    var busyLines: Set<String> {
        Set(underWay.flatMap(\.alerts).map(\.event.event.line))
    }

    /// A time that no wait can have led to: the clock was set back.
    func isBeyondAnyWait(_ moment: Timestamp, now: Timestamp) -> Bool {
        moment.since(now) > max(Outbox.longestWait, plan.longestWait)
    }

    mutating func look(at moment: Timestamp) {
        fetchAt = min(fetchAt ?? moment, moment)
    }
}

/// What targets of one credential share.
struct SharedLimit: Sendable {
    var bucket: TokenBucket
    /// Nothing is sent before: `Retry-After` and its kin.
    var blockedUntil: Timestamp?
    /// Refusals for sending too fast, in a row.
    var throttleStreak = 0

    func readyAt(_ now: Timestamp) -> Timestamp {
        // A clock set back must not make a wait of minutes one of months.
        let blocked = blockedUntil.map { min($0, now.advanced(by: Outbox.longestWait)) } ?? now
        return max(blocked, bucket.readyAt(now))
    }
}
