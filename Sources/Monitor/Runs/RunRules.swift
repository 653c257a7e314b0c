import Model

/// What an answer means for the runs of its task. Without state; the times of runs are those of the API's clock.
struct RunRules: Sendable {
    /// The time by the API's clock.
    let now: Timestamp
    /// A time that the API gives beyond it is not taken.
    let latest: Timestamp
    /// What an hour costs.
    let price: HourlyPrice?
    /// How far the run that goes on is.
    var progress: TrainingProgress?
    /// Whether all that is known of an end is what a list says of a time when nobody watched.
    var isListed = false

    /// Takes a good answer over.
    ///
    /// - Parameters:
    ///   - record: has the status and the facts of the answer already.
    ///   - before: what was known before it.
    /// - Returns: what is to be written, in this order.
    func follow(_ record: inout ClusterRecord, before: ClusterRecord) -> [RunRecord] {
        var runs: [RunRecord] = []
        var isAnother = false
        if Self.isAnotherRun(record, than: before) {
            // It ended between two answers, and nobody knows how.
            runs.append(run(of: before, .gone, from: before.runStartedAt, to: nil, progress))
            isAnother = true
            record.isRunning = false
            record.runStartedAt = nil
            record.overdue = nil
        }
        guard let status = record.status else { return runs }
        if status.isSettled {
            runs += end(&record, before: before, isAnother: isAnother)
        } else if status.isTraining || record.isRunning {
            runs += goOn(&record, before: before, isAnother: isAnother)
        }
        return runs
    }

    /// The task is not there any more.
    func leave(_ record: inout ClusterRecord) -> [RunRecord] {
        guard record.isRunning else { return [] }
        record.isRunning = false
        return [run(of: record, .gone, from: record.runStartedAt, to: now, progress)]
    }

    /// When the run of an answer with an end was over; nil if nobody knows.
    ///
    /// - Parameter isFirstAnswer: the run was over before, so that the time of the answer is not that of its end.
    func end(of facts: TaskFacts, from start: Timestamp?, isFirstAnswer: Bool) -> Timestamp? {
        if let completion = facts.plausibleCompletion, completion <= latest, start.map({ $0 <= completion }) ?? true {
            return completion
        }
        return isFirstAnswer ? nil : now
    }

    /// What a run cost from the API's StartTime up to a time.
    func cost(from start: Timestamp?, to end: Timestamp?) -> Cost? {
        guard let price, let start, let end else { return nil }
        return Cost(of: end.since(start), at: price)
    }

    private func end(_ record: inout ClusterRecord, before: ClusterRecord, isAnother: Bool) -> [RunRecord] {
        guard let status = record.status else { return [] }
        let isEnd = before.status.map { !$0.means(status) } ?? true
        let start = isAnother ? record.facts.startedAt : Self.start(of: record.facts, after: before)
        let isNew = isEnd || isAnother || before.isRunning
        guard isNew || start != before.runStartedAt || record.facts.completedAt != before.facts.completedAt else {
            return []
        }
        // Of an end that was seen before, the time of this answer says nothing.
        let wasSeen = !isNew && !StatusChange.isNewRun(record.facts, after: before, isOver: true)
        let end = end(of: record.facts, from: start, isFirstAnswer: before.status == nil || wasSeen)
        record.runStartedAt = start
        record.isRunning = false
        record.overdue = nil
        if status.isCompleted, let start, let end, end > start { record.lastRun = end.since(start) }
        let known = isAnother || !before.isRunning ? nil : progress
        var run = run(of: record, status.isFailed ? .failed : .completed, from: start, to: end, known)
        if wasSeen, start != before.runStartedAt { run.knownStart = .other(before.runStartedAt) }
        return [run]
    }

    private func goOn(_ record: inout ClusterRecord, before: ClusterRecord, isAnother: Bool) -> [RunRecord] {
        let start: Timestamp
        if record.isRunning {
            start = Self.start(of: record.facts, after: before) ?? now
            guard start != before.runStartedAt else { return [] }
            record.overdue = moved(before, to: start)
        } else if !isAnother, Self.givesOldStart(record.facts, after: before) {
            start = now
        } else {
            start = record.facts.startedAt ?? (before.status?.isGone ?? false ? before.runStartedAt : nil) ?? now
        }
        if !record.isRunning, start != before.runStartedAt { record.overdue = nil }
        record.runStartedAt = start
        record.isRunning = true
        var run = run(of: record, .running, from: start, to: nil, nil)
        run.price = start == record.facts.startedAt ? price : nil
        return [run]
    }

    /// The mark of a run whose start has become known later, or was corrected: it was reported as overdue, and is not again.
    private func moved(_ before: ClusterRecord, to start: Timestamp) -> OverdueMark? {
        guard let mark = before.overdue, mark.limit != .deadline, let known = before.runStartedAt else {
            return before.overdue
        }
        return OverdueMark(limit: mark.limit, since: mark.since.advanced(by: start.since(known)))
    }

    /// Whether the run that is known last has ended, whatever the task's status has been since then. A task that is gone
    /// may come back with its run.
    static func isOver(_ record: ClusterRecord) -> Bool {
        guard !record.isRunning, let status = record.status else { return false }
        if status.isSettled { return true }
        guard let start = record.runStartedAt else { return false }
        return status.isGone
            ? record.facts.plausibleCompletion.map { $0 >= start } ?? false : record.facts.startedAt == start
    }

    /// Whether the run that is known last goes on, or may do so when the task, which is gone, comes back.
    static func mayGoOn(_ record: ClusterRecord) -> Bool {
        guard let status = record.status else { return false }
        return record.isRunning || status.isTraining || status.isGone && !isOver(record)
    }

    /// Whether the run that goes on is the one that was known before.
    static func isSameRun(_ record: ClusterRecord, as before: ClusterRecord) -> Bool {
        before.isRunning ? !isAnotherRun(record, than: before) : record.runStartedAt == before.runStartedAt
    }

    /// Whether the API still gives the start of the run before of a training that has begun.
    static func givesOldStart(_ facts: TaskFacts, after before: ClusterRecord) -> Bool {
        isOver(before) && facts.startedAt == before.facts.startedAt
    }

    /// When the run that an answer shows began, if it is not seen to be another one: the API's StartTime if it gives one of
    /// this run, else what was seen.
    static func start(of facts: TaskFacts, after before: ClusterRecord) -> Timestamp? {
        guard let start = facts.startedAt else { return before.runStartedAt }
        if start != before.facts.startedAt { return start }
        // One that was first seen in a status that is neither training nor an end has its StartTime since then.
        if !before.isRunning, let known = before.runStartedAt, known < start { return start }
        return before.runStartedAt ?? start
    }

    /// Whether the API gives a later start than it gave of the run that went on.
    static func isAnotherRun(_ record: ClusterRecord, than before: ClusterRecord) -> Bool {
        before.isRunning
            && StatusChange.isNewRun(record.facts, after: before, isOver: record.status?.isSettled ?? false)
    }

    private func run(
        of record: ClusterRecord, _ outcome: RunRecord.Outcome, from start: Timestamp?, to end: Timestamp?,
        _ progress: TrainingProgress?
    ) -> RunRecord {
        var run = RunRecord(
            cluster: record.id, name: record.name, scope: record.scope, startedAt: start, endedAt: end,
            outcome: outcome, source: isListed ? .listed : .observed)
        run.steps = progress?.step
        run.lastLoss = progress?.loss
        if start == record.facts.startedAt { run.cost = cost(from: start, to: end) }
        return run
    }
}

extension TaskFacts {
    /// The completion time of the run that an answer shows, unless it belongs to an earlier one.
    func completion(after before: ClusterRecord) -> Timestamp? {
        guard let completion = plausibleCompletion else { return nil }
        if let start = RunRules.start(of: self, after: before), completion < start { return nil }
        return completion
    }

    /// The same with the times of the run whose end it shows, where it still has those of the run before.
    func ofRun(after before: ClusterRecord) -> TaskFacts {
        var facts = self
        if completion(after: before) != plausibleCompletion { facts.completedAt = nil }
        if startedAt != nil { facts.startedAt = RunRules.start(of: self, after: before) }
        return facts
    }
}

extension TrainingProgress {
    fileprivate var loss: Double? {
        metrics["loss"]?.numberValue.flatMap { abs($0) <= ProgressPoint.largestMetric ? $0 : nil }
    }
}
