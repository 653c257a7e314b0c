import Model

extension TaskMonitor {
    /// What a page of an instance's list means, or its failure. Tasks that are new on it are watched at once; what
    /// changed or vanished is never believed from a list, but brings the poll of that task forward.
    func decideList(
        _ result: PollResult, _ outcome: Result<TaskListPage, PollFailure>, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        guard case .listTasks(let id, _) = result.order.call,
            let index = instanceOfKey[InstanceKey(id: id, scope: result.order.scope)], instances[index].isInFlight,
            instances[index].order == result.order.number, let scope = scopeOfID[result.order.scope]
        else { return }
        switch outcome {
        case .success(let page):
            decidePage(index, scope, page, at: result.at, into: &decision, using: &random)
        case .failure(let failure):
            decideListFailure(index, scope, failure, at: result.at, into: &decision, using: &random)
        }
    }

    // MARK: - A good page

    private func decidePage(
        _ index: Int, _ scope: Int, _ page: TaskListPage, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = ListDecision(index: index, instance: instances[index], call: .good)
        noteGoodList(&decided.instance, scope, at: now, into: &decision)
        let interval = listInterval(of: decided.instance, in: scope, at: now.monotonic)
        noteFirstListing(&decided.instance, page, at: now, into: &decision)
        let isRepeat = decided.instance.round.isRepeat(page)

        var found: [ClusterID] = []
        for task in page.tasks {
            let listing = Listing(task)
            if !isRepeat, task.status.map({ !$0.isSettled && !$0.isGone }) ?? false {
                decided.instance.round.running += 1
            }
            if let slot = slotOfCluster[task.id] {
                guard let seen = see(slot, listing, by: decided.instance, index, interval, at: now) else { continue }
                decided.seen.append(seen)
            } else if !decision.discovered.contains(where: { $0.cluster.id == task.id }) {
                guard discoveredCount + decision.discovered.count < mostDiscovered else {
                    if !isRepeat { decided.instance.round.leftOut += 1 }
                    continue
                }
                decision.discovered.append(
                    DiscoveredTask(
                        cluster: WatchedCluster(
                            id: task.id, scope: decided.instance.key.scope, labels: decided.instance.labels,
                            instance: decided.instance.key.id),
                        isOld: decided.instance.isInFirstRound && task.status?.isSettled ?? false))
                found.append(task.id)
                if let run = listedRun(task, of: decided.instance, at: now) { decision.runs.append(run) }
            }
        }
        if !found.isEmpty {
            decision.notices.append(
                .found(decided.instance.key, tasks: found, watched: slotOfCluster.count + decision.discovered.count))
        }
        if decided.instance.round.take(page, end: &decided.instance.end, most: mostPages) {
            endRound(&decided, scope, interval, at: now, into: &decision, using: &random)
        } else {
            decided.instance.round.page += 1
            decided.instance.due = now.monotonic
        }
        decision.lists.append(decided)
    }

    /// From the first good page on what ends is news.
    private func noteFirstListing(
        _ instance: inout Instance, _ page: TaskListPage, at now: Moment, into decision: inout Decision
    ) {
        guard instance.firstListedAt == nil else { return }
        let time = page.answeredAt ?? now.wall
        instance.firstListedAt = time
        decision.listed.append(InstanceRecord(key: instance.key, firstListedAt: time))
    }

    /// What a listing says of a watched task; nil where the list is not the one that counts for it.
    private func see(
        _ slot: Int, _ listing: Listing, by instance: Instance, _ index: Int, _ interval: Duration, at now: Moment
    ) -> SeenTask? {
        let known = slots[slot]
        guard known.record.scope == instance.key.scope, known.lister < 0 || known.lister == Int32(index) else {
            return nil
        }
        let isNews = known.listing.map { $0 != listing } ?? !listing.agrees(with: known.record)
        let meaning: SeenTask.Meaning
        if isNews {
            meaning = .news
        } else if listing.tellsStatus(of: known.record), known.isAtEase, !known.isInFlight,
            !isOverdueDecisionDue(known.record, at: now),
            intervals.plain(own: known.poll, status: known.record.status) >= interval,
            scopes[scopeOfSlot[slot]].health.failingSince == nil
        {
            // Should no list come any more, the task itself is asked again soon.
            let grace = max(interval, instance.lastRound) * 3
            // Of a settled task a list does not tell all, its models for example; of a running one it tells what counts.
            let isCalm = known.record.status?.isCalm ?? false
            var wait = isCalm ? max(.zero, min(grace, known.fullPollDue.since(now.monotonic))) : grace
            if isEnding(slot, at: now.monotonic) {
                let soon = endingInterval(own: known.poll, known.record.status)
                wait = min(wait, max(.zero, known.due.since(now.monotonic)), soon)
            }
            meaning = .asKnown(wait: limited(wait, known.record, at: now), list: interval)
        } else {
            meaning = .silent
        }
        return SeenTask(index: slot, listing: listing, round: instance.round.number, meaning: meaning, at: now)
    }

    private func endRound(
        _ decided: inout ListDecision, _ scope: Int, _ interval: Duration, at now: Moment,
        into decision: inout Decision, using random: inout some RandomNumberGenerator
    ) {
        var instance = decided.instance
        let startedAt = instance.round.startedAt ?? now.monotonic
        let seen = Set(decided.seen.map(\.index))
        for slot in scopes[scope].slots where slots[slot].lister == Int32(decided.index) {
            if slots[slot].listedIn != instance.round.number, !seen.contains(slot) { decided.missing.append(slot) }
        }
        for slot in scopes[scope].slots where isRetirable(slot, of: instance, at: now) {
            decision.retired.append(slot)
            decision.retiredClusters.append(slots[slot].record.id)
        }

        instance.lastRound = now.monotonic.since(startedAt)
        instance.pages = instance.round.page
        instance.running = instance.round.running
        let isCut = instance.round.page >= mostPages
        instance.leftOut = max(instance.round.leftOut, isCut ? instance.round.missing : 0)
        noteGap(&instance, isCut: isCut, into: &decision)
        if instance.leftOut > 0, !instance.isLimitAnnounced {
            instance.isLimitAnnounced = true
            decision.notices.append(
                .tooManyTasks(instance.key, leftOut: instance.leftOut, limit: mostDiscovered))
        } else if instance.leftOut == 0 {
            instance.isLimitAnnounced = false
        }
        if instance.round.listed > 0 {
            instance.isEmptinessAnnounced = false
        } else if !instance.isEmptinessAnnounced {
            instance.isEmptinessAnnounced = true
            decision.notices.append(.noTasks(instance.key))
        }
        // What the round cost is known only now.
        let next = listInterval(of: instance, in: scope, at: now.monotonic)
        instance.due = max(startedAt.advanced(by: intervals.jittered(next, using: &random)), now.monotonic)
        instance.end.endRound()
        instance.isInFirstRound = false
        instance.beginRound()
        decided.instance = instance
    }

    /// Says once that the server counts more tasks than it lists.
    private func noteGap(_ instance: inout Instance, isCut: Bool, into decision: inout Decision) {
        let missing = isCut ? 0 : instance.round.missing
        if missing > 0, !instance.isGapAnnounced {
            decision.notices.append(
                .listIncomplete(instance.key, listed: instance.round.listed, missing: missing))
        }
        instance.isGapAnnounced = missing > 0
    }

    /// A task that is gone for a day makes room: the list would show its return.
    private func isRetirable(_ slot: Int, of instance: Instance, at now: Moment) -> Bool {
        let record = slots[slot].record
        guard record.instance == instance.key.id, record.status?.isGone ?? false, let since = record.since,
            !slots[slot].isInFlight, slots[slot].failingFrom == nil
        else { return false }
        return now.wall.since(since) >= Self.goneKept
    }

    package static let goneKept = Duration.seconds(86_400)

    /// A list is a proof of the account where no cluster of it is watched; else its clusters are a better one.
    private func noteGoodList(_ instance: inout Instance, _ scope: Int, at now: Moment, into decision: inout Decision) {
        if instance.isFailureAnnounced {
            decision.notices.append(.listAnswering(instance.key, failures: instance.failures))
        }
        instance.isFailureAnnounced = false
        instance.failures = 0
        instance.failingFrom = nil
        instance.silentSince = now.monotonic
        guard scopes[scope].slots.isEmpty else { return }
        var health = decision.health[scope] ?? scopes[scope].health
        if health.failingSince != nil { endFailing(scope, &health, detail: nil, at: now, into: &decision) }
        health.noteAnswer(at: now.monotonic)
        decision.health[scope] = health
    }

    // MARK: - A failure

    private func decideListFailure(
        _ index: Int, _ scope: Int, _ failure: PollFailure, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = ListDecision(index: index, instance: instances[index], call: CallEnd(failure))
        let isThrottled = failure.reason == .throttled
        if !isThrottled {
            decided.instance.failures += 1
            decided.instance.failingFrom = decided.instance.failingFrom ?? now.monotonic
            if !decided.instance.isFailureAnnounced {
                decided.instance.isFailureAnnounced = true
                decision.notices.append(.listFailing(decided.instance.key, failure))
            }
            // The list may have changed too much meanwhile to go on with.
            if decided.instance.failures.isMultiple(of: 3) { decided.instance.beginRound() }
        }
        let interval = listInterval(of: decided.instance, in: scope, at: now.monotonic)
        // Throttled, a round goes on as soon as the account has a call left, and none begins before its time.
        let throttledWait = decided.instance.round.page > 1 ? .zero : min(interval, intervals.running)
        let wait =
            isThrottled ? throttledWait : intervals.afterFailures(decided.instance.failures, plain: interval)
        decided.instance.due = now.monotonic.advanced(by: intervals.jittered(wait, using: &random))
        tellListSilence(decided.instance, scope, failure, interval, at: now, into: &decision)
        decision.lists.append(decided)
    }

    /// An account where nothing is watched yet is silent when its lists are: nobody else would tell.
    private func tellListSilence(
        _ instance: Instance, _ scope: Int, _ failure: PollFailure, _ interval: Duration, at now: Moment,
        into decision: inout Decision
    ) {
        var health = decision.health[scope] ?? scopes[scope].health
        guard scopes[scope].slots.isEmpty, health.failingSince == nil,
            now.monotonic.since(instance.silentSince) >= intervals.silenceLimit(plain: interval),
            !health.hasAnswer(after: instance.silentSince)
        else { return }
        health.beginFailing(at: now)
        decision.events.append(scopeEvent(.pollFailing, scope, detail: failure.message, at: now))
        decision.scopeRecords[scope] = ScopeRecord(scope: scopes[scope].id, failingSince: now.wall)
        decision.health[scope] = health
    }

    func listInterval(of instance: Instance, in scope: Int, at now: MonotonicInstant) -> Duration {
        instance.interval(running: intervals.running, callsPerSecond: scopes[scope].budget.rate(at: now))
    }

    /// A list that never ends is read no further than this.
    private var mostPages: Int { mostDiscovered / TaskListPage.size + 2 }
}
