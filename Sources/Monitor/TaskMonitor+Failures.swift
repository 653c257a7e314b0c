import Model

/// Polls that failed, and tasks that the API does not know any more.
extension TaskMonitor {
    func decideFailure(
        _ index: TaskIndex, _ failure: PollFailure, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = TaskDecision(index: index, task: tasks[index])
        let scope = tasks[index].scope
        decision.calls.append((scope, .task(index), CallEnd(failure)))
        decided.task.record.lastError = failure.message
        if failure.reason == .notFound {
            decided.task.failed.gone.noteNotFound(
                at: now.monotonic, isUnobserved: isUnobserved(decided.task, decision))
        } else {
            decided.task.failed.gone.reset()
        }
        if failure.reason == .notFound, decided.task.isGone {
            noteStillGone(&decided, at: now, into: &decision)
        } else if failure.reason == .notFound,
            decided.task.failed.gone.isBelieved(
                lastGood: health(of: scope, decision).lastGood, isAlone: scopes[scope].tasks.count == 1,
                at: now.monotonic)
        {
            decideGone(&decided, failure, at: now, into: &decision)
        } else {
            noteFailure(failure, &decided, at: now, into: &decision)
        }
        let plain = intervals.plain(own: decided.task.poll, status: decided.task.record.status)
        let wait: Duration
        switch failure.reason {
        case .throttled:
            // The whole account waits for its budget. The task stays among those that have waited longest, but not
            // before them all, so that one after the other is tried; and it is asked no more often than before.
            let due = (scopes[scope].agenda.due(of: .task(index)) ?? now.monotonic).advanced(by: plain)
            wait = min(intervals.running, due.since(now.monotonic))
        case .notFound: wait = intervals.jittered(plain, using: &random)
        default:
            let longer = intervals.afterFailures(decided.task.failed.ownCount, plain: plain)
            wait = intervals.jittered(longer, using: &random)
        }
        decided.task.notePoll(at: now, next: wait)
        decided.due = now.monotonic.advanced(by: wait)
        decision.tasks.append(decided)
    }

    private func noteFailure(
        _ failure: PollFailure, _ decided: inout TaskDecision, at now: Moment, into decision: inout Decision
    ) {
        let isThrottled = failure.reason == .throttled
        let scope = decided.task.scope
        decided.task.noteFailure(isThrottled: isThrottled, health(of: scope, decision), at: now.monotonic)
        decision.health[scope, default: scopes[scope].health].noteFailure(of: decided.index)
        if decided.task.record.failingSince == nil {
            decided.task.record.failingSince = now.wall
            decided.mustSave = true
        }
        // Throttling is reported for the account, not for each task.
        if !decided.task.failed.isAnnounced, !isThrottled {
            decided.task.failed.isAnnounced = true
            let record = decided.task.record
            decision.notices.append(.failing(record.id, name: record.name, failure))
        }
        reportSilence(&decided, at: now, into: &decision)
        let probes = wantsProbe(failure.reason, decided, health(of: scope, decision))
        decided.probesAccount = decided.probesAccount || probes
    }

    /// Whether to poll another task at once, to learn whether this one or the whole account is in trouble.
    private func wantsProbe(_ reason: FailureReason, _ decided: TaskDecision, _ health: ScopeHealth) -> Bool {
        guard reason != .throttled, health.failingSince == nil, let failingFrom = decided.task.failed.from else {
            return false
        }
        switch health.verdict(clusters: scopes[decided.task.scope].tasks.count, failingFrom: failingFrom) {
        case .down:
            return decided.task.failed.ownCount > 1 && !othersInDoubt(beside: decided.index, health).isEmpty
        case .unknown where decided.task.failed.ownCount > 1 || health.severalFail: return true
        case .unknown, .answers:
            return reason == .notFound && decided.task.failed.gone.needsProbe(lastGood: health.lastGood)
        }
    }

    private func decideGone(
        _ decided: inout TaskDecision, _ failure: PollFailure, at now: Moment, into decision: inout Decision
    ) {
        noteNotFound(decided, detail: failure.message, at: now, into: &decision)
        noteTaskAnswers(&decided, detail: failure.message, at: now, into: &decision)
        var event = clusterEvent(.gone, decided.task, detail: failure.message, at: now)
        event.to = .gone
        event.sighting = event.from == nil ? .firstSeen : decided.task.failed.gone.beganUnobserved ? .late : .observed
        event.requestID = failure.requestID
        decision.events.append(event)
        decided.task.record.status = .gone
        decided.task.record.isStalled = false
        noteRunGone(&decided, at: now, into: &decision)
        decided.task.record.since = now.wall
        // What comes after it must be decoded, whether or not it is what was known before.
        decided.task.record.digest = nil
        decided.mustSave = true
    }

    /// A task that is known to be gone is not found again. That is not a failure: the API answers, and says the same.
    private func noteStillGone(_ decided: inout TaskDecision, at now: Moment, into decision: inout Decision) {
        noteNotFound(decided, detail: nil, at: now, into: &decision)
        noteTaskAnswers(&decided, detail: nil, at: now, into: &decision)
    }

    /// What "not found" for a task that is believed to be gone says of its account.
    private func noteNotFound(
        _ decided: TaskDecision, detail: String?, at now: Moment, into decision: inout Decision
    ) {
        let scope = decided.task.scope
        if isDoubtful(of: decided.index, in: scope, decision) {
            // It says as little as the others' answers do. It need not be asked again to learn that.
            decision.health[scope, default: scopes[scope].health].noteFailure(of: decided.index)
        } else {
            noteAccountAnswers(scope: scope, detail: detail, at: now, into: &decision)
        }
    }

    /// Whether "not found" for a task that is gone does not prove that the account is served: with the key of another
    /// account or for another region the API says so of all tasks.
    ///
    /// That is likely if a task which is not known to be gone is not found either, with no good answer since. After a start
    /// this is not known before such tasks were asked: until then the account goes on failing if it did.
    private func isDoubtful(of index: TaskIndex, in scope: ScopeIndex, _ decision: Decision) -> Bool {
        let health = health(of: scope, decision)
        let decided = decision.tasks.filter { $0.task.scope == scope && $0.index != index }
        let isDecided = Set(decided.map(\.index)).union([index])
        let failing = tasks.failing.filter { tasks[$0].scope == scope && !isDecided.contains($0) }
        let isMissing = { (task: WatchedTask) in
            !task.isGone && task.failed.gone.needsProbe(lastGood: health.lastGood)
        }
        if decided.contains(where: { isMissing($0.task) }) || failing.contains(where: { isMissing(tasks[$0]) }) {
            return true
        }
        guard health.failingSince != nil else { return false }
        return scopes[scope].tasks.contains { other in
            let task = tasks[other]
            return !task.isGone && task.isUnobserved && task.failed.from == nil && !isDecided.contains(other)
        }
    }

    /// The account answers, if only that it does not know a task.
    private func noteAccountAnswers(
        scope: ScopeIndex, detail: String?, at now: Moment, into decision: inout Decision
    ) {
        if health(of: scope, decision).failingSince != nil {
            endFailing(scope, detail: detail, at: now, into: &decision)
        }
        decision.health[scope, default: scopes[scope].health].noteAnswer(at: now.monotonic)
    }

    /// What the API says of the task is that it does not know it: no trouble of its own is left.
    private func noteTaskAnswers(
        _ decided: inout TaskDecision, detail: String?, at now: Moment, into decision: inout Decision
    ) {
        decided.task.isUnobserved = isUnobserved(decided.task, decision)
        endOwnFailing(&decided, detail: detail, at: now, into: &decision)
        decided.task.forgetFailures()
        decided.task.silentSince = now.monotonic
    }
}
