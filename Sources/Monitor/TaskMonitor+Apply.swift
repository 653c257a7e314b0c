package import Model

extension TaskMonitor {
    /// Makes a decision true, after its commit; or at once, where nothing of it is durable.
    package mutating func apply(_ decision: Decision, at now: MonotonicInstant) {
        if decision.isDurable { failedCommits = 0 }
        underWay.end(decision.ended)
        for (scope, health) in decision.health {
            scopes[scope].health = health
        }
        for poll in decision.quiet {
            slots[poll.index].noteGood(at: poll.at)
            slots[poll.index].plan(after: poll.wait, at: poll.at)
            noteFullPoll(poll.index, at: poll.at.monotonic)
            unsaved.insert(poll.index)
            release(poll.index)
            enqueue(poll.index, due: slots[poll.index].due)
        }
        for decided in decision.slots {
            apply(decided, at: now)
        }
        for task in decision.discovered { apply(task, at: now) }
        for decided in decision.lists { apply(decided, at: now) }
        for decided in decision.readings { apply(decided, at: now) }
        for index in decision.retired { retire(index) }
        for (scope, record) in decision.scopeRecords where record.failingSince == nil {
            bringFailingForward(in: scope, at: now)
        }
        for notice in decision.notices {
            if case .unknownStatus(_, _, let status) = notice { reportedStatuses.insert(status.rawValue) }
        }
        if decision.isSilenceCheck {
            nextSilenceCheck = failing.compactMap { silenceLimit(of: slots[$0], scopes[scopeOfSlot[$0]].health) }.min()
                .map { max($0, now.advanced(by: Self.betweenSilenceChecks)) }
        }
        endStrays(decision, at: now)
    }

    /// Takes note that a decision could not be stored: its polls are made again and decide the same, soon at first and
    /// then less often, for a full disk may stay full for hours.
    package mutating func reject(_ decision: Decision, at now: MonotonicInstant) {
        let retry = now.advanced(by: .seconds(1 << min(failedCommits, 5)))
        failedCommits += 1
        underWay.end(decision.ended)
        let polled = decision.quiet.map(\.index) + decision.slots.filter { $0.call != nil }.map(\.index)
        for index in polled {
            release(index)
            enqueue(index, due: retry)
        }
        for decided in decision.lists {
            releaseList(decided.index)
            enqueueList(decided.index, due: retry)
        }
        for decided in decision.readings {
            releaseProgress(decided.index)
            enqueueProgress(decided.index, due: retry)
        }
        if decision.isSilenceCheck { nextSilenceCheck = retry }
        endStrays(decision, at: now)
    }

    /// While it is not yet clear whether a cluster or its whole account is silent, that is looked at so often.
    private static let betweenSilenceChecks = Duration.seconds(1)

    /// Feeds the ends of calls to the accounts' budgets. Not part of `apply`: what a server asked for holds whether or
    /// not the disk took the news.
    ///
    /// - Returns: the accounts that were slowed down.
    package mutating func noteCalls(of decision: Decision, at now: MonotonicInstant) -> [Notice] {
        var notices: [Notice] = []
        for poll in decision.quiet {
            _ = scopes[scopeOfSlot[poll.index]].recent.note(failed: false)
        }
        var calls = decision.slots.compactMap { decided in decided.call.map { (scopeOfSlot[decided.index], $0) } }
        calls += decision.lists.compactMap { decided in
            scopeOfID[decided.instance.key.scope].map { ($0, decided.call) }
        }
        // Of metrics only what is about the account as a whole.
        calls += decision.readings.filter { if case .throttled = $0.call { true } else { false } }.map {
            ($0.scope, $0.call)
        }
        for (scope, call) in calls {
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
        unsaved.sorted().map { PollTimes(slots[$0].record) }
    }

    /// Takes note that poll times are written; those that changed meanwhile stay unsaved.
    package mutating func markSaved(_ times: [PollTimes]) {
        for saved in times {
            guard let index = slotOfCluster[saved.cluster], PollTimes(slots[index].record) == saved else { continue }
            slots[index].hasUnsavedTimes = false
            unsaved.remove(index)
        }
    }

    private mutating func apply(_ decided: SlotDecision, at now: MonotonicInstant) {
        let index = decided.index
        let (ticket, isInFlight, due) = (slots[index].ticket, slots[index].isInFlight, slots[index].due)
        let before = slots[index].record
        slots[index] = decided.slot
        slots[index].ticket = ticket
        if case .good = decided.call { noteFullPoll(index, at: now) }
        if decided.call == nil {
            // Meanwhile its poll may have begun, or been brought forward.
            slots[index].isInFlight = isInFlight
            slots[index].due = due
        } else {
            release(index)
            enqueue(index, due: decided.slot.due)
        }
        followRun(index, before: before, at: now)
        if decided.mustSave { slots[index].hasUnsavedTimes = false }
        if slots[index].hasUnsavedTimes { unsaved.insert(index) } else { unsaved.remove(index) }
        if decided.slot.failingFrom != nil { failing.insert(index) } else { failing.remove(index) }
        if let limit = silenceLimit(of: decided.slot, scopes[scopeOfSlot[index]].health) {
            let check = max(limit, now.advanced(by: Self.betweenSilenceChecks))
            nextSilenceCheck = min(nextSilenceCheck ?? check, check)
        }
        if decided.callsWitness { callWitness(for: index, at: now) }
        if decided.asksAgain, !slots[index].isInFlight, slots[index].due > now { enqueue(index, due: now) }
    }

    /// The next good answer of the task itself is due by then, also where its instance's list stands in for polls.
    private mutating func noteFullPoll(_ index: Int, at now: MonotonicInstant) {
        slots[index].fullPollDue = now.advanced(by: intervals.plain(own: nil, status: .completed) * 2)
    }

    private mutating func endStrays(_ decision: Decision, at now: MonotonicInstant) {
        for cluster in decision.strays where strays.remove(cluster) != nil {
            guard let index = slotOfCluster[cluster] else { continue }
            release(index)
            enqueue(index, due: now)
        }
    }

    /// Brings the failing clusters of an account that answers again forward: their waits grew while nothing answered.
    private mutating func bringFailingForward(in scope: Int, at now: MonotonicInstant) {
        for index in scopes[scope].slots
        where slots[index].failingFrom != nil && !slots[index].isInFlight && slots[index].due > now {
            enqueue(index, due: now)
        }
    }

    /// Brings the poll of another cluster of the account forward: of those that do not fail the one that last got a
    /// good answer. Where one of them is to be polled now anyway, that will do. Where all fail, one that has not failed
    /// since the account last answered: it may have been broken before, and be well.
    private mutating func callWitness(for index: Int, at now: MonotonicInstant) {
        let others = scopes[scopeOfSlot[index]].slots.filter { $0 != index }
        let well = others.filter { slots[$0].failingFrom == nil }
        let health = scopes[scopeOfSlot[index]].health
        let candidates = well.isEmpty ? others.filter { !health.hasFailed($0) } : well
        if candidates.contains(where: { !slots[$0].isGone && (slots[$0].isInFlight || slots[$0].due <= now) }) {
            return
        }
        guard let best = candidates.max(by: { slots[$0].witnessRank < slots[$1].witnessRank }) else { return }
        if !slots[best].isInFlight, slots[best].due > now { enqueue(best, due: now) }
    }
}

extension Slot {
    fileprivate var isGone: Bool { record.status?.isGone ?? false }

    /// The last good answer; before all times where the cluster is gone, for its answers prove less.
    fileprivate var witnessRank: Int64 {
        isGone ? .min : record.lastGoodAt?.milliseconds ?? .min + 1
    }
}

extension PollTimes {
    fileprivate init(_ record: ClusterRecord) {
        self.init(
            cluster: record.id, lastGoodAt: record.lastGoodAt, lastPollAt: record.lastPollAt,
            nextPollAt: record.nextPollAt, lastError: record.lastError)
    }
}
