import Model

extension TaskMonitor {
    /// What results mean, in the order in which they came; changes nothing.
    ///
    /// Results that no order asked for, or that come after their order was given up, are passed over.
    package func decide(_ results: [PollResult], using random: inout some RandomNumberGenerator) -> Decision {
        var decision = Decision()
        decision.slots.reserveCapacity(results.count)
        let results = results.filter { underWay.contains($0.order.number) }
        decision.ended = results.map(\.order.number)
        for result in results {
            guard case .task(let outcome) = result.outcome, let cluster = result.order.call.cluster else { continue }
            if strays.contains(cluster) {
                decision.strays.append(cluster)
                continue
            }
            guard let index = slotOfCluster[cluster], slots[index].isInFlight else { continue }
            switch outcome {
            case .unchanged:
                if !decideQuiet(index, at: result.at, into: &decision, using: &random) {
                    decideGood(index, nil, at: result.at, into: &decision, using: &random)
                }
            case .answer(let observation):
                decideGood(index, observation, at: result.at, into: &decision, using: &random)
            case .failure(let failure):
                decideFailure(index, failure, at: result.at, into: &decision, using: &random)
            }
        }
        // After the polls: what a list or a reading means depends on what they brought.
        for result in results {
            switch result.outcome {
            case .task: continue
            case .list(let outcome): decideList(result, outcome, into: &decision, using: &random)
            case .progress(let outcome): decideProgress(result, outcome, into: &decision, using: &random)
            }
        }
        return decision
    }

    /// Until the next poll of a slot's cluster.
    ///
    /// - Parameters:
    ///   - own: the cluster's own interval.
    ///   - status: its status from now on.
    private func wait(
        _ index: Int, own: Duration?, _ status: ClusterStatus?, at now: MonotonicInstant,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        let isEnding = !(status?.isCalm ?? false) && isEnding(index, at: now)
        let plain = isEnding ? endingInterval(own: own, status) : intervals.plain(own: own, status: status)
        return intervals.jittered(plain, using: &random)
    }

    /// The common case, made cheap: the answer is the one already known, and nothing was amiss.
    ///
    /// - Returns: false where it is another case.
    private func decideQuiet(
        _ index: Int, at now: Moment, into decision: inout Decision, using random: inout some RandomNumberGenerator
    ) -> Bool {
        let scope = scopeOfSlot[index]
        var health = decision.health[scope] ?? scopes[scope].health
        guard slots[index].isAtEase, health.failingSince == nil,
            !isOverdueDecisionDue(slots[index].record, at: now)
        else { return false }
        health.noteGood(at: now.monotonic)
        decision.health[scope] = health
        let wait = limited(
            wait(index, own: slots[index].poll, slots[index].record.status, at: now.monotonic, using: &random),
            slots[index].record, at: now)
        decision.quiet.append(QuietPoll(index: index, at: now, wait: wait))
        return true
    }

    /// - Parameter observation: nil where the answer is the one already known.
    private func decideGood(
        _ index: Int, _ observation: Observation?, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = SlotDecision(index: index, slot: slots[index], call: .good)
        let scope = scopeOfSlot[index]
        var health = decision.health[scope] ?? scopes[scope].health
        if health.failingSince != nil {
            endFailing(scope, &health, detail: nil, at: now, into: &decision)
        }
        health.noteGood(at: now.monotonic)
        let isBlind = decided.slot.isBlind || health.wasBlind(since: decided.slot.silentSince)

        endOwnFailing(&decided, detail: nil, at: now, into: &decision)
        if decided.slot.isFailureAnnounced {
            let record = decided.slot.record
            decision.notices.append(.answering(record.id, name: record.name, failures: decided.slot.failures))
        }
        if let observation, observation.digest != decided.slot.record.digest || decided.slot.record.status == nil {
            take(observation, isBlind: isBlind, into: &decided, at: now, decision: &decision)
        }
        noteOverdue(&decided, before: slots[index].record, isBlind: isBlind, at: now, into: &decision)
        decided.slot.noteGood(at: now)
        let wait = limited(
            wait(index, own: decided.slot.poll, decided.slot.record.status, at: now.monotonic, using: &random),
            decided.slot.record, at: now)
        decided.slot.plan(after: wait, at: now)
        decision.health[scope] = health
        decision.slots.append(decided)
    }

    /// Takes over an answer that says something new.
    private func take(
        _ observation: Observation, isBlind: Bool, into decided: inout SlotDecision, at now: Moment,
        decision: inout Decision
    ) {
        let status = observation.status
        let before = decided.slot.record
        var isListed = false
        // A time that the API gives ahead of the clocks is not taken.
        let latest = (observation.answeredAt ?? now.wall).advanced(by: .seconds(300))
        for change in StatusChange.between(before, and: status, facts: observation.facts, isBlind: isBlind) {
            var event = clusterEvent(change.kind, decided.slot, detail: nil, at: now)
            event.from = change.from
            event.to = change.to
            event.sighting = change.sighting
            event.apiTime = change.apiTime
            event.requestID = observation.requestID
            event.facts = observation.facts
            if change.kind == .failed { event.logLines = observation.logLines }
            event.progress = progress[decided.index]?.record.latest
            event.cost = cost(ofEnd: event, decided, observation, at: now)
            if change.endsUnseenRun { event.detail = "how the run before it ended is not known" }
            if change.sighting == .firstSeen, status.isSettled {
                let asked = observation.answeredAt ?? now.wall
                event.endedLongAgo = change.apiTime.map { asked.since($0) > Self.longAgo } ?? false
                isListed = wasOver(decided.slot, change)
                if isListed { decision.unalerted.insert(decision.events.count) }
            }
            decision.events.append(event)
            // A change of status says all that the end of a stall would.
            decided.slot.record.isStalled = false
            if change.to.isTraining { decided.slot.record.wasActivated = true }
            decided.slot.record.status = status
            decided.slot.record.since = change.apiTime.map { $0 <= latest ? $0 : now.wall } ?? now.wall
        }
        if status.isSettled, let completion = observation.facts.plausibleCompletion, completion <= latest {
            // The time of an end may come later than the status.
            decided.slot.record.since = completion
        }
        let notice = Notice.unknownStatus(before.id, name: before.name, status)
        if !status.isKnown, before.status != status, !reportedStatuses.contains(status.rawValue),
            !decision.notices.contains(where: { $0.unknownStatus == status })
        {
            decision.notices.append(notice)
        }
        for time in observation.unreadTimes where decided.slot.reportedTimes.insert(time.field).inserted {
            decision.notices.append(.unreadableTime(before.id, name: before.name, time))
        }
        decided.slot.record.digest = observation.digest
        decided.slot.record.facts = observation.facts
        noteRun(&decided, before: before, observation, isListed: isListed, at: now, into: &decision)
        decided.mustSave = true
        decided.answer = AnswerRecord(
            cluster: before.id, observedAt: now.wall, requestID: observation.requestID, body: observation.body)
    }

    /// What ended longer ago than this before the first look is told in a digest.
    private static let longAgo = Duration.seconds(86_400)

    /// Whether the run of a task that an instance turned out to have was over before that instance was first listed.
    private func wasOver(_ slot: Slot, _ change: StatusChange) -> Bool {
        guard let id = slot.record.instance, let index = instanceOfKey[InstanceKey(id: id, scope: slot.record.scope)],
            let firstListedAt = instances[index].firstListedAt
        else { return false }
        return change.apiTime.map { $0 < firstListedAt } ?? slot.isOld
    }

    private func decideFailure(
        _ index: Int, _ failure: PollFailure, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = SlotDecision(index: index, slot: slots[index], call: CallEnd(failure))
        let scope = scopeOfSlot[index]
        var health = decision.health[scope] ?? scopes[scope].health
        decided.slot.record.lastError = failure.message
        if failure.reason == .notFound {
            let isBlind = decided.slot.isBlind || health.wasBlind(since: decided.slot.silentSince)
            decided.slot.gone.noteNotFound(at: now.monotonic, isBlind: isBlind)
        } else {
            decided.slot.gone.reset()
        }
        if failure.reason == .notFound, decided.slot.record.status?.isGone ?? false {
            decideStillGone(&decided, &health, at: now, into: &decision)
        } else if failure.reason == .notFound,
            decided.slot.gone.isBelieved(
                lastGood: health.lastGood, isAlone: scopes[scope].slots.count == 1, at: now.monotonic)
        {
            decideGone(&decided, failure, &health, at: now, into: &decision)
        } else {
            noteFailure(failure, &decided, &health, at: now, into: &decision)
        }
        let plain = intervals.plain(own: decided.slot.poll, status: decided.slot.record.status)
        switch failure.reason {
        case .throttled:
            // The whole account waits for its budget. The cluster stays among those that have waited longest, but not
            // before them all, so that one after the other is tried; and it is asked no more often than before.
            let due = decided.slot.due.advanced(by: plain)
            decided.slot.plan(after: min(intervals.running, due.since(now.monotonic)), at: now)
        case .notFound:
            decided.slot.plan(after: intervals.jittered(plain, using: &random), at: now)
        default:
            let wait = intervals.afterFailures(decided.slot.ownFailures, plain: plain)
            decided.slot.plan(after: intervals.jittered(wait, using: &random), at: now)
        }
        decision.health[scope] = health
        decision.slots.append(decided)
    }

    private func noteFailure(
        _ failure: PollFailure, _ decided: inout SlotDecision, _ health: inout ScopeHealth, at now: Moment,
        into decision: inout Decision
    ) {
        let isThrottled = failure.reason == .throttled
        decided.slot.noteFailure(isThrottled: isThrottled, health, at: now.monotonic)
        health.noteFailure(of: decided.index)
        if decided.slot.record.failingSince == nil {
            decided.slot.record.failingSince = now.wall
            decided.mustSave = true
        }
        // Throttling is the account's news, not the cluster's.
        if !decided.slot.isFailureAnnounced, !isThrottled {
            decided.slot.isFailureAnnounced = true
            let record = decided.slot.record
            decision.notices.append(.failing(record.id, name: record.name, failure))
        }
        tellSilence(&decided, &health, at: now, into: &decision)
        decided.callsWitness = decided.callsWitness || wantsWitness(failure.reason, decided, health)
    }

    /// Whether to poll another cluster at once, to learn whether this one or the whole account is in trouble.
    private func wantsWitness(_ reason: FailureReason, _ decided: SlotDecision, _ health: ScopeHealth) -> Bool {
        guard reason != .throttled, health.failingSince == nil, let failingFrom = decided.slot.failingFrom else {
            return false
        }
        let clusters = scopes[scopeOfSlot[decided.index]].slots.count
        switch health.verdict(clusters: clusters, failingFrom: failingFrom) {
        case .down: return false
        case .unknown where decided.slot.ownFailures > 1 || health.severalFail: return true
        case .unknown, .answers: return reason == .notFound && decided.slot.gone.needsWitness(lastGood: health.lastGood)
        }
    }

    private func decideGone(
        _ decided: inout SlotDecision, _ failure: PollFailure, _ health: inout ScopeHealth, at now: Moment,
        into decision: inout Decision
    ) {
        let scope = scopeOfSlot[decided.index]
        decided.slot.isBlind = decided.slot.isBlind || health.wasBlind(since: decided.slot.silentSince)
        if health.failingSince != nil {
            endFailing(scope, &health, detail: failure.message, at: now, into: &decision)
        }
        health.noteAnswer(at: now.monotonic)
        endOwnFailing(&decided, detail: failure.message, at: now, into: &decision)
        var event = clusterEvent(.gone, decided.slot, detail: failure.message, at: now)
        event.to = .gone
        event.sighting = event.from == nil ? .firstSeen : decided.slot.gone.beganBlind ? .late : .observed
        event.requestID = failure.requestID
        decision.events.append(event)
        decided.slot.record.status = .gone
        decided.slot.record.isStalled = false
        noteRunGone(&decided, at: now, into: &decision)
        decided.slot.record.since = now.wall
        // What comes after it must be decoded, whether or not it is what was known before.
        decided.slot.record.digest = nil
        decided.slot.forgetFailures()
        decided.slot.silentSince = now.monotonic
        decided.mustSave = true
    }

    /// What is known already is no failure: the API answers, and says the same again.
    private func decideStillGone(
        _ decided: inout SlotDecision, _ health: inout ScopeHealth, at now: Moment, into decision: inout Decision
    ) {
        let scope = scopeOfSlot[decided.index]
        decided.slot.isBlind = decided.slot.isBlind || health.wasBlind(since: decided.slot.silentSince)
        if health.failingSince != nil {
            endFailing(scope, &health, detail: nil, at: now, into: &decision)
        }
        health.noteAnswer(at: now.monotonic)
        endOwnFailing(&decided, detail: nil, at: now, into: &decision)
        decided.slot.forgetFailures()
        decided.slot.silentSince = now.monotonic
    }
}

extension Notice {
    fileprivate var unknownStatus: ClusterStatus? {
        if case .unknownStatus(_, _, let status) = self { status } else { nil }
    }
}
