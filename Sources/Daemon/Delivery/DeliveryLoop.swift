package import Alerts
package import Model

/// Sends what the outbox says is due, and hands it what came of it.
///
/// The outbox has this one owner; others wake it by messages.
package actor DeliveryLoop {
    /// What others want of the loop, and what its attempts bring.
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
        /// Send these targets nothing new, and answer when nothing is under way.
        case finish(Set<String>, CheckedContinuation<Void, Never>)
        /// These targets are another host's.
        case leave(Set<String>, CheckedContinuation<Void, Never>)
        case stop
    }

    private let driver: OutboxDriver
    private let notifying: NotifyDriver?
    private var plan: DeliveryPlan
    private let ended: @Sendable (FinishedAttempt) -> Void
    private let heartbeats: Heartbeats
    private let clock: SystemClock
    private let inbox: Inbox<Message>
    /// Targets whose last attempts are waited for, and by whom.
    private var finishing: [(targets: Set<String>, reply: CheckedContinuation<Void, Never>)] = []

    /// What is under way at a stop may still end within this: less than what systemd and an operator wait for.
    private static let gracePeriod = Duration.seconds(2)

    /// - Parameters:
    ///   - notifyStore: the database for what is done once for all targets; nil: `store`.
    ///   - isServedElsewhere: whether another host names a target that this one does not, by its name.
    ///   - ended: called with every attempt that ended, before its outcome is stored.
    package init(
        outbox: Outbox, plan: DeliveryPlan, store: any StoreAccess, notifyStore: (any StoreAccess)? = nil,
        announcer: Announcer, heartbeats: Heartbeats,
        clock: SystemClock, lastSeen: Timestamp? = nil, clockSteps: [ClockStep] = [],
        isServedElsewhere: @escaping @Sendable (String) -> Bool = { _ in false },
        ended: @escaping @Sendable (FinishedAttempt) -> Void = { _ in }
    ) {
        driver = OutboxDriver(
            outbox: outbox, routes: plan.routes, store: store, announcer: announcer, clock: clock,
            random: SystemRandomNumberGenerator(), isAlone: plan.isAlone, lastSeen: lastSeen, clockSteps: clockSteps)
        notifying = plan.routes.notifier.map {
            NotifyDriver(
                notifier: $0, capacities: plan.capacities, store: notifyStore ?? store, announcer: announcer,
                clock: clock, isServedElsewhere: isServedElsewhere)
        }
        self.plan = plan
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
        refuse(inbox.close())
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

    /// Sends these targets nothing new, and returns when nothing is under way and what came of it is stored.
    nonisolated func finish(_ targets: Set<String>) async {
        await withCheckedContinuation { reply in
            if !inbox.post(.finish(targets, reply)) { reply.resume() }
        }
    }

    /// Has nothing to do with these targets any more: once this returns, nothing is written of them. Needs no database.
    nonisolated func leave(_ targets: Set<String>) async {
        await withCheckedContinuation { reply in
            if !inbox.post(.leave(targets, reply)) { reply.resume() }
        }
    }

    private func turn(_ group: inout DiscardingTaskGroup) async -> Bool {
        heartbeats.beat(.delivery)
        let (finished, goesOn) = await readInbox()
        await driver.settle(finished)
        guard goesOn else { return false }
        answerFinished()
        if let notifying, plan.notifies {
            if driver.takeOwnEvents() { notifying.noteEvents() }
            driver.wake(await notifying.turn())
        }
        for start in await driver.takeDue() { send(start, &group) }
        let beat = clock.now().monotonic.advanced(by: heartbeats.interval)
        let notifyAt = plan.notifies ? notifying?.nextWake() : nil
        await inbox.wait(until: [driver.nextWake(), notifyAt, beat].compactMap(\.self).min() ?? beat)
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
                self.plan = plan
            case .finish(let targets, let reply):
                plan = plan.leaving(targets)
                driver.adopt(plan.targets, records: [], routes: plan.routes)
                finishing.append((targets, reply))
            case .leave(let targets, let reply):
                plan = plan.leaving(targets)
                driver.adopt(plan.targets, records: [], routes: plan.routes)
                driver.abandon(targets)
                reply.resume()
            }
        }
        return (finished, goesOn)
    }

    private func send(_ start: Start, _ group: inout DiscardingTaskGroup) {
        let deliver = plan.deliver
        group.addTask { [inbox, ended] in
            if let attempt = await deliver(start) {
                ended(attempt)
                inbox.post(.finished(attempt))
            } else {
                inbox.post(.cutOff(start))
            }
        }
    }

    private func answerFinished() {
        guard !finishing.isEmpty else { return }
        let done = finishing.filter { !driver.isBusy(with: $0.targets) }
        finishing.removeAll { !driver.isBusy(with: $0.targets) }
        for entry in done { entry.reply.resume() }
    }

    /// Answers those who wait when the loop ends.
    private func refuse(_ messages: [Message]) {
        for message in messages {
            switch message {
            case .finish(_, let reply), .leave(_, let reply): reply.resume()
            case .finished, .cutOff, .wake, .repair, .notifyingChanged, .reload, .stop: break
            }
        }
        for entry in finishing { entry.reply.resume() }
        finishing = []
    }

    private func finishUnderWay() async {
        let deadline = clock.now().monotonic.advanced(by: Self.gracePeriod)
        while driver.isSending, clock.now().monotonic < deadline {
            await inbox.wait(until: deadline)
            await driver.settle(await readInbox().0)
        }
    }
}
