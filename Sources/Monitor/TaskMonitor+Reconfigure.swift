package import Model

extension TaskMonitor {
    /// The same monitor under a new config: clusters that stay go on as they are, polls under way included; new ones
    /// start from what is stored.
    ///
    /// - Parameters:
    ///   - restored: what the database knows of the clusters that are new in the config, and of those that came through
    ///     its instances.
    ///   - progress: what it knows of how far they are.
    ///   - failingScopes: the accounts whose `poll_failing` was told and has not ended.
    ///   - listed: when the tasks of each instance were first listed.
    package func reconfigured(
        _ settings: MonitorSettings, restored: [ClusterID: ClusterRecord], progress: [ClusterID: ProgressRecord] = [:],
        failingScopes: [ScopeRecord], listed: [InstanceRecord] = [], at now: Moment
    ) -> TaskMonitor {
        var next = TaskMonitor(
            settings, restored: restored, progress: progress, failingScopes: failingScopes, listed: listed, at: now)
        next.orders = orders
        next.underWay = underWay
        next.finishedProgress = finishedProgress
        next.reportedStatuses = reportedStatuses
        next.failedCommits = failedCommits
        next.strays = strays
        next.serverClock = serverClock
        for old in scopes {
            if let index = next.scopeOfID[old.id] { next.carryOver(old, to: index, at: now) }
        }
        for instance in instances {
            if let index = next.instanceOfKey[instance.key] { next.carryOver(instance, to: index, at: now) }
        }
        for (old, slot) in slots.enumerated() where slotOfCluster[slot.record.id] == old {
            let id = slot.record.id
            let index = next.slotOfCluster[id]
            if let index, next.slots[index].record.scope == slot.record.scope, !strays.contains(id) {
                next.carryOver(slot, to: index, isFailing: failing.contains(old), at: now)
                if let run = self.progress[old] {
                    next.carryOver(run, to: index, isUnsaved: unsavedProgress.contains(old), at: now)
                }
            } else if slot.isInFlight {
                next.strays.insert(id)
            }
        }
        for id in next.strays {
            if let index = next.slotOfCluster[id] { next.hold(index) }
        }
        next.nextSilenceCheck = next.failing.isEmpty ? nil : now.monotonic
        next.bringForwardForLimits(at: now)
        return next
    }

    private mutating func carryOver(_ old: Scope, to index: Int, at now: Moment) {
        let quota = scopes[index].budget.settings
        scopes[index].budget = old.budget
        if quota != old.budget.settings { scopes[index].budget.change(to: quota, at: now.monotonic) }
        scopes[index].recent = old.recent
        scopes[index].shares = old.shares
        scopes[index].isProgressFailureAnnounced = old.isProgressFailureAnnounced
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

    /// The round goes on where it was.
    private mutating func carryOver(_ old: Instance, to index: Int, at now: Moment) {
        let labels = instances[index].labels
        let ticket = instances[index].ticket
        instances[index] = old
        instances[index].labels = labels
        instances[index].ticket = ticket
        if old.isInFlight {
            instances[index].ticket &+= 1
            if let scope = scopeOfID[old.key.scope] { scopes[scope].inFlight += 1 }
        } else {
            // The interval may have become shorter.
            enqueueList(index, due: min(old.due, now.monotonic.advanced(by: intervals.running)))
        }
    }

    private mutating func carryOver(_ old: RunProgress, to index: Int, isUnsaved: Bool, at now: Moment) {
        guard readsProgress, slots[index].record.status?.isTraining ?? false else { return }
        dropProgress(index)
        progress[index] = old
        progress[index]?.opening = nil
        if isUnsaved { unsavedProgress.insert(index) }
        if old.isInFlight {
            progressTickets &+= 1
            progress[index]?.ticket = progressTickets
            scopes[scopeOfSlot[index]].inFlight += 1
        } else {
            let interval = progressInterval(of: index, old, at: now.monotonic)
            enqueueProgress(index, due: min(old.due, now.monotonic.advanced(by: interval)))
        }
        refreshExpectation(index, at: now)
    }
}
