package import Model

extension TaskMonitor {
    /// Reports the silences that have lasted too long, if no result came to do so. What of it needs no commit is applied
    /// at once.
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
        for index in tasks.failing.sorted() where tasks.awaitingLog[index] == nil {
            guard let limit = silenceLimit(of: tasks[index], health(of: tasks[index].scope, decision)),
                limit <= now.monotonic
            else { continue }
            var decided = TaskDecision(index: index, task: tasks[index])
            reportSilence(&decided, at: now, into: &decision)
            if decided.mustSave || decided.probesAccount || decided.asksAgain { decision.tasks.append(decided) }
        }
        return decision
    }

    /// When a failing task's silence has to be reported; nil if it has been, or its account's was, or nothing fails.
    ///
    /// It is counted from the last good answer, the begin of watching or the recovery of the account; if the account may
    /// be silent as a whole, from the last good answer of any of its tasks. If other tasks are answered it takes some
    /// failed polls too, which matters only if the quota makes polls rare: the wait for a turn is not the API's silence.
    func silenceLimit(of task: WatchedTask, _ health: ScopeHealth) -> MonotonicInstant? {
        guard !task.record.isPollFailing, health.failingSince == nil, let failingFrom = task.failingFrom(in: health),
            task.failed.count >= Self.leastFailures || !health.hasAnswer(after: failingFrom)
        else { return nil }
        let plain = intervals.plain(own: task.poll, status: task.record.status)
        let limit = intervals.silenceLimit(plain: plain)
        var since = health.sinceRecovery(task.silentSince)
        if let lastGood = health.lastGood,
            health.verdict(
                clusters: scopes[task.scope].tasks.count, failingFrom: task.failed.again ?? failingFrom) != .answers
        {
            since = max(since, lastGood)
        }
        return since.advanced(
            by: Planted.isOn(.silenceEarly) ? limit / 2 : Planted.isOn(.silenceNever) ? limit * 20 : limit)
    }

    /// The schedule makes as many polls before a silence is reported.
    private static let leastFailures = 3

    /// Reports a task's silence, or its whole account's, when its time has come.
    func reportSilence(_ decided: inout TaskDecision, at now: Moment, into decision: inout Decision) {
        let scope = decided.task.scope
        let health = health(of: scope, decision)
        guard let limit = silenceLimit(of: decided.task, health), limit <= now.monotonic,
            let failingFrom = decided.task.failed.from
        else { return }
        let waited = now.monotonic.since(max(limit, failingFrom))
        let isDown: Bool
        switch health.verdict(
            clusters: scopes[scope].tasks.count, failingFrom: decided.task.failed.again ?? failingFrom)
        {
        case .answers:
            // If others answer again after an outage it may well be that this one does too, once it is asked.
            guard health.lastAnswer.map({ $0 <= decided.task.failed.last ?? $0 }) ?? true else {
                decided.asksAgain = true
                return
            }
            isDown = Planted.isOn(.taskTroubleOfAccount)
        case .down where waited < Self.patience && !othersInDoubt(beside: decided.index, health).isEmpty:
            decided.probesAccount = true
            return
        case .down: isDown = !Planted.isOn(.accountTroubleByTask)
        case .unknown where waited < patience(with: decided.index, health):
            decided.probesAccount = true
            return
        case .unknown: isDown = health.severalFail
        }
        let detail = decided.task.record.lastError
        if isDown {
            beginFailing(scope, detail: detail, at: now, into: &decision)
        } else {
            decision.events.append(clusterEvent(.pollFailing, decided.task, detail: detail, at: now))
            decided.task.record.isPollFailing = true
            decided.task.isUnobserved = true
            decided.mustSave = true
        }
    }

    /// The other tasks of a small account that failed only once since the account's last answer: they are asked again before
    /// the account is reported.
    ///
    /// A call fails by chance now and then, and a task with a long interval counts as failing until its next poll. If five
    /// tasks failed with no answer between them, that is enough; and a task that is gone proves nothing.
    func othersInDoubt(beside index: TaskIndex, _ health: ScopeHealth) -> [TaskIndex] {
        let watched = scopes[tasks[index].scope].tasks
        guard watched.count < ScopeHealth.enough else { return [] }
        return watched.filter { other in
            let failed = tasks[other].failed
            guard other != index, !tasks[other].isGone, failed.last != nil else { return false }
            return failed.beforeLast.map { health.hasAnswer(after: $0) } ?? true
        }
    }

    /// How long the event waits for the answer of another task: for a minute; while another one is being asked, until that
    /// call has ended or was given up.
    private func patience(with index: TaskIndex, _ health: ScopeHealth) -> Duration {
        let scope = tasks[index].scope
        let isAsking = scopes[scope].tasks.contains { other in
            other != index && !health.hasFailed(other) && scopes[scope].agenda.isUnderWay(.task(other))
        }
        return Self.patience + (isAsking ? pollLimit(in: scope) : .zero)
    }

    private static let patience = Duration.seconds(60)

    /// The account does not answer any more.
    func beginFailing(_ scope: ScopeIndex, detail: String?, at now: Moment, into decision: inout Decision) {
        decision.health[scope, default: scopes[scope].health].beginFailing(at: now)
        decision.events.append(scopeEvent(.pollFailing, scope, detail: detail, at: now))
        decision.scopeRecords[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: now.wall)
    }

    /// The account answers again.
    func endFailing(_ scope: ScopeIndex, detail: String?, at now: Moment, into decision: inout Decision) {
        decision.health[scope, default: scopes[scope].health].endFailing(at: now.monotonic)
        decision.events.append(scopeEvent(.pollRecovered, scope, detail: detail, at: now))
        decision.scopeRecords[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: nil)
    }

    /// The task's own trouble is over, whether or not it was reported.
    func endOwnFailing(_ decided: inout TaskDecision, detail: String?, at now: Moment, into decision: inout Decision) {
        if decided.task.record.isPollFailing {
            let event = clusterEvent(.pollRecovered, decided.task, detail: detail, at: now)
            if !Planted.isOn(.recoveryNever) { decision.events.append(event) }
            decided.task.record.isPollFailing = false
            decided.mustSave = true
        }
        if decided.task.record.failingSince != nil {
            decided.task.record.failingSince = nil
            decided.mustSave = true
        }
    }

    func clusterEvent(_ kind: EventKind, _ task: WatchedTask, detail: String?, at now: Moment) -> Event {
        Event(
            kind: kind, cluster: task.record.id, name: task.record.name, account: task.record.scope.account,
            region: task.record.scope.region, labels: task.labels, from: task.record.status, to: task.record.status,
            observedAt: now.wall, notBefore: task.record.lastGoodAt, facts: task.record.facts.ofRun(after: task.record),
            detail: detail)
    }

    func scopeEvent(_ kind: EventKind, _ scope: ScopeIndex, detail: String?, at now: Moment) -> Event {
        Event(
            kind: kind, account: scopes[scope].id.account, region: scopes[scope].id.region, observedAt: now.wall,
            notBefore: scopes[scope].tasks.compactMap { tasks[$0].record.lastGoodAt }.max(), detail: detail)
    }
}
