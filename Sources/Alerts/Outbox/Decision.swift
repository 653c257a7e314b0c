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
    /// Which of the target's pending alerts to read for a digest, due or not.
    package let collecting: DigestGroup
    /// How many of them, oldest first; 0 if none are needed.
    package let backlogLimit: Int
    /// Whether the service keeps incidents open: it is sent only what closes one.
    package let wantsOpenTroubles: Bool

    package init(
        target: String, dueBy: Timestamp, limit: Int, excluding: Set<Int64>, countUpTo: Int,
        collecting: DigestGroup = .backlog, backlogLimit: Int, wantsOpenTroubles: Bool = false
    ) {
        self.target = target
        self.dueBy = dueBy
        self.limit = limit
        self.excluding = excluding
        self.countUpTo = countUpTo
        self.collecting = collecting
        self.backlogLimit = backlogLimit
        self.wantsOpenTroubles = wantsOpenTroubles
    }

    /// The same question with its time on the wall clock.
    package func onWallClock(of clock: SteadyClock) -> Fetch {
        Fetch(
            target: target, dueBy: clock.wall(dueBy), limit: limit, excluding: excluding, countUpTo: countUpTo,
            collecting: collecting, backlogLimit: backlogLimit, wantsOpenTroubles: wantsOpenTroubles)
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
    /// The oldest pending alerts of the group that was asked for, by number.
    package let backlog: [PendingAlert]
    /// Heads that are due and that this version cannot read.
    package let unreadable: [UnreadableAlert]
    /// Which troubles of its cluster the target still has open, by the number of a due alert; missing if not known.
    package let openTroubles: [Int64: Set<EventKind>]

    package init(
        fetch: Fetch, due: [PendingAlert], nextDueAt: Timestamp? = nil, waiting: Int = 0, backlog: [PendingAlert] = [],
        unreadable: [UnreadableAlert] = [], openTroubles: [Int64: Set<EventKind>] = [:]
    ) {
        self.fetch = fetch
        self.due = due
        self.nextDueAt = nextDueAt
        self.waiting = waiting
        self.backlog = backlog
        self.unreadable = unreadable
        self.openTroubles = openTroubles
    }

    /// The same answer to the question as the outbox asked it, in steady time.
    package func inSteadyTime(of clock: SteadyClock, for fetch: Fetch) -> Offer {
        func steady(_ alert: PendingAlert) -> PendingAlert {
            PendingAlert(
                event: alert.event, target: alert.target, attempts: alert.attempts,
                createdAt: clock.begin(ofWhatWasWrittenAt: alert.createdAt),
                nextAttemptAt: clock.steady(alert.nextAttemptAt), asPlainText: alert.asPlainText,
                mail: alert.mail, heldBy: alert.heldBy, digestThrough: alert.digestThrough)
        }
        return Offer(
            fetch: fetch, due: due.map(steady), nextDueAt: nextDueAt.map(clock.steady), waiting: waiting,
            backlog: backlog.map(steady), unreadable: unreadable, openTroubles: openTroubles)
    }
}

/// One attempt to make: a message to a target.
package struct Start: Hashable, Sendable {
    package let target: String
    /// One alert, or the alerts that a digest tells, by number.
    package let alerts: [PendingAlert]
    package let isDigest: Bool
    /// Why its alerts are sent together, if it is a digest.
    package let group: DigestGroup
    package let asPlainText: Bool
    /// Which troubles of the alert's cluster the service still has open; nil if that is not known.
    package let openTroubles: Set<EventKind>?
    /// The chat to send to in place of the config's.
    package let chat: MovedChat?

    init(alert: PendingAlert, openTroubles: Set<EventKind>? = nil, chat: MovedChat? = nil) {
        target = alert.target
        alerts = [alert]
        isDigest = false
        group = .backlog
        asPlainText = alert.asPlainText
        self.openTroubles = openTroubles
        self.chat = chat
    }

    init(digestOf alerts: [PendingAlert], group: DigestGroup = .backlog, for target: String, chat: MovedChat? = nil) {
        self.target = target
        self.alerts = alerts
        isDigest = true
        self.group = group
        asPlainText = alerts.contains { $0.asPlainText }
        openTroubles = nil
        self.chat = chat
    }

    /// What to render.
    package var message: Message {
        guard !isDigest, let alert = alerts.first else {
            return .digest(Digest(alerts.map(\.held), reason: group.reason(of: alerts)))
        }
        return .alert(alert.held)
    }

    /// Who has its mail already.
    package var mail: MailProgress { .common(alerts.map(\.mail)) }

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
/// `Outbox.apply`, then make the `starts`. If the commit fails, drop the decision: nothing has moved, and the same
/// question gets an answer as good. Its times are steady; `onWallClock` makes them fit for the database.
package struct Decision: Sendable {
    package var settlements: [Settlement] = []
    package var targets: [TargetRecord] = []
    /// `target_failing` and `target_recovered`.
    package var events: [Event] = []
    package var starts: [Start] = []
    /// Targets whose chat has moved, for the journal.
    package var moved: [TargetRecord] = []
    /// The outbox as it is once this is committed.
    let outcome: Outbox

    package var needsCommit: Bool { !settlements.isEmpty || !targets.isEmpty || !events.isEmpty }

    /// Alerts that end without an attempt: nobody would hear of them otherwise.
    package var givenUp: [Settlement] {
        settlements.filter { $0.state == .dead && $0.attempt == nil }
    }

    /// The same decision with every time that is to be stored on the wall clock.
    package func onWallClock(of clock: SteadyClock) -> Decision {
        var decision = self
        decision.settlements = settlements.map { settlement in
            Settlement(
                alert: settlement.alert, state: settlement.state,
                nextAttemptAt: settlement.nextAttemptAt.map(clock.wall), asPlainText: settlement.asPlainText,
                attempt: settlement.attempt, note: settlement.note)
        }
        decision.targets = targets.map { $0.shifted(by: clock.wall) }
        decision.events = events.map { event in
            var event = event
            event.observedAt = clock.wall(event.observedAt)
            event.notBefore = event.notBefore.map(clock.wall)
            return event
        }
        return decision
    }
}

extension TargetRecord {
    /// The record with its times on another clock.
    package func shifted(by shift: (Timestamp) -> Timestamp) -> TargetRecord {
        var record = self
        record.blockedUntil = blockedUntil.map(shift)
        record.tokensAt = tokensAt.map(shift)
        record.suspendedSince = suspendedSince.map(shift)
        record.probeAt = probeAt.map(shift)
        return record
    }
}

extension DigestGroup {
    /// What the message says about why its events come together.
    fileprivate func reason(of alerts: [PendingAlert]) -> Digest.Reason {
        switch self {
        case .held:
            .held(
                by: alerts.flatMap(\.heldBy).reduce(into: []) { reasons, reason in
                    if !reasons.contains(reason) { reasons.append(reason) }
                })
        case .backlog: .backlog
        case .endedLongAgo: .endedBefore
        case .targets: .targets
        }
    }
}

extension PendingAlert {
    /// The event with what held the alert until now.
    fileprivate var held: StoredEvent {
        var held = event
        held.heldBy = heldBy
        return held
    }
}
