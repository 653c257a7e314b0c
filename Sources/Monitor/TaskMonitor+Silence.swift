package import Model

extension TaskMonitor {
    /// Tells the silences that have lasted too long, where no result came to do so. What of it needs no commit is
    /// applied at once.
    package mutating func decideSilences(at now: Moment) -> Decision {
        let decision = silences(at: now)
        guard decision.isSilenceCheck, !decision.isDurable else { return decision }
        apply(decision, at: now.monotonic)
        return Decision()
    }

    private func silences(at now: Moment) -> Decision {
        var decision = Decision()
        guard let nextSilenceCheck, nextSilenceCheck <= now.monotonic else { return decision }
        decision.isSilenceCheck = true
        for index in failing.sorted() {
            let scope = scopeOfSlot[index]
            var health = decision.health[scope] ?? scopes[scope].health
            guard let limit = silenceLimit(of: slots[index], health), limit <= now.monotonic else { continue }
            var decided = SlotDecision(index: index, slot: slots[index])
            tellSilence(&decided, &health, at: now, into: &decision)
            decision.health[scope] = health
            if decided.mustSave || decided.callsWitness || decided.asksAgain { decision.slots.append(decided) }
        }
        return decision
    }

    /// When a failing cluster's silence has to be told; nil where it has been, or its account's was, or nothing fails.
    ///
    /// It is counted from the last good answer, the begin of watching or the recovery of the account. Where other
    /// clusters are answered it takes some failed polls too, which matters only where the quota makes polls rare: the
    /// wait for a turn is not the API's silence.
    func silenceLimit(of slot: Slot, _ health: ScopeHealth) -> MonotonicInstant? {
        guard !slot.record.isPollFailing, health.failingSince == nil, let failingFrom = slot.failingFrom(in: health),
            slot.failures >= Self.leastFailures || !health.hasAnswer(after: failingFrom)
        else { return nil }
        let plain = intervals.plain(own: slot.poll, status: slot.record.status)
        return health.sinceRecovery(slot.silentSince).advanced(by: intervals.silenceLimit(plain: plain))
    }

    /// The schedule makes as many polls within the time of silence that is borne.
    private static let leastFailures = 3

    /// Tells a cluster's silence, or its whole account's, when its time has come.
    func tellSilence(
        _ decided: inout SlotDecision, _ health: inout ScopeHealth, at now: Moment, into decision: inout Decision
    ) {
        guard let limit = silenceLimit(of: decided.slot, health), limit <= now.monotonic,
            let failingFrom = decided.slot.failingFrom
        else { return }
        let scope = scopeOfSlot[decided.index]
        let isDown: Bool
        switch health.verdict(clusters: scopes[scope].slots.count, failingFrom: failingFrom) {
        case .answers:
            // Where others answer again after an outage it may well be that this one does too, once it is asked.
            guard health.lastAnswer.map({ $0 <= decided.slot.lastFailure ?? $0 }) ?? true else {
                decided.asksAgain = true
                return
            }
            isDown = false
        case .down: isDown = true
        case .unknown where now.monotonic.since(max(limit, failingFrom)) < Self.patience:
            decided.callsWitness = true
            return
        case .unknown: isDown = health.severalFail
        }
        if isDown {
            health.beginFailing(at: now)
            decision.events.append(
                scopeEvent(.pollFailing, scope, detail: decided.slot.record.lastError, at: now))
            decision.scopeRecords[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: now.wall)
        } else {
            decision.events.append(
                clusterEvent(.pollFailing, decided.slot, detail: decided.slot.record.lastError, at: now))
            decided.slot.record.isPollFailing = true
            decided.slot.isBlind = true
            decided.mustSave = true
        }
    }

    /// How long the event waits for the answer of a witness.
    private static let patience = Duration.seconds(60)

    /// The account answers again.
    func endFailing(
        _ scope: Int, _ health: inout ScopeHealth, detail: String?, at now: Moment, into decision: inout Decision
    ) {
        health.endFailing(at: now.monotonic)
        decision.events.append(scopeEvent(.pollRecovered, scope, detail: detail, at: now))
        decision.scopeRecords[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: nil)
    }

    /// The cluster's own trouble is over, whether or not it was told.
    func endOwnFailing(_ decided: inout SlotDecision, detail: String?, at now: Moment, into decision: inout Decision) {
        if decided.slot.record.isPollFailing {
            decision.events.append(clusterEvent(.pollRecovered, decided.slot, detail: detail, at: now))
            decided.slot.record.isPollFailing = false
            decided.mustSave = true
        }
        if decided.slot.record.failingSince != nil {
            decided.slot.record.failingSince = nil
            decided.mustSave = true
        }
    }

    func clusterEvent(_ kind: EventKind, _ slot: Slot, detail: String?, at now: Moment) -> Event {
        Event(
            kind: kind, cluster: slot.record.id, name: slot.record.name, account: slot.record.scope.account,
            region: slot.record.scope.region, labels: slot.labels, from: slot.record.status, to: slot.record.status,
            observedAt: now.wall, notBefore: slot.record.lastGoodAt, facts: slot.record.facts, detail: detail)
    }

    func scopeEvent(_ kind: EventKind, _ scope: Int, detail: String?, at now: Moment) -> Event {
        Event(
            kind: kind, account: scopes[scope].id.account, region: scopes[scope].id.region, observedAt: now.wall,
            notBefore: scopes[scope].slots.compactMap { slots[$0].record.lastGoodAt }.max(), detail: detail)
    }
}
