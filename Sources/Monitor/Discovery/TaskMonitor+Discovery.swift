import Model

extension TaskMonitor {
    /// What a page of an instance's list means, or its failure. Tasks that are new on it are watched at once; what
    /// changed or vanished is never believed from a list, but brings the poll of that task forward.
    func decideList(
        _ index: InstanceIndex, _ outcome: Result<TaskListPage, PollFailure>, at now: Moment,
        into decision: inout Decision, using random: inout some RandomNumberGenerator
    ) {
        switch outcome {
        case .success(let page): decidePage(index, page, at: now, into: &decision, using: &random)
        case .failure(let failure): decideListFailure(index, failure, at: now, into: &decision, using: &random)
        }
    }

    // MARK: - A good page

    private func decidePage(
        _ index: InstanceIndex, _ page: TaskListPage, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = ListDecision(index: index, instance: instances[index], due: now.monotonic)
        decision.calls.append((decided.instance.scope, .list(index), .good))
        noteGoodList(&decided.instance, at: now, into: &decision)
        let interval = listInterval(of: decided.instance, at: now.monotonic)
        noteFirstListing(&decided.instance, page, at: now, into: &decision)
        let isRepeat = decided.instance.round.isRepeat(page)

        var found: [ClusterID] = []
        for task in page.tasks {
            let listing = Listing(task)
            if !isRepeat, task.status.map({ !$0.isSettled && !$0.isGone }) ?? false {
                decided.instance.round.running += 1
            }
            if let known = tasks.index(of: task.id) {
                if let seen = see(known, listing, decided, interval, at: now) { decided.seen.append(seen) }
            } else if !decision.discovered.contains(where: { $0.cluster.id == task.id }) {
                guard tasks.discovered + decision.discovered.count < mostDiscovered else {
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
                .found(decided.instance.key, tasks: found, watched: tasks.count + decision.discovered.count))
        }
        if decided.instance.round.take(page, end: &decided.instance.end, most: mostPages) {
            endRound(&decided, at: now, into: &decision, using: &random)
        } else {
            decided.instance.round.page += 1
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

    /// What a listing says of a watched task; nil if the list is not the one that counts for it.
    private func see(
        _ index: TaskIndex, _ listing: Listing, _ list: ListDecision, _ interval: Duration, at now: Moment
    ) -> SeenTask? {
        let known = tasks[index]
        guard known.scope == list.instance.scope, known.lister ?? list.index == list.index else { return nil }
        let isBelieved = Planted.isOn(.listBelieved)
        let isChanged =
            !isBelieved && (known.listing.map { $0 != listing } ?? !listing.agrees(with: known.record))
        let meaning: SeenTask.Meaning
        if isChanged {
            meaning = .changed
        } else if listing.standsIn(for: known.record) || isBelieved, known.isWell,
            !isOverdueDecisionDue(known.record, at: now), !scopes[known.scope].agenda.isUnderWay(.task(index)),
            intervals.plain(own: known.poll, status: known.record.status) >= interval,
            scopes[known.scope].health.failingSince == nil
        {
            let wait = wait(for: index, known, listing, list, interval, at: now.monotonic)
            meaning = .asKnown(wait: limited(wait, known.record, at: now), list: interval)
        } else {
            meaning = .silent
        }
        return SeenTask(index: index, listing: listing, round: list.instance.round.number, meaning: meaning, at: now)
    }

    /// Until the next poll of a task whose list stands in for polls.
    private func wait(
        for index: TaskIndex, _ known: WatchedTask, _ listing: Listing, _ list: ListDecision, _ interval: Duration,
        at now: MonotonicInstant
    ) -> Duration {
        // Should no list come any more, the task itself is asked again soon.
        let grace = max(interval, list.instance.lastRound) * 3
        // Of a settled task a list does not give all, its models for example; of a running one it gives what counts, if it
        // says when the run began.
        let isIdle = known.record.status?.isIdle ?? false
        let saysAll = !isIdle && listing.startedAt != nil
        let wait = saysAll ? grace : max(.zero, min(grace, known.fullPollDue.since(now)))
        guard isEnding(index, at: now) else { return wait }
        let due = scopes[known.scope].agenda.due(of: .task(index)) ?? now
        return min(wait, max(.zero, due.since(now)), endingInterval(own: known.poll, known.record.status))
    }

    private func endRound(
        _ decided: inout ListDecision, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var instance = decided.instance
        let watched = scopes[instance.scope].tasks
        let startedAt = instance.round.startedAt ?? now.monotonic
        let seen = Set(decided.seen.map(\.index))
        decided.missing = watched.filter { index in
            tasks[index].lister == decided.index && tasks[index].listedIn != instance.round.number
                && !seen.contains(index)
        }
        for index in watched where !seen.contains(index) && isRetirable(index, of: decided, at: now) {
            decision.retired.append((index, tasks[index].record.id))
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
        let next = listInterval(of: instance, at: now.monotonic)
        decided.due = max(startedAt.advanced(by: intervals.jittered(next, using: &random)), now.monotonic)
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

    /// A task that is gone for a day makes room: the list would show its return. One that a list still shows would be found
    /// again at once.
    private func isRetirable(_ index: TaskIndex, of list: ListDecision, at now: Moment) -> Bool {
        let instance = list.instance
        let record = tasks[index].record
        guard tasks[index].lister ?? list.index == list.index, tasks[index].listedIn != instance.round.number,
            record.instance == instance.key.id, tasks[index].isGone, let since = record.since,
            !scopes[instance.scope].agenda.isUnderWay(.task(index)), tasks[index].failed.from == nil
        else { return false }
        return now.wall.since(since) >= Self.goneKept
    }

    package static let goneKept = Duration.seconds(86_400)

    /// A list proves that the account answers if no task of it is watched; else its tasks are a better proof.
    private func noteGoodList(_ instance: inout Instance, at now: Moment, into decision: inout Decision) {
        if instance.isFailureAnnounced {
            decision.notices.append(.listAnswering(instance.key, failures: instance.failures))
        }
        instance.isFailureAnnounced = false
        instance.failures = 0
        instance.lastFailure = nil
        instance.failingFrom = nil
        instance.silentSince = now.monotonic
        let scope = instance.scope
        guard scopes[scope].tasks.isEmpty else { return }
        if health(of: scope, decision).failingSince != nil {
            endFailing(scope, detail: nil, at: now, into: &decision)
        }
        decision.health[scope, default: scopes[scope].health].noteAnswer(at: now.monotonic)
    }

    // MARK: - A failure

    private func decideListFailure(
        _ index: InstanceIndex, _ failure: PollFailure, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = ListDecision(index: index, instance: instances[index], due: now.monotonic)
        decision.calls.append((decided.instance.scope, .list(index), CallEnd(failure)))
        let isThrottled = failure.reason == .throttled
        if !isThrottled {
            decided.instance.failures += 1
            decided.instance.lastFailure = failure.message
            decided.instance.failingFrom = decided.instance.failingFrom ?? now.monotonic
            if !decided.instance.isFailureAnnounced {
                decided.instance.isFailureAnnounced = true
                decision.notices.append(.listFailing(decided.instance.key, failure))
            }
            // The list may have changed too much meanwhile to go on with.
            if decided.instance.failures.isMultiple(of: 3) { decided.instance.beginRound() }
        }
        let interval = listInterval(of: decided.instance, at: now.monotonic)
        // Throttled, a round goes on as soon as the account has a call left, and none begins before its time.
        let throttledWait = decided.instance.round.page > 1 ? .zero : min(interval, intervals.running)
        let wait =
            isThrottled ? throttledWait : intervals.afterFailures(decided.instance.failures, plain: interval)
        decided.due = now.monotonic.advanced(by: intervals.jittered(wait, using: &random))
        reportListSilence(decided.instance, failure, interval, at: now, into: &decision)
        decision.lists.append(decided)
    }

    /// An account where nothing is watched yet is silent when its lists are: nothing else would report it.
    private func reportListSilence(
        _ instance: Instance, _ failure: PollFailure, _ interval: Duration, at now: Moment,
        into decision: inout Decision
    ) {
        let health = health(of: instance.scope, decision)
        guard scopes[instance.scope].tasks.isEmpty, health.failingSince == nil,
            now.monotonic.since(instance.silentSince) >= intervals.silenceLimit(plain: interval),
            !health.hasAnswer(after: instance.silentSince)
        else { return }
        beginFailing(instance.scope, detail: failure.message, at: now, into: &decision)
    }

    private func listInterval(of instance: Instance, at now: MonotonicInstant) -> Duration {
        instance.interval(
            running: intervals.running, callsPerSecond: scopes[instance.scope].agenda.budget.rate(at: now))
    }

    /// A list that never ends is read no further than this.
    private var mostPages: Int { mostDiscovered / TaskListPage.size + 2 }
}
