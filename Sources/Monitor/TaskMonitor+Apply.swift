package import Model

extension TaskMonitor {
    /// Makes a decision true, after its commit; or at once, if nothing of it is durable.
    package mutating func apply(_ decision: Decision, at now: MonotonicInstant) {
        if decision.isDurable { failedCommits = 0 }
        for (scope, health) in decision.health { scopes[scope].health = health }
        endCalls(of: decision, retry: nil, at: now)
        for awaited in decision.awaitedLogs { hold(awaited, at: now) }
        for poll in decision.quiet { apply(poll) }
        for decided in decision.tasks { apply(decided, at: now) }
        for record in decision.stalls {
            if let index = tasks.index(of: record.id) { tasks[index].record.isStalled = record.isStalled }
        }
        for task in decision.discovered where tasks.index(of: task.cluster.id) == nil {
            watch(task.cluster, restored: task.recalled, isOld: task.isOld, progress: task.progress, at: now)
        }
        for decided in decision.lists { apply(decided, at: now) }
        for decided in decision.readings { apply(decided, at: now) }
        for (index, _) in decision.retired { retire(index) }
        for (scope, record) in decision.scopeRecords where record.failingSince == nil {
            // The waits of failing tasks grew while nothing answered.
            for index in scopes[scope].tasks where tasks[index].failed.from != nil { bringForward(index, at: now) }
        }
        for notice in decision.notices {
            if case .unknownStatus(_, _, let status) = notice { reportedStatuses.insert(status.rawValue) }
        }
        if decision.isSilenceCheck {
            nextSilenceCheck = tasks.failing.compactMap {
                silenceLimit(of: tasks[$0], scopes[tasks[$0].scope].health)
            }.min().map { max($0, now.advanced(by: Self.betweenSilenceChecks)) }
        }
    }

    /// Records that a decision could not be stored: its calls are made again and decide the same, soon at first and
    /// then less often, for a full disk may stay full for hours.
    package mutating func reject(_ decision: Decision, at now: MonotonicInstant) {
        let retry = now.advanced(by: .seconds(1 << min(failedCommits, 5)))
        failedCommits += 1
        endCalls(of: decision, retry: retry, at: now)
        // Whether one task or the whole account is in trouble does not depend on what the database takes.
        for (scope, health) in decision.health {
            if let good = health.lastGood, scopes[scope].health.lastGood.map({ $0 < good }) ?? true {
                scopes[scope].health.noteGood(at: good)
            }
            scopes[scope].health.noteFailures(of: health)
        }
        for poll in decision.quiet { noteUnstoredAnswer(poll.index, at: poll.at.monotonic) }
        for decided in decision.tasks where decided.isGood {
            noteUnstoredAnswer(decided.index, at: decided.task.silentSince)
        }
        if decision.isSilenceCheck { nextSilenceCheck = retry }
    }

    /// A good answer that could not be stored ends a silence all the same. If nobody had looked before it, what is decided
    /// again is still late.
    private mutating func noteUnstoredAnswer(_ index: TaskIndex, at instant: MonotonicInstant) {
        let health = scopes[tasks[index].scope].health
        if health.wasUnobserved(since: tasks[index].silentSince) { tasks[index].isUnobserved = true }
        tasks[index].silentSince = max(tasks[index].silentSince, instant)
    }

    /// While it is not yet clear whether a task or its whole account is silent, that is looked at so often.
    private static let betweenSilenceChecks = Duration.seconds(1)

    /// The calls of a decision are over.
    ///
    /// - Parameter retry: when they are made again; nil if the decision says when each subject is next.
    private mutating func endCalls(of decision: Decision, retry: MonotonicInstant?, at now: MonotonicInstant) {
        for number in decision.ended {
            guard let call = calls.end(number), let subject = call.subject, isCurrent(call) else { continue }
            let due = call.isVoid ? now : retry
            // The run may end first, by the same decision.
            if case .progress = subject, due == nil { continue }
            scopes[scope(of: subject)].agenda.end(subject)
            if case .log(let index) = subject { stopAwaitingLog(index) }
            guard let due else { continue }
            switch subject {
            case .task(let index), .log(let index): plan(index, at: due)
            case .list(let index): plan(index, at: due)
            case .progress(let index): planReading(index, at: due)
            }
        }
    }

    /// Feeds the ends of calls to the accounts' budgets. Not part of `apply`: what a server asked for holds whether or
    /// not the disk took the news.
    ///
    /// - Returns: the accounts that were slowed down.
    package mutating func noteCalls(of decision: Decision, at now: MonotonicInstant) -> [Notice] {
        decision.calls.compactMap { scope, subject, end in
            guard let reason = scopes[scope].agenda.note(end, about: subject, at: now) else { return nil }
            return .slowedDown(
                scopes[scope].id, callsPerSecond: scopes[scope].agenda.budget.rate(at: now), reason: reason)
        }
    }

    private mutating func apply(_ poll: QuietPoll) {
        tasks[poll.index].noteGood(at: poll.at)
        tasks[poll.index].notePoll(at: poll.at, next: poll.wait)
        noteFullPoll(poll.index, at: poll.at.monotonic)
        tasks.unsaved.insert(poll.index)
        plan(poll.index, at: poll.at.monotonic.advanced(by: poll.wait))
    }

    private mutating func apply(_ decided: TaskDecision, at now: MonotonicInstant) {
        let index = decided.index
        let before = tasks[index].record
        tasks[index] = decided.task
        if decided.isGood { noteFullPoll(index, at: now) }
        if let due = decided.due { plan(index, at: due) }
        followRun(index, before: before, at: now)
        if decided.mustSave { tasks[index].hasUnsavedTimes = false }
        if tasks[index].hasUnsavedTimes { tasks.unsaved.insert(index) } else { tasks.unsaved.remove(index) }
        if decided.task.failed.from != nil { tasks.failing.insert(index) } else { tasks.failing.remove(index) }
        if let limit = silenceLimit(of: decided.task, scopes[decided.task.scope].health) {
            let check = max(limit, now.advanced(by: Self.betweenSilenceChecks))
            nextSilenceCheck = min(nextSilenceCheck ?? check, check)
        }
        if decided.probesAccount { probeAccount(for: index, at: now) }
        if decided.asksAgain { bringForward(index, at: now) }
    }

    /// The next good answer of the task itself is due by then, even if its instance's list stands in for polls.
    private mutating func noteFullPoll(_ index: TaskIndex, at now: MonotonicInstant) {
        tasks[index].fullPollDue = now.advanced(by: intervals.plain(own: nil, status: .completed) * 2)
    }

    /// Brings the poll of another task of the account forward: of those that do not fail the one that last got a good
    /// answer. If all fail, one that has not failed since the account last answered: it may have been broken before, and
    /// be well. If there is none, one of those that failed only once. If a candidate is to be polled now anyway, that
    /// will do.
    private mutating func probeAccount(for index: TaskIndex, at now: MonotonicInstant) {
        let scope = tasks[index].scope
        let others = scopes[scope].tasks.filter { $0 != index }
        let well = others.filter { tasks[$0].failed.from == nil && !scopes[scope].health.hasFailed($0) }
        let unheard = well.isEmpty ? others.filter { !scopes[scope].health.hasFailed($0) } : well
        let candidates = unheard.isEmpty ? othersInDoubt(beside: index, scopes[scope].health) : unheard
        let isAskedAnyway = candidates.contains { candidate in
            !tasks[candidate].isGone && !scopes[scope].agenda.isPlanned(.task(candidate), after: now)
        }
        guard !isAskedAnyway else { return }
        if let best = candidates.max(by: { tasks[$0].probeRank < tasks[$1].probeRank }) { bringForward(best, at: now) }
    }

    // MARK: - Poll times

    /// The poll times not yet written, for a commit of their own; `markSaved` follows it.
    package func unsavedPollTimes() -> [PollTimes] {
        tasks.unsaved.sorted().map { PollTimes(tasks[$0].record) }
    }

    /// Records that poll times are written; those that changed meanwhile stay unsaved.
    package mutating func markSaved(_ times: [PollTimes]) {
        for saved in times {
            guard let index = tasks.index(of: saved.cluster), PollTimes(tasks[index].record) == saved else { continue }
            tasks[index].hasUnsavedTimes = false
            tasks.unsaved.remove(index)
        }
    }
}

extension WatchedTask {
    /// The last good answer; before all times if the task is gone, for its answers prove less.
    fileprivate var probeRank: Int64 {
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
