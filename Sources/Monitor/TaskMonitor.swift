package import Model

/// Decides which call is due and what its answer means. Pure: time and randomness are handed in, and nothing moves
/// forward before its commit succeeded.
///
/// One turn: `takeDue` → calls → `decide` → `noteCalls` → commit → `apply`. After a failed commit `reject` is called; the
/// next poll then decides the same again. If no result comes, `overdueCalls` and `decideSilences` are asked whenever
/// `nextWake` is reached.
///
/// What is known stands in three tables: tasks, instances and the runs that go on. When something is asked stands in the
/// agendas of the accounts.
package struct TaskMonitor: Sendable {
    var scopes: [Scope] = []
    private(set) var scopeOfID: [AccountRegion: ScopeIndex] = [:]
    var tasks: TaskTable
    var instances = InstanceTable()
    var runs = RunTable()
    var calls = CallsUnderWay()
    /// The number of the last order.
    var orders: UInt64 = 0
    let intervals: PollInterval
    let mostDiscovered: Int
    let readsProgress: Bool
    let logLimit: Duration
    let adaptive: Bool
    let stallAfter: Duration?
    let overdue: OverdueRules
    let prices: Prices
    var serverClock = ServerClock()
    /// Whether the limits may have been raised of runs that are overdue.
    var hasNewLimits = true
    /// No silence is due to be reported before this; nil if none is counted.
    var nextSilenceCheck: MonotonicInstant?
    /// Undocumented statuses that the log has reported.
    var reportedStatuses: Set<String> = []
    /// Commits that failed in a row.
    var failedCommits = 0

    /// - Parameters:
    ///   - restored: what the database knows of the clusters. Those that came through one of the instances are watched
    ///     like those that the config names.
    ///   - progress: what it knows of how far they are.
    ///   - failingScopes: the accounts whose `poll_failing` was reported and has not ended.
    ///   - listed: when the tasks of each instance were first listed; the others were not so far.
    package init(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord] = [:],
        progress: [ClusterID: ProgressRecord] = [:], failingScopes: [ScopeRecord] = [],
        listed: [InstanceRecord] = [], at now: Moment
    ) {
        intervals = PollInterval(settings.schedule)
        mostDiscovered = settings.mostDiscovered
        readsProgress = settings.readsProgress
        logLimit = settings.logLimit
        adaptive = settings.schedule.adaptive
        stallAfter = settings.schedule.stallAfter
        overdue = settings.overdue
        prices = settings.prices
        tasks = TaskTable(capacity: settings.clusters.count)
        for id in settings.clusters.map(\.scope) + settings.instances.map(\.key.scope) where scopeOfID[id] == nil {
            scopeOfID[id] = scopes.add(Scope(id, settings, at: now.monotonic))
        }
        let firstListings = Dictionary(listed.map { ($0.key, $0.firstListedAt) }) { first, _ in first }
        for instance in settings.instances where instances.index(of: instance.key) == nil {
            guard let scope = scopeOfID[instance.key.scope] else { continue }
            let index = instances.add(
                Instance(
                    instance, in: scope, firstListedAt: firstListings[instance.key], at: now.monotonic))
            plan(index, at: now.monotonic)
        }
        for cluster in settings.clusters {
            let known = Planted.isOn(.restartForgets) ? nil : restored[cluster.id]
            watch(cluster, restored: known, progress: progress[cluster.id], at: now.monotonic)
        }
        let others = restored.values.filter { tasks.index(of: $0.id) == nil }
        for record in others.sorted(by: { $0.id < $1.id }) {
            guard let id = record.instance, tasks.discovered < mostDiscovered,
                let index = instances.index(of: InstanceKey(id: id, scope: record.scope))
            else { continue }
            let cluster = WatchedCluster(
                id: record.id, scope: record.scope, labels: instances[index].labels, instance: id)
            watch(cluster, restored: record, progress: progress[record.id], at: now.monotonic)
        }
        for index in runs.tasks.sorted() { placeRun(index, at: now) }
        for record in failingScopes {
            guard let scope = scopeOfID[record.scope] else { continue }
            scopes[scope].health = ScopeHealth(failingSince: record.failingSince)
        }
    }

    /// Watches a task of an account that is known.
    mutating func watch(
        _ cluster: WatchedCluster, restored: ClusterRecord?, isOld: Bool = false, progress: ProgressRecord?,
        at now: MonotonicInstant
    ) {
        guard let scope = scopeOfID[cluster.scope] else { return }
        var task = WatchedTask(cluster, in: scope, restored: restored, at: now)
        task.isOld = isOld
        let index = tasks.add(task)
        scopes[scope].tasks.append(index)
        if let orphan = calls.orphan(of: cluster.id) {
            // Its poll for an earlier watch is still under way: never two at once.
            calls.assign(orphan.order.number, to: .task(index), isVoid: true)
            scopes[scope].agenda.begin(.task(index), as: orphan.order.number, due: now)
        } else {
            plan(index, at: now)
        }
        followRun(index, before: nil, stored: progress, at: now)
    }

    /// Watches a task no more.
    mutating func retire(_ index: TaskIndex) {
        let scope = tasks[index].scope
        guard !scopes[scope].agenda.isUnderWay(.task(index)), tasks.index(of: tasks[index].record.id) == index else {
            return
        }
        scopes[scope].agenda.forget(.task(index))
        scopes[scope].tasks.removeAll { $0 == index }
        endRun(index)
        tasks.remove(index)
    }

    // MARK: - Planning

    /// Plans the next poll of a task, in place of the one that was planned; no effect while one is under way.
    ///
    /// - Parameter kind: what the poll is for, if what is known of the task does not say it.
    mutating func plan(_ index: TaskIndex, at due: MonotonicInstant, as kind: CallClass? = nil) {
        let isIdle = tasks[index].record.status?.isIdle ?? false
        let own: CallClass = isIdle ? .idle : kind == .ending || isEnding(index, at: due) ? .ending : .running
        scopes[tasks[index].scope].agenda.plan(.task(index), at: due, as: kind == .hinted ? .hinted : own)
    }

    /// Polls a task now, if its next poll is planned for later.
    mutating func bringForward(_ index: TaskIndex, at now: MonotonicInstant) {
        if scopes[tasks[index].scope].agenda.isPlanned(.task(index), after: now) { plan(index, at: now) }
    }

    /// Plans the next page of an instance's list.
    mutating func plan(_ index: InstanceIndex, at due: MonotonicInstant) {
        scopes[instances[index].scope].agenda.plan(.list(index), at: due, as: .list)
    }

    /// Plans the next reading of a training's progress.
    mutating func planReading(_ index: TaskIndex, at due: MonotonicInstant) {
        scopes[tasks[index].scope].agenda.plan(.progress(index), at: due, as: .progress)
    }
}
