package import Model

/// Decides which poll is due and what its answer means. Pure: time and randomness are handed in, and nothing moves
/// forward before its commit succeeded.
///
/// One turn: `takeDue` → polls → `decide` → `noteCalls` → commit → `apply`. A failed commit is told by `reject`; the
/// next poll then decides the same again. Where no result comes, `decideSilences` takes the place of `decide` whenever
/// `nextWake` is reached.
package struct TaskMonitor: Sendable {
    var slots: [Slot] = []
    var slotOfCluster: [ClusterID: Int] = [:]
    var scopes: [Scope] = []
    var scopeOfID: [AccountRegion: Int] = [:]
    var scopeOfSlot: [Int] = []
    let intervals: PollInterval
    let mostInFlight: Int
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
    ///   - restored: what the database knows of the clusters.
    ///   - failingScopes: the accounts whose `poll_failing` was told and has not ended.
    package init(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord] = [:], failingScopes: [ScopeRecord] = [],
        at now: Moment
    ) {
        intervals = PollInterval(settings.schedule)
        mostInFlight = settings.mostInFlight
        slots.reserveCapacity(settings.clusters.count)
        slotOfCluster.reserveCapacity(settings.clusters.count)
        scopeOfSlot.reserveCapacity(settings.clusters.count)
        for cluster in settings.clusters {
            add(Slot(cluster, restored: restored[cluster.id], at: now.monotonic), settings: settings, at: now)
        }
        for record in failingScopes {
            guard let scope = scopeOfID[record.scope] else { continue }
            scopes[scope].health = ScopeHealth(failingSince: record.failingSince)
        }
    }

    private mutating func add(_ slot: Slot, settings: MonitorSettings, at now: Moment) {
        let index = slots.count
        let scopeIndex: Int
        if let known = scopeOfID[slot.record.scope] {
            scopeIndex = known
        } else {
            scopeIndex = scopes.count
            let quota = settings.quotas[slot.record.scope] ?? QuotaSettings()
            scopes.append(Scope(slot.record.scope, budget: CallBudget(quota, at: now.monotonic)))
            scopeOfID[slot.record.scope] = scopeIndex
        }
        slots.append(slot)
        scopeOfSlot.append(scopeIndex)
        slotOfCluster[slot.record.id] = index
        scopes[scopeIndex].slots.append(index)
        enqueue(index, due: now.monotonic)
    }

    /// Puts a slot into its account's queue, in place of where it stood.
    mutating func enqueue(_ index: Int, due: MonotonicInstant) {
        slots[index].due = due
        slots[index].ticket &+= 1
        let ticket = slots[index].ticket
        let scope = scopeOfSlot[index]
        if slots[index].record.status?.isCalm ?? false {
            scopes[scope].calm.insert(slot: index, ticket: ticket, due: due)
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
