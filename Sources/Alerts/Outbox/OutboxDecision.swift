package import Model

/// What the outbox wants written, and what to start once that is on disk.
///
/// Commit `settlements`, `targets` and `events` (routed) in one transaction, then hand the decision to
/// `Outbox.apply`, then make the `starts`. If the commit fails, drop the decision: nothing has moved, and the same
/// question gets an answer as good. Its times are steady; `onWallClock` makes them fit for the database.
package struct OutboxDecision: Sendable {
    package var settlements: [Settlement] = []
    package var targets: [TargetRecord] = []
    /// `target_failing` and `target_recovered`.
    package var events: [Event] = []
    package var starts: [Start] = []
    /// Targets whose chat has moved, for the journal.
    package var moved: [TargetRecord] = []
    /// The outbox as it is once this is committed.
    let outcome: Outbox

    package var needsCommit: Bool { !settlements.isEmpty || !targets.isEmpty || !events.isEmpty }

    /// Alerts that end without an attempt: nobody would hear of them otherwise.
    package var givenUp: [Settlement] {
        settlements.filter { $0.state == .dead && $0.attempt == nil }
    }

    /// The same decision with every time that is to be stored on the wall clock.
    package func onWallClock(of clock: SteadyClock) -> OutboxDecision {
        var decision = self
        decision.settlements = settlements.map { settlement in
            Settlement(
                alert: settlement.alert, state: settlement.state,
                nextAttemptAt: settlement.nextAttemptAt.map(clock.wall), asPlainText: settlement.asPlainText,
                attempt: settlement.attempt, note: settlement.note)
        }
        decision.targets = targets.map { $0.shifted(by: clock.wall) }
        decision.events = events.map { event in
            var event = event
            event.observedAt = clock.wall(event.observedAt)
            event.notBefore = event.notBefore.map(clock.wall)
            return event
        }
        return decision
    }
}

extension TargetRecord {
    /// The record with its times on another clock.
    package func shifted(by shift: (Timestamp) -> Timestamp) -> TargetRecord {
        var record = self
        record.blockedUntil = blockedUntil.map(shift)
        record.tokensAt = tokensAt.map(shift)
        record.suspendedSince = suspendedSince.map(shift)
        record.probeAt = probeAt.map(shift)
        return record
    }
}
