package import Model

extension TaskMonitor {
    // MARK: - Deciding

    /// What a reading of a training's progress means, or its failure.
    ///
    /// A failure says nothing of the training: without readings its progress is unknown, and what is unknown does not
    /// stall.
    func decideProgress(
        _ result: PollResult, _ outcome: Result<ProgressReading, PollFailure>, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        guard case .readProgress(let cluster, _, _) = result.order.call, let index = slotOfCluster[cluster],
            let known = progress[index], known.isInFlight, known.order == result.order.number
        else { return }
        switch outcome {
        case .success(let reading):
            decideReading(index, known, reading, at: result.at, into: &decision, using: &random)
        case .failure(let failure):
            decideUnreadable(index, known, failure, at: result.at, into: &decision, using: &random)
        }
    }

    private func decideReading(
        _ index: Int, _ known: RunProgress, _ reading: ProgressReading, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        let scope = scopeOfSlot[index]
        var decided = ProgressDecision(index: index, progress: known, call: .good, scope: scope)
        if scopes[scope].isProgressFailureAnnounced { decided.announcesFailure = false }
        let startedAt = slots[index].record.facts.startedAt
        decided.isNew = decided.progress.take(reading, startedAt: startedAt, at: now)
        // Steps have their times from Alibaba Cloud's hosts, so they are compared with its clock.
        let served = Moment(monotonic: now.monotonic, wall: reading.answeredAt ?? now.wall)
        expectEnd(&decided.progress, of: slots[index], at: served)
        decideStall(decided, at: now, into: &decision)
        decided.liveness = decided.progress.liveness(at: served.wall)
        let wait =
            (1...Self.mostCatchUps).contains(decided.progress.catchingUp)
            ? .zero : progressInterval(of: index, decided.progress, at: now.monotonic)
        decided.progress.due = now.monotonic.advanced(by: intervals.jittered(wait, using: &random))
        decision.readings.append(decided)
    }

    /// Pages that are read one after the other where the server gives the oldest first.
    private static let mostCatchUps = 50

    private func decideUnreadable(
        _ index: Int, _ known: RunProgress, _ failure: PollFailure, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        let scope = scopeOfSlot[index]
        var decided = ProgressDecision(index: index, progress: known, call: CallEnd(failure), scope: scope)
        let plain = progressInterval(of: index, known, at: now.monotonic)
        var wait = plain
        switch failure.reason {
        case .throttled: break
        case .permission, .credentials: wait = Self.refusedPause
        case .configuration where !known.asksForLess: decided.progress.asksForLess = true
        default:
            decided.progress.failures += 1
            wait = intervals.afterFailures(decided.progress.failures, plain: plain)
        }
        let isLasting = failure.reason == .permission || decided.progress.failures >= Self.lastingFailures
        let isTold = decision.readings.contains { $0.scope == scope && $0.announcesFailure == true }
        if isLasting, !scopes[scope].isProgressFailureAnnounced, !isTold {
            decided.announcesFailure = true
            decision.notices.append(.progressUnreadable(scopes[scope].id, failure))
        }
        decided.progress.due = now.monotonic.advanced(by: intervals.jittered(wait, using: &random))
        decision.readings.append(decided)
    }

    /// What an access key may not read, it will not be allowed to soon.
    private static let refusedPause = Duration.seconds(1800)
    private static let lastingFailures = 3

    /// No step for too long, or the first one after that.
    ///
    /// The time is counted on the clock that never steps, from when the newest step was first read; and only a reading
    /// that was good and has no newer one tells a stall.
    private func decideStall(_ decided: ProgressDecision, at now: Moment, into decision: inout Decision) {
        let place = decision.slots.firstIndex { $0.index == decided.index }
        var slot = place.map { decision.slots[$0].slot } ?? slots[decided.index]
        guard slot.record.status?.isTraining ?? false, let seen = decided.progress.stepSeen else { return }
        let kind: EventKind
        if slot.record.isStalled {
            guard decided.isNew else { return }
            kind = .stallEnded
        } else {
            guard let stallAfter, !decided.isNew, decided.progress.catchingUp == 0,
                now.monotonic.since(seen) >= stallAfter
            else { return }
            kind = .stalled
        }
        var event = clusterEvent(kind, slot, detail: nil, at: now)
        event.apiTime = decided.progress.record.latest?.loggedAt
        event.progress = decided.progress.record.latest
        if kind == .stalled {
            event.detail = "no new step for \(DurationText.write(.seconds(Int64(now.monotonic.since(seen).inSeconds))))"
        }
        decision.events.append(event)
        slot.record.isStalled = kind == .stalled
        if let place {
            decision.slots[place].slot = slot
            decision.slots[place].mustSave = true
            return
        }
        // A quiet poll of the same turn would be undone by the older copy.
        if let quiet = decision.quiet.first(where: { $0.index == decided.index }) {
            slot.noteGood(at: quiet.at)
            slot.plan(after: quiet.wait, at: quiet.at)
        }
        var stalled = SlotDecision(index: decided.index, slot: slot)
        stalled.mustSave = true
        decision.slots.append(stalled)
    }

    // MARK: - When

    /// How long until a training's progress is read again: often enough for a stall to be told in time and for an
    /// operator to see it move, and seldom beside the polls.
    func progressInterval(of index: Int, _ known: RunProgress, at now: MonotonicInstant) -> Duration {
        let plain = intervals.plain(own: slots[index].poll, status: slots[index].record.status)
        var interval = max(.seconds(60), min(plain * 4, .seconds(600)))
        if let stallAfter { interval = min(interval, max(stallAfter / 3, min(plain, .seconds(30)))) }
        guard adaptive, let window = known.window else { return interval }
        if isSwamped(scopeOfSlot[index], at: now) {
            // What is far from its end is read again when half of the way is gone, so that the others can be; and no
            // later than a share of the calls lets all be read in turn, for stalls.
            let scope = scopeOfSlot[index]
            let turn = Double(scopes[scope].slots.count) / max(scopes[scope].budget.rate(at: now) * 0.15, 1e-6)
            return max(interval, min(window.lowerBound.since(now) / 2, .seconds(turn)))
        }
        return window.contains(now) ? min(interval, plain * 2) : interval
    }

    /// Works out when the run will end.
    func expectEnd(_ known: inout RunProgress, of slot: Slot, at now: Moment) {
        let plain = intervals.plain(own: slot.poll, status: slot.record.status)
        let startedAt = slot.record.facts.startedAt
        var estimate = EndEstimate(known.record, startedAt: startedAt, least: plain * 2)
        if estimate == nil, let pastRun = known.record.pastRun, let startedAt {
            estimate = EndEstimate(pastRun: pastRun, startedAt: startedAt, least: plain * 2)
        }
        known.record.expectedEnd = estimate?.at
        known.window = adaptive ? estimate?.window(at: now) : nil
    }

    /// Whether a training is expected to end about now.
    func isEnding(_ index: Int, at now: MonotonicInstant) -> Bool {
        guard adaptive, let window = progress[index]?.window else { return false }
        return window.contains(now)
    }

    /// Between two polls of a training that is expected to end about now.
    func endingInterval(own: Duration?, _ status: ClusterStatus?) -> Duration {
        let plain = intervals.plain(own: own, status: status)
        return max(plain / 6, min(plain, .seconds(5)))
    }

    // MARK: - Writing

    /// Progress that is not written yet, for a commit of its own; `markSaved` follows it.
    package func unwrittenProgress() -> [ProgressUpdate] {
        finishedProgress + unsavedProgress.sorted().compactMap { progress[$0]?.update }
    }

    /// Takes note that progress is written; what changed meanwhile stays unsaved.
    package mutating func markSaved(_ updates: [ProgressUpdate]) {
        for saved in updates {
            if let place = finishedProgress.firstIndex(of: saved) {
                finishedProgress.remove(at: place)
                continue
            }
            guard let index = slotOfCluster[saved.record.cluster], progress[index] != nil else { continue }
            progress[index]?.noteSaved(saved)
            if progress[index]?.record == saved.record { unsavedProgress.remove(index) }
        }
    }
}
