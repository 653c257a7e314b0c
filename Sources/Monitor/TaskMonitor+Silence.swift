package import Model

extension TaskMonitor {
    /// Tells the silences that have lasted too long, where no result came to do so.
    package func decideSilences(at now: Moment) -> Decision {
        var decision = Decision()
        guard let nextSilenceCheck, nextSilenceCheck <= now.monotonic else { return decision }
        for index in failing.sorted() {
            let slot = slots[index]
            let scope = scopeOfSlot[index]
            var health = decision.health[scope] ?? scopes[scope].health
            var decided = decision.slots[index] ?? SlotDecision(slot: slot)
            let plain = intervals.plain(slot.cluster, status: slot.record.status)
            decideSilence(index, &decided, plain: plain, health: &health, nil, at: now, into: &decision)
            guard decided.mustSave || health.failingSince != scopes[scope].health.failingSince else { continue }
            decision.health[scope] = health
            if decided.mustSave { decision.slots[index] = decided }
        }
        return decision
    }

    /// Tells a cluster's silence, or its whole account's, when its time has come.
    func decideSilence(
        _ index: Int, _ decided: inout SlotDecision, plain: Duration, health: inout ScopeHealth,
        _ failure: PollFailure?, at now: Moment, into decision: inout Decision
    ) {
        let scope = scopeOfSlot[index]
        let silentSince = decision.recoveredScopes[scope] ?? decided.slot.silentSince
        let failingFrom = max(decided.slot.failingFrom ?? silentSince, silentSince)
        guard decided.slot.failures > 0, !decided.slot.record.isPollFailing, health.failingSince == nil,
            now.monotonic.since(silentSince) >= intervals.silenceLimit(plain: plain)
        else { return }
        let detail = failure?.message ?? decided.slot.record.lastError
        if health.seemsDown(clusters: scopes[scope].slots.count, failingFrom: failingFrom) {
            health.failingSince = now.wall
            decision.events.append(scopeEvent(.pollFailing, scope, detail: detail, at: now))
            decision.savedHealth[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: now.wall)
            decision.blindedScopes.insert(scope)
        } else {
            decision.events.append(clusterEvent(.pollFailing, decided.slot, detail: detail, at: now))
            decided.slot.record.isPollFailing = true
            decided.slot.isBlind = true
            decided.mustSave = true
        }
    }

    /// When the next silence has to be told if no good answer comes.
    func earliestSilence() -> MonotonicInstant? {
        var earliest: MonotonicInstant?
        for index in failing {
            let slot = slots[index]
            guard !slot.record.isPollFailing, scopes[scopeOfSlot[index]].health.failingSince == nil else { continue }
            let plain = intervals.plain(slot.cluster, status: slot.record.status)
            let limit = slot.silentSince.advanced(by: intervals.silenceLimit(plain: plain))
            earliest = min(earliest ?? limit, limit)
        }
        return earliest
    }

    func clusterEvent(_ kind: EventKind, _ slot: Slot, detail: String?, at now: Moment) -> Event {
        Event(
            kind: kind, cluster: slot.cluster.id, name: slot.cluster.name, account: slot.cluster.scope.account,
            region: slot.cluster.scope.region, labels: slot.cluster.labels, from: slot.record.status,
            to: slot.record.status, observedAt: now.wall, notBefore: slot.record.lastGoodAt, facts: slot.record.facts,
            detail: detail)
    }

    func scopeEvent(_ kind: EventKind, _ scope: Int, detail: String?, at now: Moment) -> Event {
        Event(
            kind: kind, account: scopes[scope].id.account, region: scopes[scope].id.region, observedAt: now.wall,
            notBefore: scopes[scope].slots.compactMap { slots[$0].record.lastGoodAt }.max(), detail: detail)
    }
}
