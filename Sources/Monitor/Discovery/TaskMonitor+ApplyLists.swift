import Model

extension TaskMonitor {
    mutating func apply(_ decided: ListDecision, at now: MonotonicInstant) {
        let ticket = instances[decided.index].ticket
        instances[decided.index] = decided.instance
        instances[decided.index].ticket = ticket
        releaseList(decided.index)
        enqueueList(decided.index, due: decided.instance.due)
        for seen in decided.seen {
            slots[seen.index].listing = seen.listing
            slots[seen.index].lister = Int32(decided.index)
            slots[seen.index].listedIn = seen.round
            switch seen.meaning {
            case .news: askAtOnce(seen.index, at: now)
            case .asKnown(let wait, let list):
                guard !slots[seen.index].isInFlight else { continue }
                slots[seen.index].noteGood(at: seen.at)
                slots[seen.index].plan(after: wait, at: seen.at)
                slots[seen.index].record.nextPollAt = seen.at.wall.advanced(by: min(wait, list))
                unsaved.insert(seen.index)
                enqueue(seen.index, due: slots[seen.index].due)
            case .silent: break
            }
        }
        for index in decided.missing {
            slots[index].lister = -1
            slots[index].listing = nil
            askAtOnce(index, at: now)
        }
    }

    /// Asks for a task that something is said to have happened to.
    mutating func askAtOnce(_ index: Int, at now: MonotonicInstant) {
        guard !slots[index].isInFlight else { return }
        enqueue(index, due: min(slots[index].due, now), as: .news)
    }

    /// Watches what was found.
    mutating func apply(_ task: DiscoveredTask, at now: MonotonicInstant) {
        guard slotOfCluster[task.cluster.id] == nil, scopeOfID[task.cluster.scope] != nil else { return }
        var slot = Slot(task.cluster, restored: task.recalled, at: now)
        slot.isOld = task.isOld
        add(slot, progress: task.progress, at: now)
        // Its poll for an earlier watch may still be under way.
        if strays.contains(task.cluster.id), let index = slotOfCluster[task.cluster.id] { hold(index) }
    }

    /// Watches a slot's cluster no more; its place is taken by the next one.
    mutating func retire(_ index: Int) {
        guard !slots[index].isInFlight, slotOfCluster[slots[index].record.id] == index else { return }
        slotOfCluster[slots[index].record.id] = nil
        slots[index].ticket &+= 1
        scopes[scopeOfSlot[index]].slots.removeAll { $0 == index }
        failing.remove(index)
        unsaved.remove(index)
        dropProgress(index)
        if slots[index].record.instance != nil { discoveredCount -= 1 }
        freeSlots.append(index)
    }

    mutating func enqueueList(_ index: Int, due: MonotonicInstant) {
        instances[index].due = due
        instances[index].ticket &+= 1
        guard let scope = scopeOfID[instances[index].key.scope] else { return }
        scopes[scope].lists.insert(slot: index, ticket: instances[index].ticket, due: due)
    }

    mutating func releaseList(_ index: Int) {
        guard instances[index].isInFlight, let scope = scopeOfID[instances[index].key.scope] else { return }
        instances[index].isInFlight = false
        scopes[scope].inFlight -= 1
    }
}
