package import Model
package import Monitor
import Store

/// Carries out what the monitor decides: polls, commits, and tells.
///
/// The monitor has this one owner. What others want of it (a reload, a poll now) comes in as a message and is answered
/// between two turns.
package actor PollLoop {
    package enum Message: Sendable {
        case result(PollResult)
        case reload(PollPlan, CheckedContinuation<Void, any Error>)
        case pollNow(ClusterID, CheckedContinuation<Bool, Never>)
        case stop
    }

    private var monitor: TaskMonitor
    private var plan: PollPlan
    private let store: StoreQueue
    private let announcer: Announcer
    private let heartbeats: Heartbeats
    private let clock: SystemClock
    /// Tells the delivery loop for which targets there are new alerts.
    private let wakeDelivery: @Sendable (Set<String>) -> Void
    private let inbox: Inbox<Message>
    private var random = SystemRandomNumberGenerator()
    private var nextFlush: MonotonicInstant

    /// Last-poll times are no news: they are written together, this often.
    private static let flushInterval = Duration.seconds(60)

    package init(
        monitor: TaskMonitor, plan: PollPlan, store: StoreQueue, announcer: Announcer, heartbeats: Heartbeats,
        clock: SystemClock, wakeDelivery: @escaping @Sendable (Set<String>) -> Void
    ) {
        self.monitor = monitor
        self.plan = plan
        self.store = store
        self.announcer = announcer
        self.heartbeats = heartbeats
        self.clock = clock
        self.wakeDelivery = wakeDelivery
        inbox = Inbox(clock: clock)
        nextFlush = clock.now().monotonic.advanced(by: Self.flushInterval)
    }

    /// Goes on until `stop`. Polls that are under way then are cancelled: they left no trace, so nothing is lost.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while await turn(&group) {}
            group.cancelAll()
        }
        await flushPollTimes()
    }

    package nonisolated func stop() {
        inbox.post(.stop)
    }

    /// Goes over to another plan between two turns.
    ///
    /// - Throws: `StoreError` where the database could not be asked; the old plan goes on then.
    package nonisolated func reload(_ plan: PollPlan) async throws {
        try await withCheckedThrowingContinuation { inbox.post(.reload(plan, $0)) }
    }

    /// Polls a cluster as soon as the quota allows; false where it is not watched.
    package nonisolated func pollNow(_ cluster: ClusterID) async -> Bool {
        await withCheckedContinuation { inbox.post(.pollNow(cluster, $0)) }
    }

    package var overview: WatchOverview { monitor.overview }

    /// What the database will have at the next flush.
    package var unsavedPollTimes: [PollTimes] { monitor.unsavedPollTimes() }

    private func turn(_ group: inout DiscardingTaskGroup) async -> Bool {
        heartbeats.beat(.polling)
        var results: [PollResult] = []
        var goesOn = true
        for message in inbox.take() {
            switch message {
            case .result(let result): results.append(result)
            case .stop: goesOn = false
            case .pollNow(let cluster, let reply):
                reply.resume(returning: monitor.bringForward(cluster, at: clock.now().monotonic))
            case .reload(let plan, let reply):
                // Results that came before belong to the plan under which they were ordered.
                await settle(results)
                results = []
                await adopt(plan, reply)
            }
        }
        await settle(results)
        guard goesOn else { return false }

        let now = clock.now()
        for order in monitor.takeDue(at: now.monotonic) {
            start(order, &group)
        }
        if nextFlush <= now.monotonic {
            nextFlush = now.monotonic.advanced(by: Self.flushInterval)
            await flushPollTimes()
        }
        let wake = monitor.nextWake(after: now.monotonic) ?? nextFlush
        await inbox.wait(until: min(wake, nextFlush, now.monotonic.advanced(by: heartbeats.interval)))
        return true
    }

    private func start(_ order: PollOrder, _ group: inout DiscardingTaskGroup) {
        let poller = plan.poller
        group.addTask { [inbox, clock] in
            let outcome = await poller.poll(order)
            inbox.post(.result(PollResult(cluster: order.cluster, outcome: outcome, at: clock.now())))
        }
    }

    /// Decide, commit, apply, tell: in this order, whatever happens.
    private func settle(_ results: [PollResult]) async {
        if !results.isEmpty {
            let decision = monitor.decide(results, using: &random)
            let slowdowns = monitor.noteCalls(of: decision, at: clock.now().monotonic)
            await carryOut(decision)
            announcer.tell(slowdowns)
        }
        let silences = monitor.decideSilences(at: clock.now())
        if silences.isDurable { await carryOut(silences) }
    }

    private func carryOut(_ decision: Monitor.Decision) async {
        let now = clock.now()
        guard decision.isDurable else {
            monitor.apply(decision, at: now.monotonic)
            announcer.tell(decision.notices)
            return
        }
        let recording = decision.recording(routedBy: plan.routes.targets)
        do {
            let stored = try await store.perform { try $0.record(recording, at: now.wall) }
            monitor.apply(decision, at: now.monotonic)
            announcer.storageWorks()
            announcer.tell(decision.notices)
            announcer.tell(stored, routed: recording.events, overview: monitor.overview)
            wakeDelivery(recording.events.reduce(into: []) { $0.formUnion($1.targets) })
        } catch {
            monitor.reject(decision, at: now.monotonic)
            announcer.storageFails(error)
        }
    }

    private func flushPollTimes() async {
        let times = monitor.unsavedPollTimes()
        guard !times.isEmpty else { return }
        let now = clock.now()
        do {
            _ = try await store.perform { try $0.record(Recording(pollTimes: times), at: now.wall) }
            monitor.markSaved(times)
            announcer.storageWorks()
        } catch {
            announcer.storageFails(error)
        }
    }

    private func adopt(_ plan: PollPlan, _ reply: CheckedContinuation<Void, any Error>) async {
        await flushPollTimes()
        let now = clock.now()
        let settings = plan.settings
        do {
            let (restored, scopes) = try await store.perform { try $0.takeOver(settings.clusters, at: now.wall) }
            monitor = monitor.reconfigured(settings, restored: restored, failingScopes: scopes, at: now)
            self.plan = plan
            announcer.show(monitor.overview)
            reply.resume()
        } catch {
            reply.resume(throwing: error)
        }
    }
}

/// What the loop works by: replaced whole at a reload.
package struct PollPlan: Sendable {
    package let settings: MonitorSettings
    package let poller: any TaskPoller
    package let routes: EventRouting

    package init(settings: MonitorSettings, poller: any TaskPoller, routes: EventRouting) {
        self.settings = settings
        self.poller = poller
        self.routes = routes
    }
}

/// Who is to hear of an event.
package struct EventRouting: Sendable {
    private let route: @Sendable (Event) -> [String]

    package init(_ route: @escaping @Sendable (Event) -> [String]) {
        self.route = route
    }

    package func targets(for event: Event) -> [String] { route(event) }
}
