package import Model

extension TaskMonitor {
    /// Whether a good answer changes whether a run is overdue, also if it is the answer already known.
    ///
    /// Only an answer that still shows the run makes it overdue: it may have ended since the one before.
    func isOverdueDecisionDue(_ record: ClusterRecord, at now: Moment) -> Bool {
        guard record.isRunning, !overdue.isOff || record.overdue != nil else { return false }
        return overdue.change(of: record, at: serverClock.time(at: now)) != nil
    }

    /// What a good answer means for the limits of the run.
    ///
    /// - Parameters:
    ///   - before: what was known before the answer.
    ///   - isUnobserved: nobody was looking since the last good answer.
    func noteOverdue(
        _ decided: inout TaskDecision, before: ClusterRecord, isUnobserved: Bool, at now: Moment,
        into decision: inout Decision
    ) {
        let record = decided.task.record
        let time = serverClock.time(at: now).advanced(by: .seconds(Planted.isOn(.overdueEarly) ? 1200 : 0))
        guard let change = overdue.change(of: record, at: time) else { return }
        decided.mustSave = true
        switch change {
        case .ends: decided.task.record.overdue = nil
        case .goesOn(let mark): decided.task.record.overdue = mark
        case .begins(let mark):
            decided.task.record.overdue = Planted.isOn(.overdueRepeated) ? nil : mark
            var event = clusterEvent(.overdue, decided.task, detail: nil, at: now)
            event.reason = overdueReason(of: record, mark, at: time)
            let isUnseen = isUnobserved && before.lastGoodAt.map { $0 <= mark.since } ?? true
            event.sighting = before.status == nil ? .firstSeen : isUnseen ? .late : .observed
            if before.isRunning { event.progress = runs[decided.index]?.record.latest }
            if let price = prices.price(of: record), let start = record.facts.startedAt, start == record.runStartedAt {
                event.cost = Cost(of: time.since(start), at: price)
            }
            decision.events.append(event)
        }
    }

    /// Runs that are not overdue any more because their limits were raised: that needs no answer of the API.
    package mutating func decideRaisedLimits(at now: Moment) -> Decision {
        var decision = Decision()
        guard hasNewLimits else { return decision }
        let time = serverClock.time(at: now)
        for index in tasks.watched.sorted() where tasks[index].record.overdue != nil {
            guard overdue.change(of: tasks[index].record, at: time) == .ends else { continue }
            var decided = TaskDecision(index: index, task: tasks[index])
            decided.task.record.overdue = nil
            decided.mustSave = true
            decision.tasks.append(decided)
        }
        hasNewLimits = decision.isDurable
        return decision
    }

    /// A wait for the next poll, so long that it is not after the run passes a limit: only an answer shows whether it
    /// still runs then.
    func limited(_ wait: Duration, _ record: ClusterRecord, at now: Moment) -> Duration {
        guard let timeLeft = overdue.timeLeft(of: record, at: serverClock.time(at: now)) else { return wait }
        // The API's times have whole seconds.
        return min(wait, timeLeft + .seconds(1))
    }

    /// Has the runs polled in time that pass a limit before their next poll.
    mutating func bringForwardForLimits(at now: Moment) {
        guard !overdue.isOff else { return }
        for index in tasks.watched.sorted() where tasks[index].record.isRunning {
            let record = tasks[index].record
            guard let due = scopes[tasks[index].scope].agenda.due(of: .task(index)) else { continue }
            let left = max(.zero, due.since(now.monotonic))
            let wait = isOverdueDecisionDue(record, at: now) ? .zero : limited(left, record, at: now)
            if wait < left { plan(index, at: now.monotonic.advanced(by: wait)) }
        }
    }

    private func overdueReason(of record: ClusterRecord, _ mark: OverdueMark, at now: Timestamp) -> EventReason? {
        guard let start = record.runStartedAt else { return nil }
        let runtime = Self.whole(now.since(start))
        switch mark.limit {
        case .maxRuntime: return .longerThan(limit: Self.whole(mark.since.since(start)), runtime: runtime)
        case .slowerThan: return record.lastRun.map { .slowerThan(lastRun: Self.whole($0), runtime: runtime) }
        case .deadline: return .afterDeadline(mark.since, runtime: runtime)
        }
    }

    private static func whole(_ duration: Duration) -> Duration {
        .seconds(max(0, duration.components.seconds))
    }
}
