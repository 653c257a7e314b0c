package import Alerts
package import Model
import Store

/// Carries out what the outbox decides, but for the sending itself: decide, commit, apply, report, in this order.
///
/// Waits for nothing but the database: when something is done is the loop's affair, or a simulation's. Between the
/// outbox, which counts in steady time, and the database, which holds wall time, it translates.
package final class OutboxDriver {
    private var outbox: Outbox
    private var routes: EventRouting
    private let store: any StoreAccess
    private let announcer: Announcer
    private let clock: any TimeSource
    private var random: any RandomNumberGenerator
    private var steady: SteadyClock
    /// A step of the wall clock that the stored waits do not reflect yet.
    private var step: SteadyClock.Step?
    /// The time before this process in which no other ran, until the database knows of it.
    private let gap: ClockStep?
    /// Whether waits that an earlier process stored were checked against the clock.
    private var hasCheckedWaits = false
    /// After a commit that failed nothing is tried before this.
    private var restUntil: MonotonicInstant
    /// Attempts that ended and whose outcome the disk has not taken. They stay under way for the outbox, so that none is
    /// made again; at most as many as may be under way.
    private var unsettled: [FinishedAttempt] = []

    /// The names of all targets, until what waits for others is dead.
    private var keptTargets: Set<String>?
    private var burials = Burials()

    /// Attempts that were under way when their target went to another host: their ends mean nothing here.
    private var abandoned: [Start] = []
    /// Whether no other host serves targets: it buries what waits for none, and looks after all waits.
    private let isAlone: Bool

    /// Whether events of the outbox's own were committed since it was last asked.
    private var hasOwnEvents = false

    private static let afterFailedCommit = Duration.seconds(1)
    /// Clocks of two processes of one host may differ by so much, as when the time service has just corrected it.
    private static let mostSkew = Duration.seconds(2)

    /// Less than this between two processes makes no alert old.
    private static let shortestGap = Duration.seconds(60)

    /// - Parameters:
    ///   - isAlone: whether no other host serves targets.
    ///   - lastSeen: the latest time that the database holds of an earlier process's work.
    ///   - clockSteps: how the clock went on for earlier processes, oldest first.
    package init(
        outbox: Outbox, routes: EventRouting, store: any StoreAccess, announcer: Announcer, clock: any TimeSource,
        random: any RandomNumberGenerator, isAlone: Bool = true, lastSeen: Timestamp? = nil,
        clockSteps: [ClockStep] = []
    ) {
        self.isAlone = isAlone
        let now = clock.now()
        steady = SteadyClock(startingAt: now, lastSeen: lastSeen, steps: clockSteps)
        gap = lastSeen.flatMap {
            now.wall.since($0) > Self.shortestGap ? ClockStep(expected: $0, shown: now.wall) : nil
        }
        var outbox = outbox
        if let lastSeen, lastSeen > now.wall.advanced(by: Self.mostSkew) {
            // The clock was set back while nobody ran: the waits were meant from then on.
            outbox.setBack(by: lastSeen.since(now.wall))
            step = SteadyClock.Step(expected: lastSeen, change: now.wall.since(lastSeen))
        }
        self.outbox = outbox
        self.routes = routes
        self.store = store
        self.announcer = announcer
        self.clock = clock
        self.random = random
        restUntil = now.monotonic
    }

    package var isSending: Bool { !outbox.underWay.isEmpty }

    /// Whether an attempt at one of these targets is under way, or its end is not stored.
    package func isBusy(with targets: Set<String>) -> Bool {
        outbox.underWay.contains { targets.contains($0.target) }
            || unsettled.contains { targets.contains($0.start.target) }
    }

    /// These targets are another host's: what is under way to them means nothing any more.
    package func abandon(_ targets: Set<String>) {
        // Those that have ended already do not end again: what is remembered of them would be taken for the end of a later
        // attempt at the same alert.
        let ended = Set(unsettled.map(\.start))
        abandoned += outbox.underWay.filter { targets.contains($0.target) && !ended.contains($0) }
        unsettled.removeAll { targets.contains($0.start.target) }
        outbox.forget(targets)
    }

    /// - Returns: whether it was abandoned.
    private func isOver(_ start: Start) -> Bool {
        guard let place = abandoned.firstIndex(of: start) else { return false }
        abandoned.remove(at: place)
        return true
    }

    /// The attempts to make now; they count as under way.
    package func takeDue() async -> [Start] {
        await settle([])
        guard restUntil <= clock.now().monotonic else { return [] }
        let now = steadyNow()
        do {
            try await noteStep()
            try await buryRemoved()
            let fetches = outbox.fetches(at: now)
            guard !fetches.isEmpty || outbox.hasUnsavedRecords else { return [] }
            let asked = fetches.map { $0.onWallClock(of: steady) }
            let answers =
                asked.isEmpty ? [] : try await store.perform { store in try asked.map { try store.offer(for: $0) } }
            let offers = zip(answers, fetches).map { $0.inSteadyTime(of: steady, for: $1) }
            let decision = outbox.decide(offers, at: now)
            try await carryOut(decision)
            return decision.starts
        } catch {
            rest(because: error)
            return []
        }
    }

    /// Whether events were committed here since the last call: something may have become due, or be over.
    package func takeOwnEvents() -> Bool {
        defer { hasOwnEvents = false }
        return hasOwnEvents
    }

    /// When there may be something to do next, if no message comes before; nil while nothing is known to wait.
    package func nextWake() -> MonotonicInstant? {
        guard unsettled.isEmpty, keptTargets == nil else { return restUntil }
        guard !outbox.hasUnsavedRecords, step == nil else { return restUntil }
        let moment = clock.now()
        let now = steadyNow(moment)
        return outbox.nextFetchAt(after: now).map { next in
            max(moment.monotonic.advanced(by: max(.zero, next.since(now))), restUntil)
        }
    }

    /// Alerts of these targets were committed.
    package func wake(_ targets: Set<String>) {
        outbox.wake(targets, at: steadyNow())
    }

    /// The operator has repaired these targets, or wants them tried: a suspended one is probed now.
    ///
    /// - Parameter drains: whether everything that waits for its next attempt is due, too.
    package func repair(_ targets: Set<String>, drains: Bool) {
        outbox.repair(targets, drains: drains, at: steadyNow())
        announceSuspended()
    }

    /// An attempt was cut off: it left no trace.
    package func interrupt(_ start: Start) {
        guard !isOver(start) else { return }
        outbox.interrupt(start, at: steadyNow())
    }

    /// Carries out what ended attempts mean. If the disk does not take it, it is tried again once a second.
    package func settle(_ finished: [FinishedAttempt]) async {
        unsettled += abandoned.isEmpty ? finished : finished.filter { !isOver($0.start) }
        let attempts = unsettled
        guard !attempts.isEmpty, restUntil <= clock.now().monotonic else { return }
        let now = steadyNow()
        do {
            try await noteStep()
            let decision = outbox.decide(attempts, at: now, using: &random)
            try await carryOut(decision)
            unsettled.removeFirst(attempts.count)
            announcer.report(attempts: attempts, settled: decision.onWallClock(of: steady).settlements, at: now)
        } catch {
            if Planted.isOn(.settledUncommitted) { unsettled.removeFirst(attempts.count) }
            rest(because: error)
        }
    }

    /// Switches to another config: targets that stay go on as they are. What waits for others becomes dead at the next
    /// turn, or as soon as the disk takes it; where several hosts serve targets, it is left as it is.
    ///
    /// - Parameter records: what the database remembers of targets, for those that are new.
    package func adopt(_ targets: [TargetPlan], records: [TargetRecord], routes: EventRouting) {
        let now = steadyNow()
        outbox.configure(
            targets, records: records.map { $0.shifted(by: steady.steady) }, isShared: !isAlone, at: now)
        self.routes = routes
        if isAlone { keptTargets = Set(targets.map(\.name)) }
        announceSuspended()
    }

    /// Ends the wait of alerts whose targets the last reload took out of the config.
    private func buryRemoved() async throws {
        guard let names = keptTargets else { return }
        let now = clock.now().wall
        // What is being sent may arrive: the end of its attempt says whether it is dead.
        let underWay = Set(outbox.underWay.flatMap(\.alerts).map(\.key))
        let (target, buried, isMore, counts) = try await store.perform { store in
            let (target, buried, isMore) = try store.buryAlerts(ofTargetsNotIn: names, sparing: underWay, at: now)
            return (target, buried, isMore, try store.alertCounts())
        }
        // One batch a turn, so that a long backlog delays no other target.
        if !isMore { keptTargets = nil }
        for (target, count) in burials.note(buried, of: target, isMore: isMore) {
            announcer.write(DeliveryEntry.buried(count, target: target))
        }
        if buried > 0 { announcer.alertsWaiting(counts.pending, dead: counts.dead) }
    }

    /// Writes what the outbox decided, in one commit, makes it true and reports what is new.
    private func carryOut(_ decision: OutboxDecision) async throws {
        guard decision.needsCommit else {
            outbox.apply(decision)
            return
        }
        let now = clock.now().wall
        let written = decision.onWallClock(of: steady)
        let settlements = written.settlements
        let targets = written.targets
        let underWay = Set(outbox.underWay.flatMap(\.alerts).map(\.key))
        let ownEvents = written.events
        let (stored, events, counts) = try await store.perform { [routes] store in
            let route = ownEvents.isEmpty ? { _ in [] } : try routes.decisions(on: store, at: now)
            let events = ownEvents.map { RoutedEvent(event: $0, alerts: route($0)) }
            let stored = try store.settle(
                settlements, targets: targets, events: events, underWay: underWay, at: now)
            // A count that cannot be read must not undo what is on disk.
            return (stored, events, settlements.isEmpty && events.isEmpty ? nil : try? store.alertCounts())
        }
        outbox.apply(decision)
        announcer.storageWorks()
        announcer.report(targetEvents: stored, routed: events)
        if let counts { announcer.alertsWaiting(counts.pending, dead: counts.dead) }
        await report(decision)
        announceSuspended()
        // There are new alerts now for those that are to hear of another one's trouble.
        wake(events.reduce(into: []) { $0.formUnion($1.alerts.map(\.target)) })
        hasOwnEvents = hasOwnEvents || !events.isEmpty
    }

    private func report(_ decision: OutboxDecision) async {
        for entry in decision.moved.compactMap(DeliveryEntry.moved) { announcer.write(entry) }
        guard !decision.givenUp.isEmpty, let numbering = try? await store.perform({ $0.numbering }) else { return }
        // Each by the code it was made under: a database that was restored has had another one before.
        for entry in DeliveryEntry.givenUp(decision.givenUp, id: { numbering.id($0).description }) {
            announcer.write(entry)
        }
    }

    private func announceSuspended() {
        announcer.show(suspended: outbox.suspended.map { $0.shifted(by: steady.wall) })
    }

    // MARK: - Time

    private func steadyNow(_ moment: Moment? = nil) -> Timestamp {
        let (now, step) = steady.advance(to: moment ?? clock.now())
        if let step {
            announcer.write(DeliveryEntry.clockStepped(by: step.change))
            // Two steps before the first is on disk are one.
            self.step = SteadyClock.Step(
                expected: self.step?.expected ?? step.expected,
                change: (self.step?.change ?? .zero) + step.change)
        }
        return now
    }

    /// Lets what waits in the database wait as long as it was to, whatever the wall clock shows now.
    private func noteStep() async throws {
        guard let step else { return try await checkWaits() }
        let now = clock.now().wall
        let targets = outbox.records.map { $0.shifted(by: steady.wall) }
        try await store.perform { [isAlone] in
            try $0.keepWaits(
                after: step.expected, change: step.change, targets: targets, onlyOfThese: !isAlone, at: now)
        }
        self.step = nil
        try await checkWaits()
    }

    /// The clock may have been set back while no daemon ran.
    private func checkWaits() async throws {
        // Whoever serves no target has no say in what waits.
        guard !hasCheckedWaits, isAlone || !outbox.records.isEmpty else { return }
        let now = clock.now().wall
        try await store.perform { [gap] in try $0.boundWaits(at: now, after: gap) }
        hasCheckedWaits = true
    }

    private func rest(because error: any Error) {
        restUntil = clock.now().monotonic.advanced(by: Self.afterFailedCommit)
        announcer.storageFails(error)
    }
}
