package import Model

extension TaskMonitor {
    /// The calls whose turn it is and that the account has left; they count as under way from now on.
    package mutating func takeDue(at now: MonotonicInstant) -> [PollOrder] {
        checkEnds(at: now)
        var taken: [PollOrder] = []
        for scope in scopes.rowIndices {
            while let subject = scopes[scope].agenda.takeNext(as: orders + 1, at: now) {
                orders += 1
                let order = PollOrder(number: orders, scope: scopes[scope].id, call: call(about: subject, at: now))
                calls.begin(order, about: subject, limit: limit(of: subject, in: scope, at: now), at: now)
                taken.append(order)
            }
        }
        return taken
    }

    /// When there may be something to do next, if nothing comes before; nil if nothing is watched.
    package func nextWake(after now: MonotonicInstant) -> MonotonicInstant? {
        let others = [nextSilenceCheck, calls.nextCheck, runs.nextCheck, nextLogDeadline]
        return (others + scopes.map { $0.agenda.nextWake(after: now) }).compactMap(\.self).min()
    }

    /// Polls a task as soon as its account has a call left; false if it is not watched.
    package mutating func bringForward(_ cluster: ClusterID, at now: MonotonicInstant) -> Bool {
        guard let index = tasks.index(of: cluster) else { return false }
        bringForward(index, at: now)
        return true
    }

    /// Calls that did not end in time, as failures: to be decided like any other result. A result that comes later is
    /// passed over.
    package mutating func overdueCalls(at now: Moment) -> [PollResult] {
        startLogsThatAreLate(at: now.monotonic)
        return calls.overdue(at: now.monotonic).map { call in
            let message =
                if case .readLog = call.order.call {
                    lateLogMessage(limit: call.limit)
                } else {
                    "the call did not end within \(DurationText.write(call.limit)) and was cancelled; check that the "
                        + "endpoint and the proxy answer, and that the source of the credentials (a program, a file or the metadata service) does not hang"
                }
            let failure = PollFailure(reason: .timeout, message: message)
            return PollResult(call.order, outcome: .failed(failure, call.order.call), at: now)
        }
    }

    /// Until the next poll of a task after a good answer. After a failure: `TaskMonitor+Failures`; of a task whose list stands
    /// in for polls: `TaskMonitor+Discovery`; never after an overdue limit: `TaskMonitor+Overdue`.
    ///
    /// - Parameter status: its status from now on.
    func wait(
        for index: TaskIndex, _ status: ClusterStatus?, at now: MonotonicInstant,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        let own = tasks[index].poll
        let isEnding = !(status?.isIdle ?? false) && isEnding(index, at: now)
        let plain = isEnding ? endingInterval(own: own, status) : intervals.plain(own: own, status: status)
        return intervals.jittered(plain, using: &random)
    }

    private mutating func call(about subject: CallSubject, at now: MonotonicInstant) -> PollCall {
        switch subject {
        case .task(let index):
            return .describeTask(tasks[index].record.id, known: tasks[index].record.digest)
        case .list(let index):
            if instances[index].round.page == 1 { instances[index].round.startedAt = now }
            return .listTasks(instance: instances[index].key.id, page: instances[index].round.page)
        case .progress(let index):
            let record = tasks[index].record
            let run = runs[index] ?? RunProgress(ProgressRecord(cluster: record.id))
            return .readProgress(record.id, since: run.since(startedAt: record.ownStart), reach: run.reach)
        case .log(let index):
            return logCall(about: index)
        }
    }

    /// How long a call may take, with all that comes before it and with a few repetitions; but no longer than the account
    /// may be silent, if that leaves time for a slow answer.
    private func limit(of subject: CallSubject, in scope: ScopeIndex, at now: MonotonicInstant) -> Duration {
        if case .log(let index) = subject, let awaited = tasks.awaitingLog[index] {
            return max(.zero, awaited.deadline.since(now))
        }
        return pollLimit(in: scope)
    }

    /// How long the poll of a task of an account may take.
    func pollLimit(in scope: ScopeIndex) -> Duration {
        let timeout = min(scopes[scope].timeout, .seconds(3600))
        let silence = intervals.silenceLimit(plain: intervals.running)
        return min(.seconds(90) + timeout * 3, max(.seconds(15) + timeout, silence))
    }
}
