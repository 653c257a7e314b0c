import Model

/// The outbox's view of one target.
struct Lane: Sendable {
    private(set) var plan: TargetPlan
    /// What is on disk once the last decision is.
    var record: TargetRecord
    var underWay: [Start] = []
    /// Those under way that were begun with other settings: that they fail says nothing about the new ones.
    var begunBefore: [Start] = []
    /// Those under way that were begun before the target was suspended: that they fail, too, does not answer a probe.
    var begunBeforeSuspension: [Start] = []
    /// When to look into the store again; nil while nothing is known to wait.
    var fetchAt: Timestamp?
    /// After trouble ended: what waits for its next attempt need not wait on.
    var isDraining = false
    /// A test message has arrived there since the last failure: a target that is suspended is then working again, also if
    /// no alert waits that could show it.
    var isProven = false
    /// Alerts were seen that belong into a digest.
    var wanted: DigestGroup?
    /// How many due alerts wait for others to be sent together with; what is behind them must not wait with them.
    var heldBack = 0
    /// The target goes to another host: nothing new begins, and what is under way ends as always.
    private(set) var isLeaving = false
    /// Alerts up to this number were refused as a digest and go one by one.
    var singlyThrough: Int64 = 0
    /// Attempts in a row that found nobody, or a server that failed.
    private var failures = 0
    /// A target that is away gets few attempts, however many alerts wait for it: nothing starts before.
    private(set) var restsUntil: Timestamp?

    init(plan: TargetPlan, record: TargetRecord, fetchAt: Timestamp) {
        self.plan = plan
        self.record = record
        self.fetchAt = fetchAt
        forgetOldMove()
    }

    /// One digest at a time.
    var mayBeginDigest: Bool { plan.groupCapacity != nil && !underWay.contains(where: \.isDigest) }

    var isSuspended: Bool { record.suspendedSince != nil }

    /// How many more attempts may start: a suspended target gets one probe at a time.
    var freeSlots: Int {
        isLeaving ? 0 : max(0, (isSuspended ? 1 : plan.concurrency) - underWay.count)
    }

    var alertsUnderWay: Set<Int64> {
        Set(underWay.flatMap(\.alerts).map(\.event.seq))
    }

    /// The lines, as the store queues alerts, of which one is under way.
    var busyLines: Set<String> {
        Set(underWay.flatMap(\.alerts).map(\.event.event.line))
    }

    /// Whether an alert waits for others, to be sent with them in one message.
    func isGrouped(_ alert: PendingAlert) -> Bool {
        plan.groupCapacity != nil && alert.event.seq > singlyThrough && DigestGroup(of: alert) != nil
    }

    /// Whether an alert is part of the digest that was begun.
    func isInDigest(_ alert: PendingAlert) -> Bool {
        guard let through = record.digestThrough else { return false }
        return alert.event.seq <= through && record.digestGroup.contains(alert)
    }

    /// The target judged a message: it is there.
    mutating func noteAnswer() {
        failures = 0
        restsUntil = nil
    }

    /// An attempt failed in a way that passes.
    mutating func noteFailure(at now: Timestamp) {
        failures = min(failures + 1, Self.failuresBeforeRest)
        if failures == Self.failuresBeforeRest { restsUntil = now.advanced(by: Self.rest) }
    }

    /// Enough that a few messages which a server cannot digest do not hold up others.
    private static let failuresBeforeRest = 20
    /// Short, so that what waits is sent soon after the target is back.
    private static let rest = Duration.seconds(1)

    mutating func end(_ start: Start) {
        underWay.removeAll { $0 == start }
        begunBefore.removeAll { $0 == start }
        begunBeforeSuspension.removeAll { $0 == start }
    }

    mutating func leave() {
        isLeaving = true
    }

    mutating func look(at moment: Timestamp) {
        fetchAt = min(fetchAt ?? moment, moment)
    }

    /// Goes over to other settings. If they differ, the operator has repaired something: what waits is tried now.
    ///
    /// - Returns: whether the record changed.
    mutating func adopt(_ plan: TargetPlan, at now: Timestamp) -> Bool {
        let differs = !self.plan.reaches(theSameAs: plan)
        self.plan = plan
        isLeaving = false
        look(at: now)
        var hasForgotten = forgetOldMove()
        if forgetDigest() { hasForgotten = true }
        guard differs else { return hasForgotten }
        noteAnswer()
        begunBefore = underWay
        return repair(at: now, drains: true) || hasForgotten
    }

    /// Makes the probe of a suspended target due.
    ///
    /// - Parameter drains: whether what waits for its next attempt is due, too.
    /// - Returns: whether the record changed.
    mutating func repair(at now: Timestamp, drains: Bool) -> Bool {
        look(at: now)
        if drains {
            isDraining = true
            noteAnswer()
        }
        guard isSuspended else {
            if drains { record.brokenStreak = 0 }
            return false
        }
        record.probeAt = now
        // A probe that fails all the same waits as if it were the first.
        record.brokenStreak = min(record.brokenStreak, Outbox.brokenLimit - 1)
        return true
    }

    /// The members of a digest that was begun wait for it. A target that gets each alert by itself now, since its type was
    /// changed, has none.
    private mutating func forgetDigest() -> Bool {
        guard plan.groupCapacity == nil, record.digestThrough != nil else { return false }
        record.digestThrough = nil
        return true
    }

    /// The config's `chat_id`, once changed, is what the operator wants.
    @discardableResult
    private mutating func forgetOldMove() -> Bool {
        guard let moved = record.movedChat, moved.configured != plan.chatID else { return false }
        record.movedChat = nil
        return true
    }
}

/// What targets of one credential share.
struct SharedLimit: Sendable {
    var bucket: TokenBucket
    /// Nothing is sent before: `Retry-After` and similar headers.
    var blockedUntil: Timestamp?
    /// Refusals for sending too fast, in a row.
    var throttleStreak = 0

    func readyAt(_ now: Timestamp) -> Timestamp {
        // Whatever was stored: no service can ask for more.
        let blocked = blockedUntil.map { min($0, now.advanced(by: Outbox.longestWait)) } ?? now
        return max(blocked, bucket.readyAt(now))
    }
}
