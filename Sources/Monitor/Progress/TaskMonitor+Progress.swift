package import Model

extension TaskMonitor {
    // MARK: - Deciding

    /// What a reading of a training's progress means, or its failure.
    ///
    /// A failure says nothing of the training: without readings its progress is unknown, and what is unknown does not
    /// stall.
    func decideProgress(
        _ index: TaskIndex, _ outcome: Result<ProgressReading, PollFailure>, of result: PollResult,
        into decision: inout Decision, using random: inout some RandomNumberGenerator
    ) {
        guard let known = runs[index] else { return }
        let decided = ReadingDecision(
            index: index, scope: tasks[index].scope, call: result.order.number, run: known, due: result.at.monotonic)
        switch outcome {
        case .success(let reading): decide(reading, decided, at: result.at, into: &decision, using: &random)
        case .failure(let failure): decide(failure, decided, at: result.at, into: &decision, using: &random)
        }
    }

    private func decide(
        _ reading: ProgressReading, _ known: ReadingDecision, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = known
        decision.calls.append((decided.scope, .progress(decided.index), .good))
        if scopes[decided.scope].isProgressFailureAnnounced { decided.announcesFailure = false }
        let startedAt = tasks[decided.index].record.ownStart
        decided.isNew = decided.run.take(reading, startedAt: startedAt, at: now)
        // Steps have their times from Alibaba Cloud's hosts, so they are compared with its clock.
        let served = Moment(monotonic: now.monotonic, wall: reading.answeredAt ?? now.wall)
        expectEnd(&decided.run, of: tasks[decided.index], at: served)
        decideStall(decided, at: now, into: &decision)
        decided.liveness = decided.run.liveness(at: served.wall)
        let wait =
            (1...Self.mostCatchUps).contains(decided.run.catchingUp)
            ? .zero : progressInterval(of: decided.index, decided.run, at: now.monotonic)
        decided.due = now.monotonic.advanced(by: intervals.jittered(wait, using: &random))
        decision.readings.append(decided)
    }

    /// Pages that are read one after the other if the server gives the oldest first.
    private static let mostCatchUps = 50

    private func decide(
        _ failure: PollFailure, _ known: ReadingDecision, at now: Moment, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        var decided = known
        decision.calls.append((decided.scope, .progress(decided.index), CallEnd(failure)))
        let plain = progressInterval(of: decided.index, decided.run, at: now.monotonic)
        var wait = plain
        switch failure.reason {
        case .throttled: break
        case .permission: wait = Self.refusedPause
        case .configuration where !decided.run.asksForLess: decided.run.asksForLess = true
        default:
            decided.run.failures += 1
            wait = intervals.afterFailures(decided.run.failures, plain: plain)
        }
        // A task that is not known is itself the matter, not the account.
        let isLasting =
            failure.reason == .permission
            || (decided.run.failures >= Self.lastingFailures && failure.reason != .notFound)
        let isAnnounced = decision.readings.contains { $0.scope == decided.scope && $0.announcesFailure == true }
        if isLasting, !scopes[decided.scope].isProgressFailureAnnounced, !isAnnounced {
            decided.announcesFailure = true
            decision.notices.append(.progressUnreadable(scopes[decided.scope].id, failure))
        }
        decided.due = now.monotonic.advanced(by: intervals.jittered(wait, using: &random))
        decision.readings.append(decided)
    }

    /// What an access key may not read, it will not be allowed to soon.
    private static let refusedPause = Duration.seconds(1800)
    private static let lastingFailures = 3

    /// No step for too long, or the first one after that.
    ///
    /// The time is counted on the clock that never steps, from when the newest step was first read; and only a reading
    /// that was good and has no newer one proves a stall.
    private func decideStall(_ decided: ReadingDecision, at now: Moment, into decision: inout Decision) {
        let place = decision.tasks.firstIndex { $0.index == decided.index }
        var task = place.map { decision.tasks[$0].task } ?? tasks[decided.index]
        guard task.isTraining, let seen = decided.run.stepSeen else { return }
        let kind: EventKind
        if task.record.isStalled {
            guard decided.isNew else { return }
            kind = .stallEnded
        } else {
            guard let stallAfter, !decided.isNew, decided.run.catchingUp == 0,
                now.monotonic.since(seen) >= stallAfter
            else { return }
            kind = .stalled
        }
        var event = clusterEvent(kind, task, detail: nil, at: now)
        event.apiTime = decided.run.record.latest?.loggedAt
        event.progress = decided.run.record.latest
        if kind == .stalled {
            event.reason = .noNewStep(.seconds(Int64(clamped: now.monotonic.since(seen).inSeconds)))
        }
        decision.events.append(event)
        task.record.isStalled = kind == .stalled
        if let place {
            decision.tasks[place].task = task
            decision.tasks[place].mustSave = true
        } else {
            decision.stalls.append(task.record)
        }
    }

    // MARK: - When

    /// How long until a training's progress is read again: often enough for a stall to be reported in time and for an
    /// operator to see it move, and seldom beside the polls.
    func progressInterval(of index: TaskIndex, _ known: RunProgress, at now: MonotonicInstant) -> Duration {
        let plain = intervals.plain(own: tasks[index].poll, status: tasks[index].record.status)
        var interval = max(.seconds(60), min(plain * 4, .seconds(600)))
        if let stallAfter { interval = min(interval, max(stallAfter / 3, min(plain, .seconds(30)))) }
        guard adaptive, let window = known.window else { return interval }
        let scope = tasks[index].scope
        if scopes[scope].agenda.isOverQuota(at: now) {
            // What is far from its end is read again when half of the way is gone, so that the others can be; and no
            // later than a share of the calls lets all be read in turn, for stalls.
            let rate = scopes[scope].agenda.budget.rate(at: now)
            let turn = Double(scopes[scope].tasks.count) / max(rate * 0.15, 1e-6)
            return max(interval, min(window.lowerBound.since(now) / 2, .seconds(turn)))
        }
        return window.contains(now) ? min(interval, plain * 2) : interval
    }

    /// Works out when the run will end.
    func expectEnd(_ known: inout RunProgress, of task: WatchedTask, at now: Moment) {
        let plain = intervals.plain(own: task.poll, status: task.record.status)
        let startedAt = task.record.ownStart
        var estimate = EndEstimate(known.record, startedAt: startedAt, least: plain * 2)
        if estimate == nil, let pastRun = known.record.pastRun, let startedAt {
            estimate = EndEstimate(pastRun: pastRun, startedAt: startedAt, least: plain * 2)
        }
        known.record.expectedEnd = estimate?.at
        known.window = adaptive ? estimate?.window(at: now) : nil
    }

    /// Whether a training is expected to end about now.
    func isEnding(_ index: TaskIndex, at now: MonotonicInstant) -> Bool {
        guard adaptive, let window = runs[index]?.window else { return false }
        return window.contains(now)
    }

    /// Between two polls of a training that is expected to end about now.
    func endingInterval(own: Duration?, _ status: ClusterStatus?) -> Duration {
        let plain = intervals.plain(own: own, status: status)
        return max(plain / 6, min(plain, .seconds(5)))
    }

    // MARK: - Writing

    /// Progress that is not written yet, for a commit of its own; `markSaved` follows it.
    package func unwrittenProgress() -> [ProgressUpdate] { runs.unwritten }

    /// Of how many runs.
    package var unwrittenRuns: Int { runs.unwrittenCount }

    /// Records that progress is written; what changed meanwhile stays unsaved.
    package mutating func markSaved(_ updates: [ProgressUpdate]) {
        for saved in updates { runs.noteSaved(saved, of: tasks.index(of: saved.record.cluster)) }
    }
}

extension ClusterRecord {
    /// The API's StartTime of the run that goes on; if that is still the one of the run before, when this one was first seen.
    var ownStart: Timestamp? { facts.startedAt.map { max($0, runStartedAt ?? $0) } }
}
