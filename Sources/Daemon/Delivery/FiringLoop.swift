package import Alerts
package import Model
import Store
import Systemd

/// Repeats to every Alertmanager what it is to hold firing, for as long as it is held, and ends for a while.
///
/// What is held follows from what was delivered: read from the database at a start and at a reload, then kept up with
/// by what is delivered. So a restart forgets nothing, and nothing more is stored. Repeating is best effort: whatever
/// fails is repeated a minute later, and the outbox's own attempts know nothing of it. An alert is delivered once one
/// replica has it; what the others missed, they get from here.
package actor FiringLoop {
    private enum Message: Sendable {
        case delivered(FinishedAttempt)
        case repeated(target: String, Verdict?)
        case reload(FiringPlan)
        case stop
    }

    /// One target of the type `alertmanager`.
    private struct Holder {
        let hold: Duration
        var alerts: FiringAlerts
        var isLoaded = false
        /// Came before the past was read.
        var early: [FinishedAttempt] = []
        var isRepeating = false
        var isFailing = false
    }

    private var plan: FiringPlan
    private var holders: [String: Holder] = [:]
    private let store: any StoreAccess
    private let announcer: Announcer
    private let heartbeats: Heartbeats
    private let clock: SystemClock
    private let interval: Duration
    private let inbox: Inbox<Message>

    /// Until the past is read again, if the database could not be read.
    private static let afterFailedLoad = Duration.seconds(10)

    /// - Parameter interval: how often everything is repeated.
    package init(
        plan: FiringPlan, store: any StoreAccess, announcer: Announcer, heartbeats: Heartbeats, clock: SystemClock,
        interval: Duration = FiringAlerts.interval
    ) {
        self.plan = plan
        self.store = store
        self.announcer = announcer
        self.heartbeats = heartbeats
        self.clock = clock
        self.interval = interval
        inbox = Inbox(clock: clock)
        holders = Self.holders(plan, interval: interval)
    }

    /// Goes on until `stop`; what is being sent then is cut off.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while await turn(&group) {}
            group.cancelAll()
        }
    }

    package nonisolated func stop() {
        inbox.post(.stop)
    }

    /// An attempt ended, at whatever target.
    package nonisolated func note(_ attempt: FinishedAttempt) {
        guard attempt.record.verdict.outcome == .delivered else { return }
        inbox.post(.delivered(attempt))
    }

    /// Goes over to another config.
    package nonisolated func reload(_ plan: FiringPlan) {
        inbox.post(.reload(plan))
    }

    // MARK: - Turns

    private func turn(_ group: inout DiscardingTaskGroup) async -> Bool {
        heartbeats.beat(.firing)
        guard readInbox() else { return false }
        let hasLoaded = await load()
        let now = clock.now()
        for name in holders.keys.sorted() { beginRepeating(name, at: now.monotonic, &group) }
        let next = holders.values.filter { !$0.isRepeating }
            .compactMap { $0.alerts.nextDueAt(after: now.monotonic) }.min()
        var wait = next.map { max(.zero, $0.since(now.monotonic)) } ?? heartbeats.interval
        if !hasLoaded { wait = min(wait, Self.afterFailedLoad) }
        await inbox.wait(until: now.monotonic.advanced(by: min(wait, heartbeats.interval)))
        return true
    }

    private func readInbox() -> Bool {
        for message in inbox.take() {
            switch message {
            case .delivered(let attempt): note(attempt, for: attempt.start.target)
            case .repeated(let target, let verdict): finishRepeating(target, verdict)
            case .reload(let plan): adopt(plan)
            case .stop: return false
            }
        }
        return true
    }

    private func adopt(_ plan: FiringPlan) {
        self.plan = plan
        var holders = Self.holders(plan, interval: interval)
        for (name, old) in self.holders {
            // One round at a time, also across a reload; everything else is read anew.
            holders[name]?.isRepeating = old.isRepeating
            holders[name]?.isFailing = old.isFailing
        }
        self.holders = holders
    }

    private static func holders(_ plan: FiringPlan, interval: Duration) -> [String: Holder] {
        plan.holds.mapValues { (hold: Duration) -> Holder in
            var alerts = FiringAlerts(hold: hold, interval: interval)
            // Whether a replica misses ends of before shows in the first round.
            alerts.owesEnds = true
            return Holder(hold: hold, alerts: alerts)
        }
    }

    // MARK: - What is held

    private func note(_ attempt: FinishedAttempt, for target: String) {
        guard let holder = holders[target] else { return }
        guard holder.isLoaded else {
            holders[target]?.early.append(attempt)
            return
        }
        for alert in attempt.start.alerts {
            holders[target]?.alerts.note(alert.event, deliveredAt: attempt.record.startedAt, at: clock.now())
        }
    }

    /// Reads what was delivered within the time that still counts.
    ///
    /// - Returns: false if the database could not be read.
    private func load() async -> Bool {
        for (name, holder) in holders where !holder.isLoaded {
            let since = clock.now().wall.advanced(by: .zero - holder.hold - FiringAlerts.resolveRepeat)
            do {
                let past = try await store.perform {
                    try $0.deliveries(to: name, since: since, limit: FiringAlerts.most)
                }
                for delivery in past {
                    holders[name]?.alerts.note(
                        delivery.event, deliveredAt: delivery.deliveredAt, at: clock.now())
                }
                holders[name]?.isLoaded = true
                // Those of them that the database had already are noted twice, which changes nothing.
                let early = holders[name]?.early ?? []
                holders[name]?.early = []
                for attempt in early { note(attempt, for: name) }
            } catch {
                announcer.storageFails(error)
                return false
            }
        }
        return true
    }

    // MARK: - Repeating

    private func beginRepeating(_ name: String, at now: MonotonicInstant, _ group: inout DiscardingTaskGroup) {
        guard let holder = holders[name], holder.isLoaded, !holder.isRepeating,
            let batches = holders[name]?.alerts.due(at: now), !batches.isEmpty
        else { return }
        holders[name]?.isRepeating = true
        group.addTask { [remind = plan.remind, inbox] in
            // All of them, whatever becomes of one: the other replicas take the rest.
            var verdicts: [Verdict] = []
            for batch in batches {
                guard let verdict = await remind(batch, name) else { break }
                verdicts.append(verdict)
            }
            let isWhole = verdicts.count == batches.count
            inbox.post(.repeated(target: name, isWhole ? Verdict.worst(of: verdicts) : nil))
        }
    }

    private func finishRepeating(_ name: String, _ verdict: Verdict?) {
        guard let holder = holders[name] else { return }
        holders[name]?.isRepeating = false
        // Nil: the target was taken out of the config, or the loop stops.
        guard let verdict else { return }
        let isFailing = verdict.outcome != .delivered
        holders[name]?.alerts.owesEnds = isFailing
        guard isFailing != holder.isFailing else { return }
        holders[name]?.isFailing = isFailing
        announcer.write(
            isFailing
                ? JournalEntry(
                    "Alertmanager target \(name) did not accept the repeats of firing alerts: "
                        + "\(verdict.reason ?? "no reason given"). They may be shown as resolved there. Check every address "
                        + "in `urls`. Next attempt in \(DurationText.write(interval)).",
                    priority: .warning)
                : JournalEntry(
                    "Alertmanager target \(name) works again: it accepts the alerts that keep firing.",
                    priority: .notice))
    }
}

/// Which targets hold alerts, and how they are reminded: replaced whole at a reload.
package struct FiringPlan: Sendable {
    /// `hold`, by the target's name.
    package let holds: [String: Duration]
    /// Sends one batch to every replica; nil if it was cut off.
    package let remind: @Sendable ([FiringAlert], String) async -> Verdict?
}
