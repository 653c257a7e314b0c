package import Model
package import Monitor
package import Store

/// Carries out what the monitor decides, but for the polls themselves: decide, commit, apply, announce, in this order.
///
/// Waits for nothing but the database: when something is done is the loop's affair, or a simulation's.
package final class MonitorDriver {
    private var monitor: TaskMonitor
    private var routes: EventRouting
    private let store: any StoreAccess
    private let announcer: Announcer
    private let clock: any TimeSource
    /// How far the API's clock is from the host's, as far as that is known.
    private let serverOffset: @Sendable () -> Duration
    private var random: any RandomNumberGenerator
    /// Lets the delivery know which targets have new alerts.
    private let wakeDelivery: @Sendable (Set<String>) -> Void
    /// The last one: until one succeeds, only what is due is tried.
    private var hasFlushFailed = false

    /// The first readings of 10,000 trainings hold 25 points of a curve each: more than 10 MB if all wait for a minute.
    private static let mostUnwrittenRuns = 256

    package init(
        monitor: TaskMonitor, routes: EventRouting, store: any StoreAccess, announcer: Announcer,
        clock: any TimeSource, serverOffset: @escaping @Sendable () -> Duration = { .zero },
        random: any RandomNumberGenerator,
        wakeDelivery: @escaping @Sendable (Set<String>) -> Void
    ) {
        self.monitor = monitor
        self.routes = routes
        self.store = store
        self.announcer = announcer
        self.clock = clock
        self.serverOffset = serverOffset
        self.random = random
        self.wakeDelivery = wakeDelivery
    }

    package var overview: WatchOverview { monitor.overview }

    /// The last proof of each account that the API serves it.
    package var lastAnswers: [(scope: AccountRegion, at: MonotonicInstant)] { monitor.lastAnswers }

    /// What `flushPollTimes` would write.
    package var unsaved: Unsaved {
        Unsaved(pollTimes: monitor.unsavedPollTimes(), progress: monitor.unwrittenProgress())
    }

    package var figures: MonitorFigures { monitor.figures(at: clock.now().monotonic) }

    /// The calls to make now; they count as under way.
    package func takeDue() -> [PollOrder] {
        let now = clock.now().monotonic
        let orders = monitor.takeDue(at: now)
        if announcer.writesDebug { orders.forEach { announcer.write(CallEntry.taken($0, at: now)) } }
        return orders
    }

    /// When there may be something to do next, if no result comes before; nil if nothing is watched.
    package func nextWake() -> MonotonicInstant? {
        monitor.nextWake(after: clock.now().monotonic)
    }

    /// Polls a cluster as soon as its account has a call left; false if it is not watched.
    package func bringForward(_ cluster: ClusterID) -> Bool {
        monitor.bringForward(cluster, at: clock.now().monotonic)
    }

    /// Carries out what results mean, and what it means that none came.
    ///
    /// - Returns: the orders that were given up because their time is over.
    @discardableResult
    package func settle(_ results: [PollResult]) async -> [PollOrder] {
        let overdue = monitor.overdueCalls(at: clock.now()).filter { late in
            !results.contains { $0.order.number == late.order.number }
        }
        let results = results + overdue
        if !results.isEmpty {
            monitor.noteServerTime(of: results, offset: serverOffset())
            let decision = monitor.decide(results, using: &random)
            let slowdowns = monitor.noteCalls(of: decision, at: clock.now().monotonic)
            await carryOut(decision)
            announcer.report(slowdowns)
        }
        let silences = monitor.decideSilences(at: clock.now())
        if silences.isDurable { await carryOut(silences) }
        let raised = monitor.decideRaisedLimits(at: clock.now())
        if raised.isDurable { await carryOut(raised) }
        return overdue.map(\.order)
    }

    /// Stores the failures that wait for their logs, without the lines: nobody will do it later.
    ///
    /// - Parameters:
    ///   - reason: why their logs are not waited for, for the journal.
    ///   - isMeant: whose failures.
    /// - Returns: see `settle`.
    package func settleFailures(
        because reason: String, of isMeant: (ClusterRecord) -> Bool
    ) async -> [PollOrder] {
        let ends = monitor.endLogWaits(because: reason, at: clock.now(), of: isMeant)
        return ends.isEmpty ? [] : await settle(ends)
    }

    /// Writes the times of polls that were no news, and how far trainings are.
    package func flushPollTimes() async {
        await write(Unsaved(pollTimes: monitor.unsavedPollTimes(), progress: monitor.unwrittenProgress()))
    }

    /// Writes how far trainings are before its time if that is so much by now that it would take much memory.
    package func flushMuchProgress() async {
        guard !hasFlushFailed, monitor.unwrittenRuns >= Self.mostUnwrittenRuns else { return }
        await write(Unsaved(pollTimes: [], progress: monitor.unwrittenProgress()))
    }

    private func write(_ unsaved: Unsaved) async {
        let (times, progress) = (unsaved.pollTimes, unsaved.progress)
        guard !times.isEmpty || !progress.isEmpty else { return }
        let now = clock.now()
        do {
            _ = try await store.perform { try $0.record(Recording(pollTimes: times, progress: progress), at: now.wall) }
            monitor.markSaved(times)
            monitor.markSaved(progress)
            hasFlushFailed = false
            announcer.storageWorks()
        } catch {
            hasFlushFailed = true
            announcer.storageFails(error)
        }
    }

    /// Switches to another config: what stays goes on as it is.
    ///
    /// - Parameters:
    ///   - scopes: what this host holds of a database that several hosts share; nil: it has it alone.
    ///   - prepare: what else of the reload can fail, done in the same transaction.
    /// - Returns: what `prepare` returned; the switch is made then.
    /// - Throws: what `prepare` throws, and `StoreError`. Nothing has changed then, here or on the disk.
    package func adopt<Prepared: Sendable>(
        _ settings: MonitorSettings, within scopes: Set<AccountRegion>? = nil, routes: EventRouting,
        prepare: @escaping @Sendable (EventStore) throws -> Prepared
    ) async throws -> Prepared {
        await flushPollTimes()
        let now = clock.now()
        let (stored, prepared) = try await store.perform { store in
            try store.transaction { (try $0.takeOver(settings, within: scopes, at: now.wall), try prepare($0)) }
        }
        monitor = monitor.reconfigured(
            settings, restored: Planted.isOn(.takenUnread) ? [:] : stored.clusters, progress: stored.progress,
            failingScopes: stored.failingScopes,
            listed: stored.instances, at: now)
        self.routes = routes
        announcer.show(monitor.overview)
        return prepared
    }

    /// Watches less from now on; nothing of what it leaves is written any more.
    package func leave(for settings: MonitorSettings) {
        monitor = monitor.restricted(to: settings, at: clock.now())
        announcer.show(monitor.overview)
    }

    private func carryOut(_ decided: Decision) async {
        var decision = decided
        let now = clock.now()
        guard decision.isDurable else {
            monitor.apply(decision, at: now.monotonic)
            announcer.report(decision.notices)
            // A list that fails is not an event, and is in STATUS all the same.
            if !decision.notices.isEmpty { announcer.show(monitor.overview) }
            return
        }
        do {
            let newcomers = decision.newcomers
            if !newcomers.isEmpty {
                let known = try await store.perform { try ($0.loadClusters(newcomers), $0.loadProgress(newcomers)) }
                decision.recall(known.0, progress: known.1)
            }
            let recorded = try await store.perform { [routes, decision] store in
                // Events are few: only with them the silences are read.
                let route = decision.events.isEmpty ? { _ in [] } : try routes.decisions(on: store, at: now.wall)
                return try store.recordWhatIsAccepted(decision.recording(routedBy: route), at: now.wall)
            }
            monitor.apply(decision, at: now.monotonic)
            announcer.storageWorks()
            announcer.report(refused: recorded.refused, of: decision.events)
            announcer.report(decision.notices)
            announcer.report(recorded.events, routed: recorded.recording.events, overview: monitor.overview)
            if !Planted.isOn(.wakeForgotten) {
                wakeDelivery(recorded.recording.events.reduce(into: []) { $0.formUnion($1.alerts.map(\.target)) })
            }
        } catch {
            if Planted.isOn(.appliedUncommitted) {
                monitor.apply(decision, at: now.monotonic)
            } else {
                monitor.reject(decision, at: now.monotonic)
            }
            announcer.storageFails(error)
        }
    }
}
