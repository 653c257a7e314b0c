package import Alerts
package import Model
import Store

/// Carries out what the outbox decides, but for the sending itself: decide, commit, apply, tell, in this order.
///
/// Waits for nothing but the database: when something is done is the loop's affair, or a simulation's.
package final class OutboxDriver {
    private var outbox: Outbox
    private var routes: EventRouting
    private let store: any StoreAccess
    private let announcer: Announcer
    private let clock: any TimeSource
    private var random: any RandomNumberGenerator
    /// After a commit that failed nothing is tried before this.
    private var restUntil: MonotonicInstant
    /// Attempts that ended and whose outcome the disk has not taken. They stay under way for the outbox, so that none is
    /// made again; at most as many as may be under way.
    private var unsettled: [FinishedAttempt] = []

    /// The names of all targets, until what waits for others is dead.
    private var keptTargets: Set<String>?

    private static let afterFailedCommit = Duration.seconds(1)

    package init(
        outbox: Outbox, routes: EventRouting, store: any StoreAccess, announcer: Announcer, clock: any TimeSource,
        random: any RandomNumberGenerator
    ) {
        self.outbox = outbox
        self.routes = routes
        self.store = store
        self.announcer = announcer
        self.clock = clock
        self.random = random
        restUntil = clock.now().monotonic
    }

    package var isSending: Bool { !outbox.underWay.isEmpty }

    /// The attempts to make now; they count as under way.
    package func takeDue() async -> [Start] {
        await settle([])
        let now = clock.now()
        guard restUntil <= now.monotonic else { return [] }
        do {
            try await buryRemoved()
            let fetches = outbox.fetches(at: now.wall)
            guard !fetches.isEmpty else { return [] }
            let offers = try await store.perform { store in try fetches.map { try store.offer(for: $0) } }
            let decision = outbox.decide(offers, at: now.wall)
            let told = try await commit(decision)
            outbox.apply(decision)
            announcer.show(suspended: outbox.suspended)
            wake(told)
            return decision.starts
        } catch {
            rest(because: error)
            return []
        }
    }

    /// When there may be something to do next, if no message comes before; nil while nothing is known to wait.
    package func nextWake() -> MonotonicInstant? {
        guard unsettled.isEmpty, keptTargets == nil else { return restUntil }
        let now = clock.now()
        return outbox.nextFetchAt(after: now.wall).map { next in
            max(now.monotonic.advanced(by: max(.zero, next.since(now.wall))), restUntil)
        }
    }

    /// Alerts of these targets were committed, or need not wait longer.
    package func wake(_ targets: Set<String>) {
        outbox.wake(targets, at: clock.now().wall)
    }

    /// An attempt was cut off: it left no trace.
    package func interrupt(_ start: Start) {
        outbox.interrupt(start, at: clock.now().wall)
    }

    /// Carries out what ended attempts mean. Where the disk does not take it, it is tried again once a second.
    package func settle(_ finished: [FinishedAttempt]) async {
        unsettled += finished
        let attempts = unsettled
        guard !attempts.isEmpty, restUntil <= clock.now().monotonic else { return }
        let decision = outbox.decide(attempts, at: clock.now().wall, using: &random)
        do {
            let told = try await commit(decision)
            outbox.apply(decision)
            announcer.show(suspended: outbox.suspended)
            unsettled.removeFirst(attempts.count)
            wake(told)
            announcer.tell(attempts: attempts, settled: decision.settlements)
        } catch {
            rest(because: error)
        }
    }

    /// Switches to another config: targets that stay go on as they are. What waits for others becomes dead at the next
    /// turn, or as soon as the disk takes it.
    ///
    /// - Parameter records: what the database remembers of targets, for those that are new.
    package func adopt(_ targets: [TargetPlan], records: [TargetRecord], routes: EventRouting) {
        outbox.configure(targets, records: records, at: clock.now().wall)
        self.routes = routes
        keptTargets = Set(targets.map(\.name))
        announcer.show(suspended: outbox.suspended)
    }

    /// Ends the wait of alerts whose targets the last reload took out of the config.
    private func buryRemoved() async throws {
        guard let names = keptTargets else { return }
        let now = clock.now().wall
        let (counts, isMore) = try await store.perform { store in
            let isMore = try store.buryAlerts(ofTargetsNotIn: names, at: now).isMore
            return (try store.alertCounts(), isMore)
        }
        // One batch a turn, so that a long backlog delays no other target.
        if !isMore { keptTargets = nil }
        announcer.alertsWaiting(counts.pending, dead: counts.dead)
    }

    /// Writes what the outbox decided, in one commit, and tells what is new.
    ///
    /// - Returns: the targets for which there are new alerts now: those that are to hear of another one's trouble.
    private func commit(_ decision: Decision) async throws -> Set<String> {
        guard decision.needsCommit else { return [] }
        let now = clock.now().wall
        let events = decision.events.map { RoutedEvent(event: $0, targets: routes.targets(for: $0)) }
        let settlements = decision.settlements
        let targets = decision.targets
        let (stored, counts) = try await store.perform { store in
            let stored = try store.settle(settlements, targets: targets, events: events, at: now)
            // A count that cannot be read must not undo what is on disk.
            return (stored, settlements.isEmpty ? nil : try? store.alertCounts())
        }
        announcer.storageWorks()
        announcer.tell(targetEvents: stored, routed: events)
        if let counts { announcer.alertsWaiting(counts.pending, dead: counts.dead) }
        return events.reduce(into: []) { $0.formUnion($1.targets) }
    }

    private func rest(because error: any Error) {
        restUntil = clock.now().monotonic.advanced(by: Self.afterFailedCommit)
        announcer.storageFails(error)
    }
}
