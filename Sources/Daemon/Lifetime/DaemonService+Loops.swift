import Alerts
import Glibc
import Model
import Monitor
import Sharing
import Store

extension DaemonService {
    /// The loops that poll and deliver, with what the database knows.
    ///
    /// - Parameters:
    ///   - part: what this host does, if several divide the work: it begins with nothing, and takes over then.
    ///   - lastSeen: the latest time that is known of anybody's work, if several divide it.
    func loops(
        _ plans: Plans, store: StoreRoles, part: SharedPart?, parts: SharedParts, heartbeats: Heartbeats,
        answers: APIAnswers,
        firingLoop: FiringLoop, startedAt: Timestamp, lastSeen: Timestamp?
    ) async throws -> (PollLoop, DeliveryLoop) {
        let announcer = parts.announcer
        let now = clock.now()
        let settings = plans.poll.settings
        let targets = plans.delivery.targets
        let names = Set(targets.map(\.name))
        let stored: StoredState
        do {
            stored = try await store.queue.perform { [isAlone = part == nil] store in
                isAlone
                    ? try store.takeOver(settings, targets: names, pid: getpid(), startedAt: startedAt, at: now.wall)
                    : try store.join()
            }
        } catch let error as StoreError {
            throw DaemonError.store(part == nil ? error.confirmed : error)
        }
        let monitor = TaskMonitor(
            settings, restored: stored.watch.clusters, progress: stored.watch.progress,
            failingScopes: stored.watch.failingScopes, listed: stored.watch.instances, at: now)
        announcer.show(monitor.overview, with: stored.lastChange)
        announcer.alertsWaiting(stored.alerts.pending, dead: stored.alerts.dead)
        let deliveryLoop = DeliveryLoop(
            outbox: Outbox(plans: targets, records: stored.targets, at: now.wall), plan: plans.delivery,
            store: store.delivery,
            notifyStore: store.upkeep, announcer: announcer, heartbeats: heartbeats, clock: clock,
            lastSeen: part == nil ? stored.lastSeen : lastSeen, clockSteps: stored.clockSteps,
            isServedElsewhere: { part?.membership.view.targetsOfOthers.contains($0) ?? false },
            ended: { firingLoop.note($0) })
        let pollLoop = PollLoop(
            on: parts.apiHTTP, monitor: monitor, plan: plans.poll, store: store.polling, announcer: announcer,
            heartbeats: heartbeats, clock: clock, clockOffset: parts.apiShared.clockOffset,
            answers: answers,
            permits: { scope in part?.membership.mayAct(on: .scope(scope), reserve: SharedPart.reserve) ?? true },
            wakeDelivery: { deliveryLoop.wake($0) })
        return (pollLoop, deliveryLoop)
    }
}
