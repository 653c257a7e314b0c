import Model

extension TaskMonitor {
    mutating func apply(_ decided: ReadingDecision, at now: MonotonicInstant) {
        if let announces = decided.announcesFailure { scopes[decided.scope].isProgressFailureAnnounced = announces }
        // Its run may have ended in the same turn.
        let subject = CallSubject.progress(decided.index)
        guard scopes[decided.scope].agenda.call(about: subject) == decided.call else { return }
        scopes[decided.scope].agenda.end(subject)
        var run = decided.run
        // An answer of the same turn may have given its start.
        if let kept = runs[decided.index] { run.record.runStartedAt = kept.record.runStartedAt }
        runs[decided.index] = run
        if decided.isNew { runs.noteUnsaved(decided.index) }
        planReading(decided.index, at: decided.due)
        runs.planCheck(decided.index, at: now)
        switch decided.liveness {
        case .silent: if !isEnding(decided.index, at: now) { askAtOnce(decided.index, at: now) }
        case .alive: deferPoll(decided.index, at: now)
        case .unknown: break
        }
    }

    /// If polls are far behind, a training that has just made a step can wait as if it had been polled: once, so that
    /// its turn does come.
    private mutating func deferPoll(_ index: TaskIndex, at now: MonotonicInstant) {
        let task = tasks[index]
        guard adaptive, scopes[task.scope].agenda.isOverQuota(at: now),
            !scopes[task.scope].agenda.isUnderWay(.task(index)),
            !scopes[task.scope].agenda.isPlanned(.task(index), after: now), task.failed.from == nil,
            !task.isUnobserved, !isEnding(index, at: now), runs[index]?.deferredAfter != task.record.lastPollAt
        else { return }
        runs[index]?.deferredAfter = task.record.lastPollAt
        plan(index, at: now.advanced(by: intervals.plain(own: task.poll, status: task.record.status)))
    }

    /// Begins, interrupts or ends reading the progress of a task: its run may go on under other words than ACTIVATION, and
    /// while the task is gone for a while.
    ///
    /// - Parameters:
    ///   - before: what was known of it; nil if the task is new.
    ///   - stored: of the run that goes on, from the database.
    mutating func followRun(
        _ index: TaskIndex, before: ClusterRecord?, stored: ProgressRecord? = nil, at now: MonotonicInstant
    ) {
        let record = tasks[index].record
        guard readsProgress, RunRules.mayGoOn(record) else {
            endRun(index)
            return
        }
        if runs[index] != nil {
            if let before, RunRules.isSameRun(record, as: before) {
                keepRun(index, wasTraining: before.status?.isTraining ?? false, at: now)
                return
            }
            endRun(index)
        }
        // While the API shows the start of the run before, what is stored under that start is of the run before.
        let showsOldStart = record.ownStart != record.facts.startedAt
        let isSameRun = !showsOldStart && stored.map { $0.runStartedAt == record.facts.startedAt } ?? false
        guard tasks[index].isTraining || isSameRun else { return }
        var next = ProgressRecord(cluster: record.id)
        if let stored, isSameRun {
            next = stored
        } else {
            next.runStartedAt = record.facts.startedAt
            next.pastRun = before.flatMap { $0.status?.isCompleted ?? false ? $0.facts.duration : nil }
        }
        var run = RunProgress(next)
        run.startsAnew = !isSameRun
        runs[index] = run
        // How long the run before took is known nowhere else, and its progress is not shown as this run's.
        if !isSameRun, next.pastRun != nil || showsOldStart { runs.noteUnsaved(index) }
        // The first step takes a while after the start.
        if tasks[index].isTraining { planReading(index, at: now.advanced(by: .seconds(10))) }
    }

    /// The run goes on. Its progress is read only while it is training.
    private mutating func keepRun(_ index: TaskIndex, wasTraining: Bool, at now: MonotonicInstant) {
        let record = tasks[index].record
        if runs[index]?.record.runStartedAt != record.facts.startedAt {
            // It may come late.
            runs[index]?.record.runStartedAt = record.facts.startedAt
            runs.noteUnsaved(index)
        }
        guard tasks[index].isTraining else {
            scopes[tasks[index].scope].agenda.forget(.progress(index))
            runs[index]?.window = nil
            return
        }
        guard !wasTraining else { return }
        if runs[index]?.record.latest != nil {
            // While it was not training there was no step to be made: the time without one counts from now.
            runs[index]?.stepSeen = now
            runs[index]?.record.stepSeenAt = record.lastGoodAt
            runs.noteUnsaved(index)
        }
        planReading(index, at: now.advanced(by: .seconds(10)))
    }

    /// The progress of a task is not followed any more.
    mutating func endRun(_ index: TaskIndex) {
        scopes[tasks[index].scope].agenda.forget(.progress(index))
        runs.remove(index)
    }

    /// Finds the times of what was restored on both clocks: when its newest step was seen, when it is expected to end.
    mutating func placeRun(_ index: TaskIndex, at now: Moment) {
        if let record = runs[index]?.record, let seenAt = record.stepSeenAt, record.latest != nil {
            runs[index]?.stepSeen = now.monotonic.advanced(by: min(.zero, seenAt.since(now.wall)))
        }
        refreshExpectation(index, at: now)
    }

    /// Works out anew when the run will end.
    mutating func refreshExpectation(_ index: TaskIndex, at now: Moment) {
        guard tasks[index].isTraining, var known = runs[index] else { return }
        expectEnd(&known, of: tasks[index], at: now)
        runs[index] = known
        runs.planCheck(index, at: now.monotonic)
    }

    /// Puts trainings that have come near their expected end among those that are polled faster.
    mutating func checkEnds(at now: MonotonicInstant) {
        while let index = runs.takeCheck(at: now) {
            guard isEnding(index, at: now) else {
                runs.planCheck(index, at: now)
                continue
            }
            let wait = endingInterval(own: tasks[index].poll, tasks[index].record.status)
            let due = scopes[tasks[index].scope].agenda.due(of: .task(index)) ?? now
            plan(index, at: min(due, now.advanced(by: wait)), as: .ending)
        }
    }
}
