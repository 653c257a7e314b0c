package import Model

/// Decides which poll is due and what its answer means. Pure: time and randomness are handed in, and nothing moves
/// forward before its commit succeeded.
///
/// One turn: `takeDue` → polls → `decide` → commit → `apply`. A failed commit is told by `reject`; the next poll then
/// decides the same again.
package struct TaskMonitor: Sendable {
    var slots: [Slot] = []
    var slotOfCluster: [ClusterID: Int] = [:]
    var scopes: [Scope] = []
    var scopeOfID: [AccountRegion: Int] = [:]
    var scopeOfSlot: [Int] = []
    let schedule: ScheduleSettings
    let intervals: PollInterval
    /// Slots with a failure since their last good answer: those whose silence may have to be told.
    var failing: Set<Int> = []
    /// No silence is due to be told before this; nil where none is counted.
    var nextSilenceCheck: MonotonicInstant?
    var reportedStatuses: Set<String> = []
    /// Slots with `hasUnsavedTimes`.
    var unsaved: Set<Int> = []

    /// - Parameters:
    ///   - restored: what the database knows of the clusters.
    ///   - failingScopes: the accounts whose `poll_failing` was told and has not ended.
    package init(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord] = [:], failingScopes: [ScopeRecord] = [],
        at now: Moment
    ) {
        schedule = settings.schedule
        intervals = PollInterval(settings.schedule)
        slots.reserveCapacity(settings.clusters.count)
        slotOfCluster.reserveCapacity(settings.clusters.count)
        for cluster in settings.clusters {
            add(Slot(cluster, restored: restored[cluster.id], at: now.monotonic), settings: settings, at: now)
        }
        for record in failingScopes {
            if let scope = scopeOfID[record.scope] { scopes[scope].health.failingSince = record.failingSince }
        }
    }

    /// The same monitor under a new config: clusters that stay go on as they are, new ones start from what is stored.
    package func reconfigured(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord], failingScopes: [ScopeRecord], at now: Moment
    ) -> TaskMonitor {
        var next = TaskMonitor(settings, restored: restored, failingScopes: failingScopes, at: now)
        next.reportedStatuses = reportedStatuses
        for (id, index) in next.slotOfCluster {
            guard let old = slotOfCluster[id], slots[old].cluster.scope == next.slots[index].cluster.scope else {
                continue
            }
            var kept = slots[old]
            let cluster = next.slots[index].cluster
            kept.cluster = cluster
            kept.record.name = cluster.name
            kept.record.instance = cluster.instance
            kept.ticket = next.slots[index].ticket
            next.slots[index] = kept
            if kept.isInFlight {
                // Its poll is still under way; the answer finds the slot by the cluster's id. Until then no entry of
                // the queue is its.
                next.slots[index].ticket &+= 1
            } else {
                let plain = next.intervals.plain(cluster, status: kept.record.status)
                let wait = min(max(kept.record.nextPollAt?.since(now.wall) ?? .zero, .zero), plain)
                next.enqueue(index, due: now.monotonic.advanced(by: wait))
            }
            if kept.failures > 0 { next.failing.insert(index) }
            if kept.hasUnsavedTimes { next.unsaved.insert(index) }
            if kept.isInFlight { next.scopes[next.scopeOfSlot[index]].inFlight += 1 }
        }
        for index in next.scopes.indices {
            guard let old = scopeOfID[next.scopes[index].id] else { continue }
            next.scopes[index].health.lastGood = scopes[old].health.lastGood
            next.scopes[index].health.failingSince = scopes[old].health.failingSince
            if next.scopes[index].budget.settings == scopes[old].budget.settings {
                next.scopes[index].budget = scopes[old].budget
            }
        }
        next.nextSilenceCheck = next.failing.isEmpty ? nil : now.monotonic
        return next
    }

    private mutating func add(_ slot: Slot, settings: MonitorSettings, at now: Moment) {
        let index = slots.count
        let scopeIndex: Int
        if let known = scopeOfID[slot.cluster.scope] {
            scopeIndex = known
        } else {
            scopeIndex = scopes.count
            let quota = settings.quotas[slot.cluster.scope] ?? QuotaSettings()
            scopes.append(Scope(slot.cluster.scope, budget: CallBudget(quota, at: now.monotonic)))
            scopeOfID[slot.cluster.scope] = scopeIndex
        }
        slots.append(slot)
        scopeOfSlot.append(scopeIndex)
        slotOfCluster[slot.cluster.id] = index
        scopes[scopeIndex].slots.append(index)
        enqueue(index, due: now.monotonic)
    }

    /// Puts a slot into its account's queue, in place of where it stood.
    mutating func enqueue(_ index: Int, due: MonotonicInstant) {
        slots[index].ticket &+= 1
        let ticket = slots[index].ticket
        let scope = scopeOfSlot[index]
        if slots[index].isCalm {
            scopes[scope].calm.insert(slot: index, ticket: ticket, due: due)
        } else {
            scopes[scope].urgent.insert(slot: index, ticket: ticket, due: due)
        }
    }
}
