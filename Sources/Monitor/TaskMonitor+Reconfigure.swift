package import Model

extension TaskMonitor {
    /// The same monitor under a new config: clusters that stay go on as they are, polls under way included; new ones
    /// start from what is stored.
    ///
    /// - Parameters:
    ///   - restored: what the database knows of the clusters that are new in the config, and of those that came through
    ///     its instances.
    ///   - progress: what it knows of how far they are.
    ///   - failingScopes: the accounts whose `poll_failing` was reported and has not ended.
    ///   - listed: when the tasks of each instance were first listed.
    package func reconfigured(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord], progress: [ClusterID: ProgressRecord] = [:],
        failingScopes: [ScopeRecord], listed: [InstanceRecord] = [], at now: Moment
    ) -> TaskMonitor {
        var next = TaskMonitor(
            settings, restored: restored, progress: progress, failingScopes: failingScopes, listed: listed, at: now)
        next.orders = orders
        next.runs.takeFinished(of: runs)
        next.reportedStatuses = reportedStatuses
        next.failedCommits = failedCommits
        next.serverClock = serverClock
        for old in scopes {
            if let index = next.scopeOfID[old.id] { next.goOn(from: old, at: index, now.monotonic) }
        }
        for old in instances.rows {
            if let index = next.instances.index(of: old.key) { next.instances[index].goOn(from: old) }
        }
        for old in tasks.watched.sorted() {
            if let index = next.place(of: old, in: self) { next.goOn(from: old, of: self, at: index, now) }
        }
        next.takeCalls(of: self, at: now.monotonic)
        next.takePlans(of: self, at: now.monotonic)
        next.nextSilenceCheck = next.tasks.failing.isEmpty ? nil : now.monotonic
        next.bringForwardForLimits(at: now)
        return next
    }

    /// The same monitor with less to watch. What it knows of the rest needs no database. Calls about what it leaves are
    /// under way until they have ended, and their results mean nothing.
    ///
    /// - Parameter settings: names nothing that is not watched.
    package func restricted(to settings: MonitorSettings, at now: Moment) -> TaskMonitor {
        let restored = tasks.watched.map { tasks[$0].record }
        return reconfigured(
            settings, restored: Dictionary(restored.map { ($0.id, $0) }) { first, _ in first }, failingScopes: [],
            at: now)
    }

    private mutating func goOn(from old: Scope, at index: ScopeIndex, _ now: MonotonicInstant) {
        scopes[index].agenda.goOn(from: old.agenda, at: now)
        scopes[index].isProgressFailureAnnounced = old.isProgressFailureAnnounced
        scopes[index].health = old.health
        // They are named by their places, and tasks have new places.
        scopes[index].health.forgetFailures()
    }

    /// The place of a task of another monitor that goes on here; nil if it is not watched, or in another account.
    private func place(of old: TaskIndex, in before: TaskMonitor) -> TaskIndex? {
        let record = before.tasks[old].record
        guard let index = tasks.index(of: record.id), tasks[index].record.scope == record.scope else { return nil }
        return index
    }

    private mutating func goOn(from old: TaskIndex, of before: TaskMonitor, at index: TaskIndex, _ now: Moment) {
        let known = before.tasks[old]
        tasks[index].goOn(from: known)
        if before.tasks.failing.contains(old) {
            tasks.failing.insert(index)
            let health = scopes[tasks[index].scope].health
            if known.failingFrom(in: health).map({ !health.hasAnswer(after: $0) }) ?? false {
                scopes[tasks[index].scope].health.noteFailure(of: index)
            }
        }
        if known.hasUnsavedTimes { tasks.unsaved.insert(index) }
        if let awaited = before.tasks.awaitingLog[old] { tasks.awaitingLog[index] = awaited.moved(to: index) }
        guard let run = before.runs[old], readsProgress else { return }
        runs.remove(index)
        runs[index] = run
        if before.runs.isUnsaved(old) { runs.noteUnsaved(index) }
        refreshExpectation(index, at: now)
    }

    // MARK: - Calls and plans

    /// Takes over the calls that are under way. What they are about has new places; the result of one means nothing if
    /// its task is in another account now, and that task is not polled before the result is here: never two at once.
    private mutating func takeCalls(of before: TaskMonitor, at now: MonotonicInstant) {
        var taken = before.calls
        taken.reassign { call in
            switch call.subject {
            case .list(let old):
                return (instances.index(of: before.instances[old].key).map { .list($0) }, call.isVoid)
            case .progress(let old):
                let index = place(of: old, in: before).flatMap { runs[$0] == nil ? nil : $0 }
                return (before.isCurrent(call) ? index.map { .progress($0) } : nil, call.isVoid)
            case .log(let old):
                return (place(of: old, in: before).map { .log($0) }, call.isVoid)
            case .task(let old):
                if let index = place(of: old, in: before) { return (.task(index), call.isVoid) }
            case nil: break
            }
            guard case .describeTask(let cluster, _) = call.order.call else { return (nil, isVoid: true) }
            return (tasks.index(of: cluster).map { .task($0) }, isVoid: true)
        }
        calls = taken
        for call in taken.all {
            guard let subject = call.subject else { continue }
            let due = before.calls[call.order.number]?.subject.flatMap { before.due(of: $0) } ?? now
            scopes[scope(of: subject)].agenda.begin(subject, as: call.order.number, due: due)
        }
        for awaited in tasks.awaitingLog.values.sorted(by: { $0.index < $1.index }) { hold(awaited, at: now) }
    }

    /// What is not under way is planned as it was, or earlier: intervals may have become shorter.
    private mutating func takePlans(of before: TaskMonitor, at now: MonotonicInstant) {
        for old in before.instances.rows.rowIndices {
            guard let index = instances.index(of: before.instances[old].key), let due = before.due(of: .list(old))
            else {
                continue
            }
            plan(index, at: min(due, now.advanced(by: intervals.running)))
        }
        for old in before.tasks.watched.sorted() {
            guard let index = place(of: old, in: before), let due = before.due(of: .task(old)) else { continue }
            let plain = intervals.plain(own: tasks[index].poll, status: tasks[index].record.status)
            plan(index, at: min(due, now.advanced(by: plain)))
            if let run = runs[index], let due = before.due(of: .progress(old)) {
                planReading(index, at: min(due, now.advanced(by: progressInterval(of: index, run, at: now))))
            }
        }
    }

    private func due(of subject: CallSubject) -> MonotonicInstant? {
        scopes[scope(of: subject)].agenda.due(of: subject)
    }
}
