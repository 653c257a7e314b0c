package import Model

extension TaskMonitor {
    /// Makes a decision true, after its commit; or at once, where nothing of it is durable.
    package mutating func apply(_ decision: Decision, at now: MonotonicInstant) {
        for (scope, health) in decision.health {
            scopes[scope].health = health
        }
        for scope in decision.blindedScopes {
            for index in scopes[scope].slots { slots[index].isBlind = true }
        }
        for (scope, recovery) in decision.recoveredScopes {
            for index in scopes[scope].slots {
                slots[index].silentSince = recovery
                if slots[index].failures > 0 { slots[index].failingFrom = recovery }
                slots[index].hasCalledWitness = false
            }
        }
        for (index, decided) in decision.slots {
            apply(decided, to: index, blinded: decision.blindedScopes, at: now)
        }
        for notice in decision.notices {
            if case .unknownStatus(_, _, let status) = notice { reportedStatuses.insert(status.rawValue) }
        }
        nextSilenceCheck = failing.isEmpty ? nil : earliestSilence()
    }

    /// Takes note that a decision could not be stored: its polls are made again soon and decide the same.
    package mutating func reject(_ decision: Decision, at now: MonotonicInstant) {
        for (index, decided) in decision.slots where decided.call != nil {
            finishCall(of: index)
            slots[index].isInFlight = false
            enqueue(index, due: now.advanced(by: Self.afterFailedCommit))
        }
        if let check = nextSilenceCheck, check <= now {
            nextSilenceCheck = now.advanced(by: Self.afterFailedCommit)
        }
    }

    private static let afterFailedCommit = Duration.seconds(1)

    /// Feeds the ends of calls to the accounts' budgets. Not part of `apply`: what a server asked for holds whether or
    /// not the disk took the news.
    ///
    /// - Returns: the accounts that were slowed down.
    package mutating func noteCalls(of decision: Decision, at now: MonotonicInstant) -> [Notice] {
        var notices: [Notice] = []
        for (index, decided) in decision.slots {
            guard let call = decided.call else { continue }
            let scope = scopeOfSlot[index]
            let wasSlowed = scopes[scope].budget.isSlowed(at: now)
            var reason: FailureReason?
            switch call {
            case .throttled(let retryAfter):
                scopes[scope].budget.slowDown(retryAfter: retryAfter, at: now)
                reason = .throttled
            case .sick(let why):
                if scopes[scope].recent.note(failed: true) {
                    scopes[scope].budget.slowDown(retryAfter: nil, at: now)
                    reason = why
                }
            case .good, .refused:
                _ = scopes[scope].recent.note(failed: false)
            }
            if let reason, !wasSlowed {
                notices.append(
                    .slowedDown(scopes[scope].id, callsPerSecond: scopes[scope].budget.rate(at: now), reason: reason))
            }
        }
        return notices
    }

    /// The poll times not yet written, for a commit of their own; `markSaved` follows it.
    package func unsavedPollTimes() -> [PollTimes] {
        unsaved.sorted().map { index in
            let record = slots[index].record
            return PollTimes(
                cluster: record.id, lastGoodAt: record.lastGoodAt, lastPollAt: record.lastPollAt,
                nextPollAt: record.nextPollAt, lastError: record.lastError)
        }
    }

    package mutating func markPollTimesSaved() {
        for index in unsaved { slots[index].hasUnsavedTimes = false }
        unsaved.removeAll(keepingCapacity: true)
    }

    private mutating func apply(
        _ decided: SlotDecision, to index: Int, blinded: Set<Int>, at now: MonotonicInstant
    ) {
        let ticket = slots[index].ticket
        let isInFlight = slots[index].isInFlight
        slots[index] = decided.slot
        slots[index].ticket = ticket
        if decided.call == nil {
            slots[index].isInFlight = isInFlight
        } else {
            finishCall(of: index)
        }
        if blinded.contains(scopeOfSlot[index]) { slots[index].isBlind = true }
        if decided.mustSave {
            slots[index].hasUnsavedTimes = false
        }
        if slots[index].hasUnsavedTimes { unsaved.insert(index) } else { unsaved.remove(index) }
        if decided.slot.failures > 0 { failing.insert(index) } else { failing.remove(index) }
        if let due = decided.due { enqueue(index, due: due) }
        if decided.callsWitness { callWitness(for: index, at: now) }
    }

    private mutating func finishCall(of index: Int) {
        let scope = scopeOfSlot[index]
        scopes[scope].inFlight = max(0, scopes[scope].inFlight - 1)
    }

    /// Brings forward the poll of the cluster that last got a good answer.
    private mutating func callWitness(for index: Int, at now: MonotonicInstant) {
        let others = scopes[scopeOfSlot[index]].slots.filter { $0 != index && !slots[$0].isInFlight }
        let best = others.max { left, right in
            (slots[left].record.lastGoodAt ?? Timestamp(milliseconds: 0))
                < (slots[right].record.lastGoodAt ?? Timestamp(milliseconds: 0))
        }
        if let best { enqueue(best, due: now) }
    }
}
