package import Model

extension TaskMonitor {
    /// The calls whose turn it is and that the account has left; they count as under way from now on.
    package mutating func takeDue(at now: MonotonicInstant) -> [PollOrder] {
        var taken: [PollOrder] = []
        for scope in scopes.indices {
            openWindows(in: scope, at: now)
            while let call = takeNext(in: scope, at: now) {
                let order = PollOrder(number: orders, scope: scopes[scope].id, call: call)
                underWay.begin(order, limit: callLimit(of: scope), at: now)
                taken.append(order)
            }
        }
        return taken
    }

    /// When there may be something to do next, if nothing comes before; nil where nothing is watched.
    package func nextWake(after now: MonotonicInstant) -> MonotonicInstant? {
        var next = [nextSilenceCheck, underWay.nextCheck].compactMap(\.self).min()
        for scope in scopes where scope.inFlight < mostInFlight {
            if let opening = scope.openings.first?.due { next = min(next ?? opening, opening) }
            var due: MonotonicInstant?
            for kind in CallClass.allCases {
                guard let head = scope[kind].first?.due else { continue }
                due = min(due ?? head, head)
            }
            guard let due else { continue }
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

    /// The call that comes next, where one is due and paid for: of the class whose turn it is the one that has waited
    /// longest.
    private mutating func takeNext(in scope: Int, at now: MonotonicInstant) -> PollCall? {
        guard scopes[scope].inFlight < mostInFlight else { return nil }
        var due = CallClasses()
        for kind in CallClass.allCases {
            dropOutdated(kind, in: scope)
            if let head = scopes[scope][kind].first, head.due <= now { due.insert(kind) }
        }
        guard !due.isEmpty, scopes[scope].budget.spend(at: now),
            let kind = scopes[scope].shares.next(of: due, isSwamped: isSwamped(scope, at: now)),
            let entry = scopes[scope].removeFirst(kind)
        else { return nil }
        return take(Int(entry.slot), kind, at: now)
    }

    /// Whether the quota makes polls wait far longer than the schedule wants.
    func isSwamped(_ scope: Int, at now: MonotonicInstant) -> Bool {
        guard let head = scopes[scope].urgent.first?.due else { return false }
        return now.since(head) > intervals.running * 2
    }

    /// The call is under way from now on.
    private mutating func take(_ index: Int, _ kind: CallClass, at now: MonotonicInstant) -> PollCall? {
        orders += 1
        switch kind {
        case .list:
            instances[index].isInFlight = true
            instances[index].order = orders
            if instances[index].round.page == 1 { instances[index].round.startedAt = now }
            if let scope = scopeOfID[instances[index].key.scope] { scopes[scope].inFlight += 1 }
            return .listTasks(instance: instances[index].key.id, page: instances[index].round.page)
        case .news, .ending, .urgent, .calm:
            hold(index)
            return .describeTask(slots[index].record.id, known: slots[index].record.digest)
        case .progress:
            progress[index]?.isInFlight = true
            progress[index]?.order = orders
            scopes[scopeOfSlot[index]].inFlight += 1
            guard let known = progress[index] else { return nil }
            return .readProgress(
                slots[index].record.id, since: known.since(startedAt: slots[index].record.facts.startedAt),
                reach: known.reach)
        }
    }

    private mutating func dropOutdated(_ kind: CallClass, in scope: Int) {
        while let entry = scopes[scope][kind].first, isOutdated(entry, kind) {
            scopes[scope].removeFirst(kind)
        }
    }

    func isOutdated(_ entry: DueQueue.Entry, _ kind: CallClass) -> Bool {
        let index = Int(entry.slot)
        return switch kind {
        case .list: instances[index].ticket != entry.ticket || instances[index].isInFlight
        case .news, .ending, .urgent, .calm: slots[index].ticket != entry.ticket
        case .progress: progress[index].map { $0.ticket != entry.ticket || $0.isInFlight } ?? true
        }
    }
}
