import Model

extension TaskMonitor {
    /// What results mean, in the order in which they came; changes nothing.
    ///
    /// Results that no order asked for, or that come after their order was given up, are passed over.
    package func decide(_ results: [PollResult], using random: inout some RandomNumberGenerator) -> Decision {
        var decision = Decision()
        decision.tasks.reserveCapacity(results.count)
        var later: [PollResult] = []
        for result in results {
            guard let call = calls[result.order.number] else { continue }
            guard let subject = call.subject, !call.isVoid, isCurrent(call) else {
                decision.ended.append(result.order.number)
                continue
            }
            switch (subject, result.outcome) {
            case (.task(let index), .task(let outcome)):
                decidePoll(index, outcome, of: result, into: &decision, using: &random)
            case (.log(let index), .log(let outcome)):
                decideLog(index, outcome, into: &decision, using: &random)
            case (.list, .list), (.progress, .progress):
                later.append(result)
            default:
                // An answer to another question. The call is given up when its time is over.
                continue
            }
            decision.ended.append(result.order.number)
        }
        // After the polls: what a list or a reading means depends on what they brought.
        for result in later {
            switch (calls[result.order.number]?.subject, result.outcome) {
            case (.list(let index), .list(let outcome)):
                decideList(index, outcome, at: result.at, into: &decision, using: &random)
            case (.progress(let index), .progress(let outcome)):
                decideProgress(index, outcome, of: result, into: &decision, using: &random)
            default: continue
            }
        }
        return decision
    }

    /// Whether a call is the one that its subject waits for.
    func isCurrent(_ call: CallsUnderWay.Call) -> Bool {
        guard let subject = call.subject else { return false }
        return scopes[scope(of: subject)].agenda.call(about: subject) == call.order.number
    }

    func scope(of subject: CallSubject) -> ScopeIndex {
        switch subject {
        case .task(let index), .progress(let index), .log(let index): tasks[index].scope
        case .list(let index): instances[index].scope
        }
    }

    /// What is known of an account's health with what a decision has found so far.
    func health(of scope: ScopeIndex, _ decision: Decision) -> ScopeHealth {
        decision.health[scope] ?? scopes[scope].health
    }

    private func decidePoll(
        _ index: TaskIndex, _ outcome: PollOutcome, of result: PollResult, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        switch outcome {
        case .unchanged:
            if !decideQuiet(index, at: result.at, into: &decision, using: &random) {
                decideGood(index, nil, at: result.at, into: &decision, using: &random)
            }
        case .answer(var observation):
            observation.facts = observation.facts.believable(
                after: tasks[index].record, isOver: observation.status.isSettled,
                until: latest(observation, at: result.at))
            if tasks[index].runsOfUnreadStarts >= Self.mostRunsOfUnreadStarts, observation.facts.startedAt == nil,
                observation.facts.unreadStart != tasks[index].record.facts.unreadStart
            {
                observation.facts.unreadStart = nil
            }
            if !awaitLog(index, observation, of: result, into: &decision) {
                decideGood(index, observation, at: result.at, into: &decision, using: &random)
            }
        case .failure(let failure):
            decideFailure(index, failure, at: result.at, into: &decision, using: &random)
        }
    }

    /// The common case, made cheap: the answer is the one already known, and nothing was wrong.
    ///
    /// - Returns: false if it is another case.
    private func decideQuiet(
        _ index: TaskIndex, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) -> Bool {
        let scope = tasks[index].scope
        guard tasks[index].isWell, tasks[index].runsOfUnreadStarts == 0,
            health(of: scope, decision).failingSince == nil,
            !isOverdueDecisionDue(tasks[index].record, at: now)
        else { return false }
        decision.health[scope, default: scopes[scope].health].noteGood(at: now.monotonic)
        decision.calls.append((scope, .task(index), .good))
        let wait = wait(for: index, tasks[index].record.status, at: now.monotonic, using: &random)
        decision.quiet.append(
            QuietPoll(index: index, at: now, wait: limited(wait, tasks[index].record, at: now)))
        return true
    }

    /// - Parameter observation: nil if the answer is the one already known.
    func decideGood(
        _ index: TaskIndex, _ observation: Observation?, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = TaskDecision(index: index, task: tasks[index])
        decided.isGood = true
        let scope = tasks[index].scope
        decision.calls.append((scope, .task(index), .good))
        if health(of: scope, decision).failingSince != nil {
            endFailing(scope, detail: nil, at: now, into: &decision)
        }
        decision.health[scope, default: scopes[scope].health].noteGood(at: now.monotonic)
        let isUnobserved = isUnobserved(decided.task, decision)

        endOwnFailing(&decided, detail: nil, at: now, into: &decision)
        if decided.task.failed.isAnnounced {
            let record = decided.task.record
            decision.notices.append(.answering(record.id, name: record.name, failures: decided.task.failed.count))
        }
        // The same StartTime again is not one that changes with each answer.
        if observation == nil { decided.task.runsOfUnreadStarts = 0 }
        if let observation, observation.digest != decided.task.record.digest || decided.task.record.status == nil {
            take(observation, isUnobserved: isUnobserved, into: &decided, at: now, decision: &decision)
        }
        noteOverdue(&decided, before: tasks[index].record, isUnobserved: isUnobserved, at: now, into: &decision)
        decided.task.noteGood(at: now)
        let wait = limited(
            wait(for: index, decided.task.record.status, at: now.monotonic, using: &random), decided.task.record,
            at: now)
        decided.task.notePoll(at: now, next: wait)
        decided.due = now.monotonic.advanced(by: wait)
        decision.tasks.append(decided)
    }

    /// Whether nobody looked at a task since its last good answer: after a start, or while polls failed.
    func isUnobserved(_ task: WatchedTask, _ decision: Decision) -> Bool {
        guard !Planted.isOn(.lateAsObserved) else { return false }
        return task.isUnobserved || health(of: task.scope, decision).wasUnobserved(since: task.silentSince)
    }

    /// Takes over an answer that says something new.
    private func take(
        _ observation: Observation, isUnobserved: Bool, into decided: inout TaskDecision, at now: Moment,
        decision: inout Decision
    ) {
        let status = observation.status
        let before = decided.task.record
        var isListed = false
        let latest = latest(observation, at: now)
        for change in StatusChange.between(before, and: status, facts: observation.facts, isUnobserved: isUnobserved) {
            var event = clusterEvent(change.kind, decided.task, detail: nil, at: now)
            event.from = change.from
            event.to = change.to
            event.sighting = change.sighting
            event.apiTime = change.apiTime
            event.requestID = observation.requestID
            event.facts =
                change.to.isTraining
                ? observation.facts.ofNewRun(after: before)
                : change.to.isSettled ? observation.facts.ofRun(after: before) : observation.facts
            if change.kind == .failed { event.logLines = observation.logLines }
            event.progress = progress(of: decided.index, after: before, observation.facts)
            event.cost = cost(ofEnd: event, decided, before: before, observation, at: now)
            if change.endsUnseenRun { event.detail = "the outcome of its previous run is unknown" }
            if change.sighting == .firstSeen, status.isSettled {
                let asked = observation.answeredAt ?? now.wall
                event.endedLongAgo = change.apiTime.map { asked.since($0) > Self.longAgo } ?? false
                isListed = wasOver(decided.task, change)
                if isListed {
                    decision.unalerted.insert(decision.events.count)
                    // Nor is anybody reminded of it later.
                    event.endedLongAgo = true
                }
            }
            decision.events.append(event)
            if change.sighting == .inferred, observation.facts.startedAt == nil {
                decided.task.runsOfUnreadStarts += 1
            } else if change.to.isTraining {
                decided.task.runsOfUnreadStarts = 0
            }
            // A change of status says all that the end of a stall would.
            decided.task.record.isStalled = false
            if change.to.isTraining { decided.task.record.wasActivated = true }
            decided.task.record.status = status
            // By the API's clock, as it is compared with the API's times: this host's may be wrong.
            let seen = serverClock.time(at: now)
            decided.task.record.since = change.apiTime.map { $0 <= latest ? $0 : seen } ?? seen
        }
        if status.isSettled, let completion = observation.facts.completion(after: before), completion <= latest {
            // The time of an end may come later than the status.
            decided.task.record.since = completion
        }
        let notice = Notice.unknownStatus(before.id, name: before.name, status)
        if !status.isKnown, before.status != status, !reportedStatuses.contains(status.rawValue),
            !decision.notices.contains(where: { $0.unknownStatus == status })
        {
            decision.notices.append(notice)
        }
        for time in observation.unreadTimes where decided.task.reportedTimes.insert(time.field).inserted {
            decision.notices.append(.unreadableTime(before.id, name: before.name, time))
        }
        if let text = observation.facts.unreadStart, text == before.facts.unreadStart {
            decided.task.runsOfUnreadStarts = 0
        }
        decided.task.record.digest = observation.digest
        decided.task.record.facts = observation.facts.withTimes(of: before.facts)
        noteRun(&decided, before: before, observation, isListed: isListed, at: now, into: &decision)
        decided.mustSave = true
        decided.answer = AnswerRecord(
            cluster: before.id, observedAt: now.wall, requestID: observation.requestID, body: observation.body)
    }

    /// A StartTime that cannot be read and changes with each answer, such as "2 minutes ago", does not show a new run each time.
    private static let mostRunsOfUnreadStarts = 2

    /// A time that the API gives ahead of the clocks is not taken.
    private func latest(_ observation: Observation, at now: Moment) -> Timestamp {
        (observation.answeredAt ?? serverClock.time(at: now)).advanced(by: .seconds(300))
    }

    /// What ended longer ago than this before the first look is reported in a digest.
    private static let longAgo = Duration.seconds(86_400)

    /// Whether the run of a task that an instance turned out to have was over before that instance was first listed.
    private func wasOver(_ task: WatchedTask, _ change: StatusChange) -> Bool {
        guard let id = task.record.instance,
            let index = instances.index(of: InstanceKey(id: id, scope: task.record.scope)),
            let firstListedAt = instances[index].firstListedAt
        else { return false }
        return change.apiTime.map { $0 < firstListedAt } ?? task.isOld
    }
}

extension Notice {
    fileprivate var unknownStatus: ClusterStatus? {
        if case .unknownStatus(_, _, let status) = self { status } else { nil }
    }
}
