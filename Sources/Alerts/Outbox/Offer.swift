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
    package var collecting = DigestGroup.backlog
    /// How many of them, oldest first; 0 if none are needed.
    package let backlogLimit: Int
    /// Whether the service keeps incidents open: it is sent only what closes one.
    package var wantsOpenTroubles = false

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
