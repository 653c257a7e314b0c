package import Alerts
package import Model

/// Sends what the outbox says is due, and hands it what came of it.
///
/// The outbox has this one owner; others wake it by messages.
package actor DeliveryLoop {
    package enum Message: Sendable {
        case finished(FinishedAttempt)
        /// The process is about to stop: the attempt left no trace.
        case cutOff(Start)
        /// Alerts of these targets were committed, or need not wait longer.
        case wake(Set<String>)
        /// These targets were repaired, or are to be tried at once.
        case repair(Set<String>, drains: Bool)
        /// A silence began or ended, or an event was acknowledged.
        case notifyingChanged
        case reload(DeliveryPlan, [TargetRecord])
        case stop
    }

    private let driver: OutboxDriver
    private let notifying: NotifyDriver?
    private var deliver: @Sendable (Start) async -> FinishedAttempt?
    private let ended: @Sendable (FinishedAttempt) -> Void
    private let heartbeats: Heartbeats
    private let clock: SystemClock
    private let inbox: Inbox<Message>

    /// What is under way at a stop may still end within this: less than what systemd and an operator wait for.
    private static let gracePeriod = Duration.seconds(2)

    /// - Parameter ended: called with every attempt that ended, before its outcome is stored.
    package init(
        outbox: Outbox, plan: DeliveryPlan, store: StoreQueue, announcer: Announcer, heartbeats: Heartbeats,
        clock: SystemClock, lastSeen: Timestamp? = nil, clockSteps: [ClockStep] = [],
        ended: @escaping @Sendable (FinishedAttempt) -> Void = { _ in }
    ) {
        driver = OutboxDriver(
            outbox: outbox, routes: plan.routes, store: store, announcer: announcer, clock: clock,
            random: SystemRandomNumberGenerator(), lastSeen: lastSeen, clockSteps: clockSteps)
        notifying = plan.routes.notifier.map {
            NotifyDriver(
                notifier: $0, capacities: plan.capacities, store: store, announcer: announcer, clock: clock)
        }
        deliver = plan.deliver
        self.ended = ended
        self.heartbeats = heartbeats
        self.clock = clock
        inbox = Inbox(clock: clock)
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

    /// An operator has repaired these targets, or wants them tried: a suspended one is probed now.
    ///
    /// - Parameter drains: whether everything that waits for its next attempt is due, too.
    package nonisolated func repair(_ targets: Set<String>, drains: Bool) {
        inbox.post(.repair(targets, drains: drains))
    }

    /// A silence began or ended, or an event was acknowledged: what is held, and what is due, is looked at anew.
    package nonisolated func notifyingChanged() {
        inbox.post(.notifyingChanged)
    }

    /// Switches to another plan between two turns. This cannot fail: what can was done before.
    ///
    /// - Parameter records: what the database remembers of targets, for those that are new.
    package nonisolated func reload(_ plan: DeliveryPlan, records: [TargetRecord]) {
        inbox.post(.reload(plan, records))
    }

    private func turn(_ group: inout DiscardingTaskGroup) async -> Bool {
        heartbeats.beat(.delivery)
        let (finished, goesOn) = await readInbox()
        await driver.settle(finished)
        guard goesOn else { return false }
        if let notifying {
            if driver.takeOwnEvents() { notifying.noteEvents() }
            driver.wake(await notifying.turn())
        }
        for start in await driver.takeDue() { send(start, &group) }
        let beat = clock.now().monotonic.advanced(by: heartbeats.interval)
        await inbox.wait(until: [driver.nextWake(), notifying?.nextWake(), beat].compactMap(\.self).min() ?? beat)
        return true
    }

    private func readInbox() async -> ([FinishedAttempt], goesOn: Bool) {
        var finished: [FinishedAttempt] = []
        var goesOn = true
        for message in inbox.take() {
            switch message {
            case .finished(let attempt): finished.append(attempt)
            case .cutOff(let start): driver.interrupt(start)
            case .wake(let targets):
                driver.wake(targets)
                notifying?.noteEvents()
            case .notifyingChanged: notifying?.noteChange()
            case .repair(let targets, let drains): driver.repair(targets, drains: drains)
            case .stop: goesOn = false
            case .reload(let plan, let records):
                await driver.settle(finished)
                finished = []
                driver.adopt(plan.targets, records: records, routes: plan.routes)
                if let notifier = plan.routes.notifier { notifying?.adopt(notifier, capacities: plan.capacities) }
                deliver = plan.deliver
            }
        }
        return (finished, goesOn)
    }

    private func send(_ start: Start, _ group: inout DiscardingTaskGroup) {
        let deliver = deliver
        group.addTask { [inbox, ended] in
            if let attempt = await deliver(start) {
                ended(attempt)
                inbox.post(.finished(attempt))
            } else {
                inbox.post(.cutOff(start))
            }
        }
    }

    private func finishUnderWay() async {
        let deadline = clock.now().monotonic.advanced(by: Self.gracePeriod)
        while driver.isSending, clock.now().monotonic < deadline {
            await inbox.wait(until: deadline)
            await driver.settle(await readInbox().0)
        }
    }
}

/// What the loop works by: replaced whole at a reload.
package struct DeliveryPlan: Sendable {
    package let targets: [TargetPlan]
    package let routes: EventRouting
    /// One attempt; nil if it was cut off before its end.
    package let deliver: @Sendable (Start) async -> FinishedAttempt?
}

extension DeliveryPlan {
    /// How many alerts one message to a target can name; a target that is missing gets each by itself.
    var capacities: [String: Int] {
        Dictionary(targets.compactMap { plan in plan.groupCapacity.map { (plan.name, $0) } }) { first, _ in first }
    }
}
