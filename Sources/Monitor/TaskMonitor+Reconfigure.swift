package import Model

extension TaskMonitor {
    /// The same monitor under a new config: clusters that stay go on as they are, polls under way included; new ones
    /// start from what is stored.
    ///
    /// - Parameters:
    ///   - restored: what the database knows of the clusters that are new in the config.
    ///   - failingScopes: the accounts whose `poll_failing` was told and has not ended.
    package func reconfigured(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord], failingScopes: [ScopeRecord], at now: Moment
    ) -> TaskMonitor {
        var next = TaskMonitor(settings, restored: restored, failingScopes: failingScopes, at: now)
        next.reportedStatuses = reportedStatuses
        next.failedCommits = failedCommits
        next.strays = strays
        for old in scopes {
            if let index = next.scopeOfID[old.id] { next.carryOver(old, to: index, at: now) }
        }
        for (old, slot) in slots.enumerated() {
            let id = slot.record.id
            let index = next.slotOfCluster[id]
            if let index, next.slots[index].record.scope == slot.record.scope, !strays.contains(id) {
                next.carryOver(slot, to: index, isFailing: failing.contains(old), at: now)
            } else if slot.isInFlight {
                next.strays.insert(id)
            }
        }
        for id in next.strays {
            if let index = next.slotOfCluster[id] { next.hold(index) }
        }
        next.nextSilenceCheck = next.failing.isEmpty ? nil : now.monotonic
        return next
    }

    private mutating func carryOver(_ old: Scope, to index: Int, at now: Moment) {
        let quota = scopes[index].budget.settings
        scopes[index].budget = old.budget
        if quota != old.budget.settings { scopes[index].budget.change(to: quota, at: now.monotonic) }
        scopes[index].recent = old.recent
        scopes[index].urgentTaken = old.urgentTaken
        scopes[index].health = old.health
        // They are named by their slots, and slots have new numbers.
        scopes[index].health.forgetFailures()
    }

    private mutating func carryOver(_ old: Slot, to index: Int, isFailing: Bool, at now: Moment) {
        let scope = scopeOfSlot[index]
        slots[index].carryOn(old)
        if old.isInFlight {
            hold(index)
        } else {
            // The interval may have become shorter.
            let plain = intervals.plain(own: slots[index].poll, status: old.record.status)
            enqueue(index, due: min(old.due, now.monotonic.advanced(by: plain)))
        }
        if isFailing {
            failing.insert(index)
            if old.failingFrom(in: scopes[scope].health).map({ !scopes[scope].health.hasAnswer(after: $0) }) ?? false {
                scopes[scope].health.noteFailure(of: index)
            }
        }
        if old.hasUnsavedTimes { unsaved.insert(index) }
    }
}
