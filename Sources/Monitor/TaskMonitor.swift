package import Model

/// Decides which poll is due and what its answer means. Pure: time and randomness are handed in, and nothing moves
/// forward before its commit succeeded.
///
/// One turn: `takeDue` → calls → `decide` → `noteCalls` → commit → `apply`. A failed commit is told by `reject`; the
/// next poll then decides the same again. If no result comes, `overdueCalls` and `decideSilences` are asked whenever
/// `nextWake` is reached.
package struct TaskMonitor: Sendable {
    var slots: [Slot] = []
    var slotOfCluster: [ClusterID: Int] = [:]
    var scopes: [Scope] = []
    var scopeOfID: [AccountRegion: Int] = [:]
    var scopeOfSlot: [Int] = []
    /// Slots of clusters that are not watched any more, for the next ones.
    var freeSlots: [Int] = []
    var instances: [Instance] = []
    var instanceOfKey: [InstanceKey: Int] = [:]
    /// How many slots are watched that no config names.
    var discoveredCount = 0
    /// How far the trainings that go on are, by slot.
    var progress = ProgressTable()
    /// Slots whose progress is not written yet, and progress of runs that are over.
    var unsavedProgress: Set<Int> = []
    var finishedProgress: [ProgressUpdate] = []
    var progressTickets: UInt32 = 0
    /// The number of the last order.
    var orders: UInt64 = 0
    var underWay = CallsUnderWay()
    let intervals: PollInterval
    let mostInFlight: Int
    let mostDiscovered: Int
    let readsProgress: Bool
    let adaptive: Bool
    let stallAfter: Duration?
    let overdue: OverdueRules
    let prices: Prices
    var serverClock = ServerClock()
    /// Whether the limits may have been raised of runs that are overdue.
    var hasNewLimits = true
    /// Slots with a failed poll since their last good answer: those whose silence may have to be told.
    var failing: Set<Int> = []
    /// No silence is due to be told before this; nil where none is counted.
    var nextSilenceCheck: MonotonicInstant?
    /// Undocumented statuses that the log was told of.
    var reportedStatuses: Set<String> = []
    /// Slots with `hasUnsavedTimes`.
    var unsaved: Set<Int> = []
    /// Polls under way when their cluster was taken out of the config or moved to another account. Their answers mean
    /// nothing, but until they are here the cluster, should it be watched again, is not polled: never two at once.
    var strays: Set<ClusterID> = []
    /// Commits that failed in a row.
    var failedCommits = 0

    /// - Parameters:
    ///   - restored: what the database knows of the clusters. Those that came through one of the instances are watched
    ///     like those that the config names.
    ///   - progress: what it knows of how far they are.
    ///   - failingScopes: the accounts whose `poll_failing` was told and has not ended.
    ///   - listed: when the tasks of each instance were first listed; the others were not so far.
    package init(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord] = [:],
        progress: [ClusterID: ProgressRecord] = [:], failingScopes: [ScopeRecord] = [],
        listed: [InstanceRecord] = [], at now: Moment
    ) {
        intervals = PollInterval(settings.schedule)
        mostInFlight = settings.mostInFlight
        mostDiscovered = settings.mostDiscovered
        readsProgress = settings.readsProgress
        adaptive = settings.schedule.adaptive
        stallAfter = settings.schedule.stallAfter
        overdue = settings.overdue
        prices = settings.prices
        slots.reserveCapacity(settings.clusters.count)
        slotOfCluster.reserveCapacity(settings.clusters.count)
        scopeOfSlot.reserveCapacity(settings.clusters.count)
        for scope in settings.clusters.map(\.scope) + settings.instances.map(\.key.scope) where scopeOfID[scope] == nil
        {
            let quota = settings.quotas[scope] ?? QuotaSettings()
            scopeOfID[scope] = scopes.count
            scopes.append(Scope(scope, quota, at: now.monotonic))
        }
        let firstListings = Dictionary(listed.map { ($0.key, $0.firstListedAt) }) { first, _ in first }
        for instance in settings.instances where instanceOfKey[instance.key] == nil {
            instanceOfKey[instance.key] = instances.count
            instances.append(
                Instance(instance, firstListedAt: firstListings[instance.key], at: now.monotonic))
            enqueueList(instances.count - 1, due: now.monotonic)
        }
        for cluster in settings.clusters {
            add(
                Slot(cluster, restored: restored[cluster.id], at: now.monotonic), progress: progress[cluster.id],
                at: now.monotonic)
        }
        for record in restored.values.sorted(by: { $0.id < $1.id }) where slotOfCluster[record.id] == nil {
            guard let id = record.instance,
                let index = instanceOfKey[InstanceKey(id: id, scope: record.scope)], discoveredCount < mostDiscovered
            else { continue }
            let cluster = WatchedCluster(
                id: record.id, scope: record.scope, labels: instances[index].labels, instance: id)
            add(Slot(cluster, restored: record, at: now.monotonic), progress: progress[record.id], at: now.monotonic)
        }
        for index in self.progress.keys { placeProgress(index, at: now) }
        for record in failingScopes {
            guard let scope = scopeOfID[record.scope] else { continue }
            scopes[scope].health = ScopeHealth(failingSince: record.failingSince)
        }
    }

    /// Watches a cluster of an account that is known.
    mutating func add(_ slot: Slot, progress stored: ProgressRecord?, at now: MonotonicInstant) {
        guard let scopeIndex = scopeOfID[slot.record.scope] else { return }
        let index: Int
        if let free = freeSlots.popLast() {
            index = free
            let ticket = slots[index].ticket
            slots[index] = slot
            slots[index].ticket = ticket
            scopeOfSlot[index] = scopeIndex
        } else {
            index = slots.count
            slots.append(slot)
            scopeOfSlot.append(scopeIndex)
        }
        slotOfCluster[slot.record.id] = index
        scopes[scopeIndex].slots.append(index)
        if slot.record.instance != nil { discoveredCount += 1 }
        enqueue(index, due: now)
        followRun(index, before: nil, stored: stored, at: now)
    }

    /// Puts a slot into its account's queue, in place of where it stood.
    ///
    /// - Parameter kind: what the poll is for, where that is not told by what is known of the cluster.
    mutating func enqueue(_ index: Int, due: MonotonicInstant, as kind: CallClass? = nil) {
        slots[index].due = due
        slots[index].ticket &+= 1
        let ticket = slots[index].ticket
        let scope = scopeOfSlot[index]
        if kind == .news {
            scopes[scope].news.insert(slot: index, ticket: ticket, due: due)
        } else if slots[index].record.status?.isCalm ?? false {
            scopes[scope].calm.insert(slot: index, ticket: ticket, due: due)
        } else if kind == .ending || isEnding(index, at: due) {
            scopes[scope].ending.insert(slot: index, ticket: ticket, due: due)
        } else {
            scopes[scope].urgent.insert(slot: index, ticket: ticket, due: due)
        }
    }

    /// Takes a slot out of its account's queue: its poll is under way.
    mutating func hold(_ index: Int) {
        slots[index].isInFlight = true
        slots[index].ticket &+= 1
        scopes[scopeOfSlot[index]].inFlight += 1
    }

    /// The poll is no longer under way.
    mutating func release(_ index: Int) {
        slots[index].isInFlight = false
        scopes[scopeOfSlot[index]].inFlight -= 1
    }
}
