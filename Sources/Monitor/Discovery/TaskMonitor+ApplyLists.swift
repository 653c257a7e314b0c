import Model

extension TaskMonitor {
    mutating func apply(_ decided: ListDecision, at now: MonotonicInstant) {
        instances[decided.index] = decided.instance
        plan(decided.index, at: decided.due)
        for seen in decided.seen {
            tasks[seen.index].listing = seen.listing
            tasks[seen.index].lister = decided.index
            tasks[seen.index].listedIn = seen.round
            switch seen.meaning {
            case .changed: askAtOnce(seen.index, at: now)
            case .asKnown(let wait, let list):
                guard !scopes[tasks[seen.index].scope].agenda.isUnderWay(.task(seen.index)) else { continue }
                tasks[seen.index].noteGood(at: seen.at)
                tasks[seen.index].notePoll(at: seen.at, next: min(wait, list))
                tasks.unsaved.insert(seen.index)
                plan(seen.index, at: seen.at.monotonic.advanced(by: wait))
            case .silent: break
            }
        }
        for index in decided.missing {
            tasks[index].lister = nil
            tasks[index].listing = nil
            askAtOnce(index, at: now)
        }
    }

    /// Polls a task that something is said to have happened to before others.
    mutating func askAtOnce(_ index: TaskIndex, at now: MonotonicInstant) {
        let due = scopes[tasks[index].scope].agenda.due(of: .task(index)) ?? now
        plan(index, at: min(due, now), as: .hinted)
    }
}
