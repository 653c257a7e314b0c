import Alerts
package import Model
package import Notifying
import Store

/// Carries out what time brings to who is notified when: the ends of holds, reminders, escalations, summaries.
///
/// Waits for nothing but the database. All it remembers is there: a new process goes on where the last one ended.
package final class NotifyDriver {
    private var notifier: Notifier
    /// How many alerts one message to a target can name, by its name; a target that is missing gets each by itself.
    private var capacities: [String: Int]
    private let store: any StoreAccess
    private let announcer: Announcer
    private let clock: any TimeSource
    private let isServedElsewhere: @Sendable (String) -> Bool
    /// Where a round through all that is held goes on; nil if none is due.
    private var round: HoldPlace? = .start
    /// Nil until they were read.
    private var rules: [RuleRecord]?
    /// On the wall clock; nil: nothing is known to become due.
    private var lookAt: Timestamp?
    private var lastLook: Timestamp?
    private var restUntil: MonotonicInstant

    private static let afterFailure = Duration.seconds(1)
    /// Of a clock that is corrected.
    private static let mostSkew = Duration.seconds(2)

    /// - Parameter isServedElsewhere: whether another host names a target that this one does not, by its name.
    package init(
        notifier: Notifier, capacities: [String: Int], store: any StoreAccess, announcer: Announcer,
        clock: any TimeSource, isServedElsewhere: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.isServedElsewhere = isServedElsewhere
        self.notifier = notifier
        self.capacities = capacities
        self.store = store
        self.announcer = announcer
        self.clock = clock
        let now = clock.now()
        lookAt = now.wall
        restUntil = now.monotonic
    }

    /// Does what is due.
    ///
    /// - Returns: the targets that were given alerts to send.
    package func turn() async -> Set<String> {
        let moment = clock.now()
        let now = moment.wall
        guard restUntil <= moment.monotonic else { return [] }
        if let lastLook, now.advanced(by: Self.mostSkew) < lastLook, !Planted.isOn(.clockBackHolds) {
            // The clock was set back: what was held until a time on it is looked at anew.
            round = .start
            self.lastLook = nil
        }
        guard round != nil || lookAt.map({ $0 <= now }) ?? false else { return [] }
        let turn = NotifyTurn(
            notifier: notifier, capacities: capacities, isServedElsewhere: isServedElsewhere, round: round,
            rules: rules, now: now)
        do {
            let outcome = try await store.perform { try turn.run(on: $0) }
            round = outcome.round
            rules = outcome.rules
            lookAt = outcome.next
            lastLook = now
            report(outcome)
            if let error = outcome.failure {
                rest(because: error)
            } else if outcome.hasWritten {
                announcer.storageWorks()
            }
            return outcome.targets
        } catch {
            rest(because: error)
            return []
        }
    }

    /// When there may be something to do next; nil while nothing is known to become due.
    package func nextWake() -> MonotonicInstant? {
        let moment = clock.now()
        guard round == nil else { return restUntil }
        return lookAt.map { next in
            max(moment.monotonic.advanced(by: max(.zero, next.since(moment.wall))), restUntil)
        }
    }

    /// Events were committed: something may have become due, or be over. Looked at once a second at most.
    package func noteEvents() {
        let now = clock.now().wall
        look(at: lastLook.map { max(now, min($0, now).advanced(by: Self.afterFailure)) } ?? now)
    }

    /// A silence began or ended, or an event was acknowledged: all holds are looked at anew.
    package func noteChange() {
        round = .start
        look(at: clock.now().wall)
    }

    /// Goes over to another config: hours that were taken out hold nothing any more.
    package func adopt(_ notifier: Notifier, capacities: [String: Int]) {
        self.notifier = notifier
        self.capacities = capacities
        rules = nil
        noteChange()
    }

    private func look(at moment: Timestamp) { lookAt = min(lookAt ?? moment, moment) }

    private func report(_ outcome: NotifyTurn.Outcome) {
        announcer.report(ruleEvents: outcome.stored, routed: outcome.routed)
        if let counts = outcome.counts { announcer.alertsWaiting(counts.pending, dead: counts.dead) }
        if outcome.dead > 0 { announcer.write(DeliveryEntry.buried(outcome.dead, target: nil)) }
    }

    private func rest(because error: any Error) {
        let now = clock.now()
        restUntil = now.monotonic.advanced(by: Self.afterFailure)
        look(at: now.wall)
        announcer.storageFails(error)
    }
}
