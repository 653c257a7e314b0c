import Model

extension TaskMonitor {
    /// What results mean, in the order in which they came; changes nothing.
    ///
    /// - Parameter results: at most one per cluster, as polls of one cluster never overlap. Those of clusters that are
    ///   no longer watched are passed over.
    package func decide(_ results: [PollResult], using random: inout some RandomNumberGenerator) -> Decision {
        var decision = Decision()
        for result in results {
            guard let index = slotOfCluster[result.cluster] else { continue }
            switch result.outcome {
            case .unchanged(let requestID):
                let status = slots[index].record.status ?? ClusterStatus("")
                let facts = slots[index].record.facts
                decideGood(
                    index, status: status, facts: facts, requestID: requestID, observation: nil, at: result.at,
                    into: &decision, using: &random)
            case .answer(let observation):
                decideGood(
                    index, status: observation.status, facts: observation.facts, requestID: observation.requestID,
                    observation: observation, at: result.at, into: &decision, using: &random)
            case .failure(let failure):
                decideFailure(index, failure, at: result.at, into: &decision, using: &random)
            }
        }
        return decision
    }

    private func decideGood(
        _ index: Int, status: ClusterStatus, facts: TaskFacts, requestID: String?, observation: Observation?,
        at now: Moment, into decision: inout Decision, using random: inout some RandomNumberGenerator
    ) {
        var decided = SlotDecision(slot: slots[index], call: .good)
        let before = decided.slot.record
        let scope = scopeOfSlot[index]
        var health = decision.health[scope] ?? scopes[scope].health
        var isBlind = decided.slot.isBlind || decision.blindedScopes.contains(scope)

        if health.failingSince != nil {
            isBlind = true
            health.failingSince = nil
            decision.events.append(scopeEvent(.pollRecovered, scope, detail: nil, at: now))
            decision.savedHealth[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: nil)
            decision.recoveredScopes[scope] = now.monotonic
        }
        health.noteGood(at: now.monotonic)
        decision.health[scope] = health

        if before.isPollFailing {
            decision.events.append(clusterEvent(.pollRecovered, decided.slot, detail: nil, at: now))
            decided.slot.record.isPollFailing = false
        }
        if before.failingSince != nil {
            if decided.slot.isFailureAnnounced {
                decision.notices.append(.answering(before.id, name: before.name, failures: decided.slot.failures))
            }
            decided.slot.record.failingSince = nil
            decided.mustSave = true
        }
        for change in StatusChange.between(before, and: status, facts: facts, isBlind: isBlind) {
            decision.events.append(
                Event(
                    kind: change.kind, cluster: before.id, name: before.name, account: before.scope.account,
                    region: before.scope.region, labels: decided.slot.cluster.labels, from: change.from, to: change.to,
                    sighting: change.sighting, observedAt: now.wall, notBefore: before.lastGoodAt,
                    apiTime: change.apiTime, requestID: requestID, facts: facts))
            decided.slot.record.status = status
            decided.slot.record.since = now.wall
            decided.mustSave = true
        }
        if !status.isKnown, before.status?.rawValue != status.rawValue, !reportedStatuses.contains(status.rawValue) {
            decision.notices.append(.unknownStatus(before.id, name: before.name, status))
        }
        if status.isTraining, !before.wasActivated {
            decided.slot.record.wasActivated = true
            decided.mustSave = true
        }
        if let observation {
            decided.slot.record.digest = observation.digest
            decided.slot.record.facts = facts
            decided.mustSave = true
            decided.answer = AnswerRecord(
                cluster: before.id, observedAt: now.wall, requestID: requestID, body: observation.body)
        }
        decided.slot.record.lastError = nil
        decided.slot.record.lastGoodAt = now.wall
        decided.slot.isBlind = false
        decided.slot.silentSince = now.monotonic
        decided.slot.forgetFailures()
        decided.slot.gone.reset()
        plan(
            &decided, after: intervals.plain(decided.slot.cluster, status: decided.slot.record.status), at: now,
            using: &random)
        decision.slots[index] = decided
    }

    private func decideFailure(
        _ index: Int, _ failure: PollFailure, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = SlotDecision(slot: slots[index], call: failure.callEnd)
        let before = decided.slot.record
        let scope = scopeOfSlot[index]
        var health = decision.health[scope] ?? scopes[scope].health
        let plain = intervals.plain(decided.slot.cluster, status: before.status)
        decided.slot.failures += 1
        decided.slot.failingFrom = decided.slot.failingFrom ?? now.monotonic
        decided.slot.record.lastError = failure.message

        if failure.reason == .notFound {
            decided.slot.gone.noteNotFound(at: now.monotonic)
        } else {
            decided.slot.gone.reset()
        }
        let isGone = before.status?.isGone ?? false
        if failure.reason == .notFound, isGone {
            // What is known already is no failure: the API answers, and says the same again.
            decided.slot.forgetFailures()
            decided.slot.record.failingSince = nil
            decided.mustSave = before.failingSince != nil
            decided.slot.silentSince = now.monotonic
        } else if failure.reason == .notFound,
            decided.slot.gone.isBelieved(
                lastGood: health.lastGood, isAlone: scopes[scope].slots.count == 1, at: now.monotonic)
        {
            decideGone(scope, &decided, failure, health: &health, at: now, into: &decision)
        } else {
            if before.failingSince == nil {
                decided.slot.record.failingSince = now.wall
                decided.mustSave = true
            }
            // Throttling is the account's news, not the cluster's.
            if !decided.slot.isFailureAnnounced, failure.reason != .throttled {
                decided.slot.isFailureAnnounced = true
                decision.notices.append(.failing(before.id, name: before.name, failure))
            }
            health.noteFailure(of: index)
            decideSilence(index, &decided, plain: plain, health: &health, failure, at: now, into: &decision)
            let needsWitness =
                failure.reason == .notFound
                ? decided.slot.gone.needsWitness(lastGood: health.lastGood)
                : decided.slot.failures >= 2 && !health.hasGood(after: decided.slot.failingFrom)
            if needsWitness, !decided.slot.hasCalledWitness, scopes[scope].slots.count > 1 {
                decided.callsWitness = true
                decided.slot.hasCalledWitness = true
            }
        }
        decision.health[scope] = health

        let after: Duration =
            switch failure.reason {
            // The whole account waits for its budget; the cluster's turn is not lost.
            case .throttled: .zero
            case .notFound: intervals.plain(decided.slot.cluster, status: decided.slot.record.status)
            default: intervals.afterFailures(decided.slot.failures, plain: plain)
            }
        plan(&decided, after: after, at: now, using: &random)
        decision.slots[index] = decided
    }

    private func decideGone(
        _ scope: Int, _ decided: inout SlotDecision, _ failure: PollFailure, health: inout ScopeHealth, at now: Moment,
        into decision: inout Decision
    ) {
        let before = decided.slot.record
        if health.failingSince != nil {
            health.failingSince = nil
            decision.events.append(scopeEvent(.pollRecovered, scope, detail: failure.message, at: now))
            decision.savedHealth[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: nil)
            decision.recoveredScopes[scope] = now.monotonic
        }
        if before.isPollFailing {
            decision.events.append(clusterEvent(.pollRecovered, decided.slot, detail: failure.message, at: now))
        }
        decision.events.append(
            Event(
                kind: .gone, cluster: before.id, name: before.name, account: before.scope.account,
                region: before.scope.region, labels: decided.slot.cluster.labels, from: before.status, to: .gone,
                sighting: before.status == nil ? .firstSeen : decided.slot.isBlind ? .late : .observed,
                observedAt: now.wall, notBefore: before.lastGoodAt, requestID: failure.requestID, facts: before.facts,
                detail: failure.message))
        decided.slot.record.status = .gone
        decided.slot.record.since = now.wall
        decided.slot.record.failingSince = nil
        decided.slot.record.isPollFailing = false
        decided.slot.forgetFailures()
        decided.slot.record.digest = nil
        decided.slot.silentSince = now.monotonic
        decided.mustSave = true
    }

    private func plan(
        _ decided: inout SlotDecision, after interval: Duration, at now: Moment,
        using random: inout some RandomNumberGenerator
    ) {
        let wait = interval > .zero ? intervals.jittered(interval, using: &random) : .zero
        decided.due = now.monotonic.advanced(by: wait)
        decided.slot.isInFlight = false
        decided.slot.record.lastPollAt = now.wall
        decided.slot.record.nextPollAt = now.wall.advanced(by: wait)
        decided.slot.hasUnsavedTimes = true
    }
}

extension PollFailure {
    fileprivate var callEnd: CallEnd {
        switch reason {
        case .throttled: .throttled(retryAfter: retryAfter)
        case .server, .network, .timeout, .malformed, .tls:
            retryAfter.map { .throttled(retryAfter: $0) } ?? .sick(reason)
        case .notFound, .credentials, .permission, .clock, .configuration, .unknown: .refused
        }
    }
}
