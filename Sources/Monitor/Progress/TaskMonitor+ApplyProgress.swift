import Model

extension TaskMonitor {
    mutating func apply(_ decided: ProgressDecision, at now: MonotonicInstant) {
        if let announces = decided.announcesFailure { scopes[decided.scope].isProgressFailureAnnounced = announces }
        // Its run may have ended in the same turn.
        guard var next = progress[decided.index], next.isInFlight, next.order == decided.progress.order else { return }
        releaseProgress(decided.index)
        let ticket = next.ticket
        next = decided.progress
        next.ticket = ticket
        next.isInFlight = false
        // The database may have been slow: looks were planned meanwhile.
        next.opening = progress[decided.index]?.opening
        progress[decided.index] = next
        if decided.isNew { unsavedProgress.insert(decided.index) }
        enqueueProgress(decided.index, due: next.due)
        planOpening(decided.index, at: now)
        switch decided.liveness {
        case .silent: if !isEnding(decided.index, at: now) { askAtOnce(decided.index, at: now) }
        case .alive: deferPoll(decided.index, at: now)
        case .unknown: break
        }
    }

    /// Where polls are far behind, a training that has just made a step can wait as if it had been polled: once, so that
    /// its turn does come.
    private mutating func deferPoll(_ index: Int, at now: MonotonicInstant) {
        guard adaptive, isSwamped(scopeOfSlot[index], at: now), !slots[index].isInFlight, slots[index].due <= now,
            slots[index].failingFrom == nil, !slots[index].isBlind, !isEnding(index, at: now),
            progress[index]?.deferredAfter != slots[index].record.lastPollAt
        else { return }
        progress[index]?.deferredAfter = slots[index].record.lastPollAt
        enqueue(
            index, due: now.advanced(by: intervals.plain(own: slots[index].poll, status: slots[index].record.status)))
    }

    /// Begins or ends reading the progress of a slot's cluster, as its status says.
    ///
    /// - Parameters:
    ///   - before: what was known of it; nil where the slot is new.
    ///   - stored: of the run that goes on, from the database.
    mutating func followRun(
        _ index: Int, before: ClusterRecord?, stored: ProgressRecord? = nil, at now: MonotonicInstant
    ) {
        let record = slots[index].record
        guard readsProgress, record.status?.isTraining ?? false else {
            dropProgress(index)
            return
        }
        if let known = progress[index] {
            let began = known.record.runStartedAt ?? record.facts.startedAt
            guard began != record.facts.startedAt else {
                progress[index]?.record.runStartedAt = record.facts.startedAt
                return
            }
            dropProgress(index)
        }
        var next = ProgressRecord(cluster: record.id)
        let isSameRun = stored.map { $0.runStartedAt == record.facts.startedAt } ?? false
        if let stored, isSameRun {
            next = stored
        } else {
            next.runStartedAt = record.facts.startedAt
            next.pastRun = before.flatMap { $0.status?.isCompleted ?? false ? $0.facts.duration : nil }
        }
        // The first step takes a while after the start.
        var run = RunProgress(next, due: now.advanced(by: .seconds(10)))
        run.startsAnew = !isSameRun
        progress[index] = run
        // How long the run before took is known nowhere else.
        if !isSameRun, next.pastRun != nil { unsavedProgress.insert(index) }
        enqueueProgress(index, due: run.due)
    }

    /// Tells the time on both clocks to what was restored: when its newest step was seen, when it is expected to end.
    mutating func placeProgress(_ index: Int, at now: Moment) {
        guard var known = progress[index] else { return }
        if let seenAt = known.record.stepSeenAt, known.record.latest != nil {
            known.stepSeen = now.monotonic.advanced(by: min(.zero, seenAt.since(now.wall)))
        }
        progress[index] = known
        refreshExpectation(index, at: now)
    }

    /// Works out anew when the run will end.
    mutating func refreshExpectation(_ index: Int, at now: Moment) {
        guard var known = progress[index] else { return }
        expectEnd(&known, of: slots[index], at: now)
        progress[index] = known
        planOpening(index, at: now.monotonic)
    }

    mutating func dropProgress(_ index: Int) {
        guard let known = progress[index] else { return }
        if known.isInFlight { releaseProgress(index) }
        if unsavedProgress.remove(index) != nil {
            finishedProgress.append(known.update)
            // Where the disk takes nothing for hours: the newest matter.
            if finishedProgress.count > 1000 { finishedProgress.removeFirst(500) }
        }
        progress[index] = nil
    }

    mutating func enqueueProgress(_ index: Int, due: MonotonicInstant) {
        progressTickets &+= 1
        progress[index]?.due = due
        progress[index]?.ticket = progressTickets
        scopes[scopeOfSlot[index]].progress.insert(slot: index, ticket: progressTickets, due: due)
    }

    mutating func releaseProgress(_ index: Int) {
        guard progress[index]?.isInFlight ?? false else { return }
        progress[index]?.isInFlight = false
        scopes[scopeOfSlot[index]].inFlight -= 1
    }

    /// Has the slot looked at when its run comes near its end.
    private mutating func planOpening(_ index: Int, at now: MonotonicInstant) {
        guard let known = progress[index], let window = known.window, window.upperBound > now else { return }
        let due = max(window.lowerBound, now)
        // An earlier look plans the next one.
        if let opening = known.opening, opening <= due { return }
        progress[index]?.opening = due
        scopes[scopeOfSlot[index]].openings.insert(slot: index, ticket: 0, due: due)
    }

    /// Puts trainings that have come near their expected end among those that are polled faster.
    mutating func openWindows(in scope: Int, at now: MonotonicInstant) {
        while let opening = scopes[scope].openings.first, opening.due <= now {
            scopes[scope].openings.removeFirst()
            let index = Int(opening.slot)
            guard let known = progress[index], known.opening == opening.due else { continue }
            progress[index]?.opening = nil
            guard isEnding(index, at: now) else {
                planOpening(index, at: now)
                continue
            }
            guard !slots[index].isInFlight else { continue }
            let wait = endingInterval(own: slots[index].poll, slots[index].record.status)
            enqueue(index, due: min(slots[index].due, now.advanced(by: wait)), as: .ending)
        }
    }
}
