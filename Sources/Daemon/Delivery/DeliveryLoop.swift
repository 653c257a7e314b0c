package import Alerts
import Model
import Store

/// Carries out what the outbox decides: reads what is due, sends, and settles what came of it.
///
/// The outbox has this one owner; others wake it by messages.
package actor DeliveryLoop {
    package enum Message: Sendable {
        case finished(FinishedAttempt)
        /// The process is about to stop: the attempt left no trace.
        case cutOff(Start)
        /// Alerts of these targets were committed, or need not wait longer.
        case wake(Set<String>)
        case reload(DeliveryPlan, CheckedContinuation<Void, any Error>)
        case stop
    }

    private var outbox: Outbox
    private var plan: DeliveryPlan
    private let store: StoreQueue
    private let announcer: Announcer
    private let heartbeats: Heartbeats
    private let clock: SystemClock
    private let inbox: Inbox<Message>
    private var random = SystemRandomNumberGenerator()
    /// After a commit that failed nothing is tried before this.
    private var restUntil: MonotonicInstant

    private static let afterFailedCommit = Duration.seconds(1)
    /// What is under way at a stop may still end within this: less than what systemd and an operator wait for.
    private static let gracePeriod = Duration.seconds(2)

    package init(
        outbox: Outbox, plan: DeliveryPlan, store: StoreQueue, announcer: Announcer, heartbeats: Heartbeats,
        clock: SystemClock
    ) {
        self.outbox = outbox
        self.plan = plan
        self.store = store
        self.announcer = announcer
        self.heartbeats = heartbeats
        self.clock = clock
        inbox = Inbox(clock: clock)
        restUntil = clock.now().monotonic
    }

    /// Goes on until `stop`. Attempts under way then get a moment to end; what is cut off stays pending.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while await turn(&group) {}
            await finishUnderWay()
            group.cancelAll()
        }
    }

    package nonisolated func stop() {
        inbox.post(.stop)
    }

    package nonisolated func wake(_ targets: Set<String>) {
        inbox.post(.wake(targets))
    }

    /// - Throws: `StoreError` where the database could not be asked; the old plan goes on then.
    package nonisolated func reload(_ plan: DeliveryPlan) async throws {
        try await withCheckedThrowingContinuation { inbox.post(.reload(plan, $0)) }
    }

    private func turn(_ group: inout DiscardingTaskGroup) async -> Bool {
        heartbeats.beat(.delivery)
        let (finished, goesOn) = await readInbox()
        await settle(finished)
        guard goesOn else { return false }
        if restUntil <= clock.now().monotonic {
            await sendDue(&group)
        }
        let now = clock.now()
        var wake = now.monotonic.advanced(by: heartbeats.interval)
        if let next = outbox.nextFetchAt(after: now.wall) {
            wake = min(wake, max(now.monotonic.advanced(by: max(.zero, next.since(now.wall))), restUntil))
        }
        await inbox.wait(until: wake)
        return true
    }

    private func readInbox() async -> ([FinishedAttempt], goesOn: Bool) {
        var finished: [FinishedAttempt] = []
        var goesOn = true
        for message in inbox.take() {
            switch message {
            case .finished(let attempt): finished.append(attempt)
            case .cutOff(let start): outbox.interrupt(start, at: clock.now().wall)
            case .wake(let targets): outbox.wake(targets, at: clock.now().wall)
            case .stop: goesOn = false
            case .reload(let plan, let reply):
                await settle(finished)
                finished = []
                await adopt(plan, reply)
            }
        }
        return (finished, goesOn)
    }

    private func sendDue(_ group: inout DiscardingTaskGroup) async {
        let now = clock.now()
        let fetches = outbox.fetches(at: now.wall)
        guard !fetches.isEmpty else { return }
        do {
            let offers = try await store.perform { store in try fetches.map { try store.offer(for: $0) } }
            let decision = outbox.decide(offers, at: now.wall)
            try await commit(decision)
            outbox.apply(decision)
            for start in decision.starts { send(start, &group) }
        } catch {
            rest(because: error)
        }
    }

    private func send(_ start: Start, _ group: inout DiscardingTaskGroup) {
        let deliver = plan.deliver
        group.addTask { [inbox] in
            if let attempt = await deliver(start) {
                inbox.post(.finished(attempt))
            } else {
                inbox.post(.cutOff(start))
            }
        }
    }

    private func settle(_ finished: [FinishedAttempt]) async {
        guard !finished.isEmpty else { return }
        let decision = outbox.decide(finished, at: clock.now().wall, using: &random)
        do {
            try await commit(decision)
            outbox.apply(decision)
            announcer.tell(attempts: finished, settled: decision.settlements)
        } catch {
            // Nothing moved: the alerts are pending as before and go out again under the same id.
            for attempt in finished { outbox.interrupt(attempt.start, at: clock.now().wall) }
            rest(because: error)
        }
    }

    /// Writes what the outbox decided, in one commit, and tells what is new.
    private func commit(_ decision: Alerts.Decision) async throws {
        guard decision.needsCommit else { return }
        let now = clock.now().wall
        let events = decision.events.map { RoutedEvent(event: $0, targets: plan.routes.targets(for: $0)) }
        let settlements = decision.settlements
        let targets = decision.targets
        let (stored, counts) = try await store.perform { store in
            let stored = try store.settle(settlements, targets: targets, events: events, at: now)
            return (stored, settlements.isEmpty ? nil : try store.alertCounts())
        }
        announcer.storageWorks()
        announcer.tell(targetEvents: stored, routed: events)
        if let counts { announcer.alertsWaiting(counts.pending, dead: counts.dead) }
    }

    private func rest(because error: any Error) {
        restUntil = clock.now().monotonic.advanced(by: Self.afterFailedCommit)
        announcer.storageFails(error)
    }

    private func finishUnderWay() async {
        let deadline = clock.now().monotonic.advanced(by: Self.gracePeriod)
        while !outbox.underWay.isEmpty, clock.now().monotonic < deadline {
            await inbox.wait(until: deadline)
            await settle(await readInbox().0)
        }
    }

    private func adopt(_ plan: DeliveryPlan, _ reply: CheckedContinuation<Void, any Error>) async {
        let now = clock.now().wall
        let names = Set(plan.targets.map(\.name))
        do {
            let records = try await store.perform { store in
                _ = try store.buryAlerts(ofTargetsNotIn: names, at: now)
                return try store.loadTargets()
            }
            outbox.configure(plan.targets, records: records, at: now)
            self.plan = plan
            reply.resume()
        } catch {
            reply.resume(throwing: error)
        }
    }
}

/// What the loop works by: replaced whole at a reload.
package struct DeliveryPlan: Sendable {
    package let targets: [TargetPlan]
    package let routes: EventRouting
    /// One attempt; nil where it was cut off before its end.
    package let deliver: @Sendable (Start) async -> FinishedAttempt?

    package init(
        targets: [TargetPlan], routes: EventRouting, deliver: @escaping @Sendable (Start) async -> FinishedAttempt?
    ) {
        self.targets = targets
        self.routes = routes
        self.deliver = deliver
    }
}
