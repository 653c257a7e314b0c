import Model

extension TaskMonitor {
    /// What an answer, whose status and facts a task has already, means for the runs of its task.
    ///
    /// - Parameters:
    ///   - before: what was known before it.
    ///   - isListed: the run was over before the task's instance was first listed.
    func noteRun(
        _ decided: inout TaskDecision, before: ClusterRecord, _ observation: Observation, isListed: Bool,
        at now: Moment, into decision: inout Decision
    ) {
        let rules = rules(for: decided, observation, isListed: isListed, at: now)
        decision.runs += rules.follow(&decided.task.record, before: before)
    }

    /// The task is not there any more.
    func noteRunGone(_ decided: inout TaskDecision, at now: Moment, into decision: inout Decision) {
        let rules = rules(for: decided, nil, isListed: false, at: now)
        decision.runs += rules.leave(&decided.task.record)
    }

    /// What a run cost, of whose end an event speaks; nil without a price or the API's StartTime.
    ///
    /// - Parameter before: what was known before the answer.
    func cost(
        ofEnd event: Event, _ decided: TaskDecision, before: ClusterRecord, _ observation: Observation, at now: Moment
    ) -> Cost? {
        guard event.kind == .completed || event.kind == .failed else { return nil }
        let rules = rules(for: decided, observation, isListed: false, at: now)
        let facts = observation.facts.withTimes(of: before.facts)
        let start = RunRules.start(of: facts, after: before)
        guard start == facts.startedAt else { return nil }
        let end = rules.end(of: facts, from: start, isFirstAnswer: event.sighting == .firstSeen)
        return rules.cost(from: start, to: end)
    }

    /// How far the run is that an answer shows. One that comes after the task was gone may be another one.
    func progress(of index: TaskIndex, after before: ClusterRecord, _ facts: TaskFacts) -> TrainingProgress? {
        guard before.isRunning || RunRules.start(of: facts, after: before) == before.runStartedAt else { return nil }
        return runs[index]?.record.latest
    }

    /// What a list says of the run of a task that it shows for the first time; nil if it says nothing, or if the run
    /// is news.
    func listedRun(_ task: ListedTask, of instance: Instance, at now: Moment) -> RunRecord? {
        guard let status = task.status, status.isSettled, task.startedAt != nil || task.completedAt != nil,
            let firstListedAt = instance.firstListedAt,
            task.completedAt.map({ $0 < firstListedAt }) ?? instance.isInFirstRound
        else { return nil }
        var record = ClusterRecord(id: task.id, scope: instance.key.scope, instance: instance.key.id)
        record.status = status
        record.facts.startedAt = task.startedAt
        record.facts.completedAt = task.completedAt
        let time = serverClock.time(at: now)
        let rules = RunRules(
            now: time, latest: time.advanced(by: Self.mostAhead), price: prices.price(of: record), isListed: true)
        return rules.follow(&record, before: ClusterRecord(id: task.id, scope: instance.key.scope)).first
    }

    private func rules(
        for decided: TaskDecision, _ observation: Observation?, isListed: Bool, at now: Moment
    ) -> RunRules {
        let time = observation?.answeredAt ?? serverClock.time(at: now)
        return RunRules(
            now: time, latest: time.advanced(by: Self.mostAhead), price: prices.price(of: decided.task.record),
            progress: runs[decided.index]?.record.latest, isListed: isListed)
    }

    /// A time that the API gives ahead of its clock by more than this is not taken.
    private static let mostAhead = Duration.seconds(300)
}
