package import Model

extension TaskMonitor {
    /// The polls whose turn it is and for which the account has calls left; they count as under way from now on.
    package mutating func takeDue(at now: MonotonicInstant) -> [PollOrder] {
        var orders: [PollOrder] = []
        for scope in scopes.indices {
            while let index = takeNext(in: scope, at: now) {
                hold(index)
                orders.append(
                    PollOrder(
                        cluster: slots[index].record.id, scope: slots[index].record.scope,
                        known: slots[index].record.digest))
            }
        }
        return orders
    }

    /// When there may be something to do next, if nothing comes before; nil where nothing is watched.
    package func nextWake(after now: MonotonicInstant) -> MonotonicInstant? {
        var next = nextSilenceCheck
        for scope in scopes where scope.inFlight < mostInFlight {
            guard let due = [scope.urgent.first?.due, scope.calm.first?.due].compactMap({ $0 }).min() else { continue }
            let wake = max(due, scope.budget.nextCall(after: now))
            next = min(next ?? wake, wake)
        }
        return next
    }

    /// Polls a cluster as soon as its account has a call left; false where it is not watched.
    package mutating func bringForward(_ cluster: ClusterID, at now: MonotonicInstant) -> Bool {
        guard let index = slotOfCluster[cluster] else { return false }
        if !slots[index].isInFlight, slots[index].due > now { enqueue(index, due: now) }
        return true
    }

    /// The slot that has waited longest: an urgent one before a calm one, but not always, so that nobody starves.
    private mutating func takeNext(in scope: Int, at now: MonotonicInstant) -> Int? {
        guard scopes[scope].inFlight < mostInFlight else { return nil }
        dropOutdated(in: scope)
        let urgentIsDue = scopes[scope].urgent.first.map { $0.due <= now } ?? false
        let calmIsDue = scopes[scope].calm.first.map { $0.due <= now } ?? false
        guard urgentIsDue || calmIsDue, scopes[scope].budget.spend(at: now) else { return nil }

        let takesCalm = calmIsDue && (!urgentIsDue || scopes[scope].urgentTaken >= Scope.urgentBeforeCalm)
        scopes[scope].urgentTaken = takesCalm || !calmIsDue ? 0 : scopes[scope].urgentTaken + 1
        let entry = takesCalm ? scopes[scope].calm.removeFirst() : scopes[scope].urgent.removeFirst()
        return entry.map { Int($0.slot) }
    }

    private mutating func dropOutdated(in scope: Int) {
        while let entry = scopes[scope].urgent.first, slots[Int(entry.slot)].ticket != entry.ticket {
            scopes[scope].urgent.removeFirst()
        }
        while let entry = scopes[scope].calm.first, slots[Int(entry.slot)].ticket != entry.ticket {
            scopes[scope].calm.removeFirst()
        }
    }
}
