package import Model

/// The last lines of a failed training's log go with its alert: event, alert and lines are one commit. They are worth a
/// short wait and no more; whatever becomes of them, the failure is reported.
extension TaskMonitor {
    /// Has an answer that shows a failure wait for the log.
    ///
    /// - Returns: false if it is to be decided at once.
    func awaitLog(
        _ index: TaskIndex, _ observation: Observation, of result: PollResult, into decision: inout Decision
    ) -> Bool {
        let changes = StatusChange.between(
            tasks[index].record, and: observation.status, facts: observation.facts, isUnobserved: false)
        guard changes.contains(where: { $0.kind == .failed }) else { return false }
        let scope = tasks[index].scope
        let deadline = result.at.monotonic.advanced(by: logLimit)
        let waiting =
            tasks.awaitingLog.keys.count { tasks[$0].scope == scope }
            + decision.awaitedLogs.count { tasks[$0.index].scope == scope }
        switch scopes[scope].agenda.canReadLog(waiting: waiting, before: deadline, at: result.at.monotonic) {
        case .yes:
            // The account answers, whatever becomes of the log.
            decision.health[scope, default: scopes[scope].health].noteAnswer(at: result.at.monotonic)
            decision.awaitedLogs.append(
                AwaitedLog(
                    index: index, order: result.order, observation: observation, at: result.at, deadline: deadline))
            return true
        case .tooMany:
            noteMissingLog(index, "the logs of other failed tasks were being read", in: &decision)
        case .noQuota:
            noteMissingLog(index, Self.noQuota, in: &decision)
        }
        return false
    }

    private static let noQuota = "`calls_per_second` left no API call for reading it"

    /// Why a log did not come in time.
    ///
    /// - Parameter limit: how long its call had; zero if it was never made.
    func lateLogMessage(limit: Duration) -> String {
        limit > .zero ? "reading it took longer than \(DurationText.write(logLimit))" : Self.noQuota
    }

    private func noteMissingLog(_ index: TaskIndex, _ reason: String, in decision: inout Decision) {
        let record = tasks[index].record
        decision.notices.append(.failureWithoutLog(record.id, name: record.name, reason: reason))
    }

    /// What the answer means that waited for its log, now that the log is here or will not come.
    func decideLog(
        _ index: TaskIndex, _ outcome: Result<[String], PollFailure>, into decision: inout Decision,
        using random: inout some RandomNumberGenerator
    ) {
        guard let awaited = tasks.awaitingLog[index] else { return }
        var observation = awaited.observation
        switch outcome {
        case .success(let lines):
            observation.logLines = Planted.isOn(.logForgotten) ? [] : lines
        case .failure(let failure):
            decision.calls.append((tasks[index].scope, .log(index), CallEnd(failure)))
            noteMissingLog(index, failure.message, in: &decision)
        }
        decideGood(index, observation, at: awaited.at, into: &decision, using: &random)
    }

    /// Keeps the answer, and the task as if its poll were still under way.
    mutating func hold(_ awaited: AwaitedLog, at now: MonotonicInstant) {
        let scope = tasks[awaited.index].scope
        tasks.awaitingLog[awaited.index] = awaited
        scopes[scope].agenda.begin(.task(awaited.index), as: awaited.order.number, due: now)
        scopes[scope].agenda.planLog(awaited.index, at: now)
    }

    /// The answer waits no longer.
    mutating func stopAwaitingLog(_ index: TaskIndex) {
        guard tasks.awaitingLog.removeValue(forKey: index) != nil else { return }
        scopes[tasks[index].scope].agenda.forget(.log(index))
        scopes[tasks[index].scope].agenda.end(.task(index))
    }

    /// The earliest deadline of a log that is not being read yet; those that are have theirs among the calls.
    var nextLogDeadline: MonotonicInstant? {
        tasks.awaitingLog.values.lazy.filter { !isBeingRead($0) }.map(\.deadline).min()
    }

    /// Logs for which the quota left no call until their deadlines: they count as calls whose time is up.
    mutating func startLogsThatAreLate(at now: MonotonicInstant) {
        let late = tasks.awaitingLog.values.filter { $0.deadline <= now && !isBeingRead($0) }
        for awaited in late.sorted(by: { $0.order.number < $1.order.number }) { _ = beginReading(awaited, at: now) }
    }

    /// A call that nobody makes.
    private mutating func beginReading(_ awaited: AwaitedLog, at now: MonotonicInstant) -> PollOrder {
        orders += 1
        let order = PollOrder(number: orders, scope: awaited.order.scope, call: logCall(about: awaited.index))
        scopes[tasks[awaited.index].scope].agenda.begin(.log(awaited.index), as: orders, due: now)
        calls.begin(order, about: .log(awaited.index), limit: .zero, at: now)
        return order
    }

    /// Ends the wait for logs, so that their failures are stored before nobody would store them any more.
    ///
    /// - Parameters:
    ///   - isMeant: whether the wait for the log of this task ends.
    ///   - reason: why, for the journal.
    /// - Returns: the ends of their calls, to be decided like those that come by themselves.
    package mutating func endLogWaits(
        because reason: String, at now: Moment, of isMeant: (ClusterRecord) -> Bool
    ) -> [PollResult] {
        let meant = tasks.awaitingLog.values.filter { isMeant(tasks[$0.index].record) }
        return meant.sorted { $0.order.number < $1.order.number }.map { awaited in
            let number = scopes[tasks[awaited.index].scope].agenda.call(about: .log(awaited.index))
            let order = number.flatMap { calls[$0]?.order } ?? beginReading(awaited, at: now.monotonic)
            return PollResult(
                order, outcome: .log(.failure(PollFailure(reason: .timeout, message: reason))), at: now)
        }
    }

    /// The call that reads the log of the run whose failure waits for it.
    func logCall(about index: TaskIndex) -> PollCall {
        let record = tasks[index].record
        return .readLog(record.id, tasks.awaitingLog[index]?.observation.facts.ofRun(after: record) ?? record.facts)
    }

    private func isBeingRead(_ awaited: AwaitedLog) -> Bool {
        scopes[tasks[awaited.index].scope].agenda.isUnderWay(.log(awaited.index))
    }
}
