import Model
import Monitor

/// Every change that was shown long enough is in the history, once; nothing else is.
extension Checks {
    func historyBreaches() -> [String] {
        scenario.tasks.flatMap { task in
            let changes = record.changes(of: task.cluster.id)
            let parts: [[String]] = [
                chain(changes, task), truth(changes, task), sightings(changes, task), completeness(changes, task),
                runs(changes, task), logs(changes, task), unseen(changes, task),
            ]
            return parts.flatMap(\.self)
        }
    }

    private func chain(_ changes: [Record.Event], _ task: SimulatedTask) -> [String] {
        var breaches: [String] = []
        var status: ClusterStatus?
        for change in changes {
            if change.from != status {
                breaches.append(
                    "event \(change.seq) goes from \(change.from?.rawValue ?? "-"), not \(status?.rawValue ?? "-")")
            }
            // The run that went on unseen began anew without ever having been seen to end.
            let isHiddenRestart = change.kind == .restarted && change.sighting == .inferred
            if change.to == change.from, !isHiddenRestart { breaches.append("event \(change.seq) changes nothing") }
            status = change.to
        }
        return breaches
    }

    /// What an event says was so when the API was asked.
    private func truth(_ changes: [Record.Event], _ task: SimulatedTask) -> [String] {
        changes.compactMap { change in
            if change.sighting == .inferred {
                let hasRun = task.phases.contains { $0.facts.startedAt == change.apiTime }
                return hasRun ? nil : "event \(change.seq) infers a run that never was"
            }
            if change.to?.isGone == true { return goneBreach(change, task) }
            let first = task.phase(at: max(0, change.at - Self.longestAnswer))
            let last = task.phase(at: change.at)
            return task.phases[first...last].contains { $0.status == change.to }
                ? nil : "event \(change.seq) says \(change.to?.rawValue ?? "-") at \(change.at), which it was not"
        }
    }

    /// Contract: three "no such cluster" in a row and a newer good answer for another cluster; alone, ten in ten minutes.
    private func goneBreach(_ change: Record.Event, _ task: SimulatedTask) -> String? {
        let answers = chronicle.answers.filter { $0.cluster == task.cluster.id && $0.receivedAt <= change.at }
        let others = scenario.tasks(in: task.cluster.scope).map(\.cluster.id).filter { $0 != task.cluster.id }
        let needed = others.isEmpty ? 10 : 3
        let streak = answers.suffix(needed)
        guard streak.count == needed, streak.allSatisfy({ $0.kind == .notFound }) else {
            return "event \(change.seq): gone without \(needed) answers that say so"
        }
        let first = answers.suffix(while: { $0.kind == .notFound }).first?.receivedAt ?? 0
        if others.isEmpty {
            return change.at - first >= 10 * .minute ? nil : "event \(change.seq): gone within ten minutes"
        }
        let hasWitness = chronicle.answers.contains { answer in
            guard case .good = answer.kind else { return false }
            return others.contains(answer.cluster) && answer.receivedAt > first && answer.receivedAt <= change.at
        }
        return hasWitness ? nil : "event \(change.seq): gone without a witness"
    }

    /// `late` means that nobody was looking: since a start, or since `poll_failing`.
    private func sightings(_ changes: [Record.Event], _ task: SimulatedTask) -> [String] {
        changes.compactMap { change -> String? in
            if (change.from == nil) != (change.sighting == .firstSeen), change.sighting != .inferred {
                return "event \(change.seq) is \(change.sighting) from \(change.from?.rawValue ?? "-")"
            }
            guard change.sighting == .observed || change.sighting == .late,
                let start = chronicle.watchBegan(task.cluster.scope, before: change.at)
            else { return nil }
            let seenFrom = firstSight(of: change, task, since: start)
            let failing = record.events.last { event in
                event.kind == .pollFailing && (event.at < seenFrom || event.at == seenFrom && change.to?.isGone != true)
                    && (event.cluster == task.cluster.id
                        || (event.cluster == nil && event.account == task.cluster.scope.account))
            }
            let blindFrom = max(start, failing?.at ?? 0)
            let between = chronicle.answers.filter { answer in
                guard case .good = answer.kind else { return false }
                return answer.cluster == task.cluster.id && answer.receivedAt < seenFrom
                    && answer.receivedAt >= blindFrom
            }
            // Of some answers it is not known whether they counted.
            if between.contains(where: { $0.counted == nil }) { return nil }
            let isLate = !between.contains { $0.counted == true }
            // A list that was read is a look, too.
            if isLate, scenario.isListed(task.cluster.scope) { return nil }
            return (change.sighting == .late) == isLate
                ? nil
                : "event \(change.seq), \(change.from?.rawValue ?? "-") to \(change.to?.rawValue ?? "-"), is \(change.sighting), and nobody was\(isLate ? "" : " not") looking"
        }
    }

    /// When a change was first seen. That a cluster is gone is reported at the last of several answers; somebody looked, or did
    /// not, at the first of them.
    private func firstSight(of change: Record.Event, _ task: SimulatedTask, since start: Millis) -> Millis {
        guard change.to?.isGone == true else { return change.at }
        let answers = chronicle.answers.filter { answer in
            answer.cluster == task.cluster.id && answer.receivedAt <= change.at && answer.receivedAt >= start
        }
        return answers.suffix(while: { $0.kind == .notFound }).first?.receivedAt ?? change.at
    }

    /// Whatever the API showed while nothing was in the way is what the history ends with by then.
    private func completeness(_ changes: [Record.Event], _ task: SimulatedTask) -> [String] {
        task.phases.indices.compactMap { number in
            let phase = task.phases[number]
            let end = min(task.end(of: number), Scenario.length)
            guard phase.start < end else { return nil }
            let span = phase.start..<end
            let patience = patience(task, phase.status)
            guard let seenBy = visibleMoment(task, in: span, after: patience, alone: phase.status == nil) else {
                return nil
            }
            let known = changes.last { $0.at <= seenBy }?.to
            let expected = phase.status ?? .gone
            return known?.rawValue.uppercased() == expected.rawValue.uppercased()
                ? nil
                : "\(task.cluster.id) was \(expected) from \(phase.start) and visible until \(seenBy), "
                    + "and the history says \(known?.rawValue ?? "nothing")"
        }
    }

    /// How long it may take until a status is seen.
    func patience(_ task: SimulatedTask, _ status: ClusterStatus?) -> Millis {
        // A list that says what it was before puts off the next poll.
        let list = scenario.isListed(task.cluster.scope) ? SimulatedList.longestLag + 3 * settled / 4 : 0
        let poll = settled * 11 / 10 + Self.slack + list
        guard status == nil else { return poll }
        // GONE takes three answers and a witness; ten if there is none.
        return poll * (scenario.tasks(in: task.cluster.scope).count == 1 ? 11 : 5)
    }

    /// A moment in the span up to which the cluster was visible for that long without a break.
    func visibleMoment(
        _ task: SimulatedTask, in span: Range<Millis>, after patience: Millis, alone needsAccount: Bool
    ) -> Millis? {
        // After throttling the account may rest for up to fifteen minutes more.
        let watched = needsAccount ? scenario.tasks(in: task.cluster.scope).map(\.cluster) : [task.cluster]
        // A poll that failed by chance costs an interval, and ends a row of answers.
        let isAbsent = task.phases[task.phase(at: span.lowerBound)].status == nil
        let stumbles = chronicle.answers.filter { answer in
            let isFailure =
                answer.kind == .failed || answer.kind == .notFound && !(isAbsent && answer.cluster == task.cluster.id)
            return isFailure && span.contains(answer.receivedAt) && watched.contains { $0.id == answer.cluster }
        }.map(\.receivedAt)
        let starts =
            [span.lowerBound] + scenario.apiFaults.map { $0.span.upperBound + 20 * .minute } + stumbles
            + chronicle.lives.map(\.start) + chronicle.diskFailures.map { $0.upperBound + .second }
        for start in starts.sorted() where span.contains(start) && start + patience <= span.upperBound {
            let window = start..<(start + patience)
            guard watched.allSatisfy({ wasVisible($0, in: window) }),
                !stumbles.contains(where: { $0 > start && $0 < window.upperBound })
            else { continue }
            // A witness must be there to be asked.
            let others = scenario.tasks(in: task.cluster.scope).filter { $0.cluster.id != task.cluster.id }
            let hasWitness =
                others.isEmpty
                || others.contains { other in
                    other.phase(at: window.lowerBound) == other.phase(at: window.upperBound)
                        && other.phases[other.phase(at: window.lowerBound)].status != nil
                }
            if !needsAccount || hasWitness { return window.upperBound }
        }
        return nil
    }

    /// A failure comes with the last lines of its own run, if nothing was in the way of reading them; nothing else has any.
    private func logs(_ changes: [Record.Event], _ task: SimulatedTask) -> [String] {
        changes.compactMap { change in
            guard change.kind == .failed else {
                return change.logLines.isEmpty ? nil : "event \(change.seq), a \(change.kind.rawValue), has log lines"
            }
            let shown = task.phases[task.phase(at: max(0, change.at - Self.longestAnswer))...task.phase(at: change.at)]
            if shown.contains(where: { change.logLines == task.logLines(of: $0.facts) }) { return nil }
            if !change.logLines.isEmpty { return "event \(change.seq) has log lines of another run" }
            let span = (change.at - 10 * .minute)..<(change.at + .minute)
            let isRich = (scenario.quotas[task.cluster.scope] ?? QuotaSettings()).callsPerSecond >= 1
            let isQuiet =
                wasVisible(task.cluster, in: span)
                && !chronicle.throttled.contains { $0.scope == task.cluster.scope && span.contains($0.at) }
                && !chronicle.answers.contains {
                    $0.kind == .failed && span.contains($0.receivedAt)
                        && scenario.tasks(in: task.cluster.scope).map(\.cluster.id).contains($0.cluster)
                }
            // One call in five hundred fails by chance; that one was a log, which no answer in the chronicle shows.
            return isRich && isQuiet && !chronicle.failedLogs.contains(task.cluster.id)
                ? "event \(change.seq) lacks the log lines of its run" : nil
        }
    }

    /// Also a run that lay between two polls is in the history, by its end: if the answer before it had a StartTime, or was
    /// the end of a run with its time.
    private func unseen(_ changes: [Record.Event], _ task: SimulatedTask) -> [String] {
        task.phases.indices.dropFirst().compactMap { number in
            let phase = task.phases[number]
            let end = min(task.end(of: number), Scenario.length)
            // Of a pause there is no run.
            guard [ClusterStatus.activation, ClusterStatus("CHECKING")].contains(task.phases[number - 1].status),
                phase.status?.isSettled == true, phase.start < end, let start = phase.facts.startedAt,
                let completion = phase.facts.completedAt, start <= completion, hadTimes(task, before: start),
                let seenBy = visibleMoment(
                    task, in: phase.start..<end, after: patience(task, phase.status), alone: false)
            else { return nil }
            return changes.contains { $0.apiTime == completion && $0.at <= seenBy }
                ? nil
                : "\(task.cluster.id): the run from \(start.sinceBegin) to \(completion.sinceBegin), visible until "
                    + "\(seenBy), is not in the history"
        }
    }

    /// Whether the last answer before a time said when the run began or ended that it was about.
    private func hadTimes(_ task: SimulatedTask, before time: Timestamp) -> Bool {
        let last = chronicle.answers.last { answer in
            guard case .good = answer.kind else { return false }
            return answer.cluster == task.cluster.id && answer.receivedAt < time.sinceBegin
        }
        guard let last, last.counted == true, case .good(let phase) = last.kind else { return false }
        let facts = task.phases[phase].facts
        return facts.startedAt != nil || facts.completedAt != nil && task.phases[phase].status?.isSettled == true
    }

    /// A run ends once, however often the cluster goes and comes back between.
    private func runs(_ changes: [Record.Event], _ task: SimulatedTask) -> [String] {
        let ends = changes.filter { ($0.kind == .completed || $0.kind == .failed) && $0.apiTime != nil }
        let absences = changes.count { $0.kind == .gone }
        return Dictionary(grouping: ends, by: \.apiTime).compactMap { apiTime, events in
            let firstSeen = events.filter { $0.from?.isGone != true }
            return firstSeen.count <= 1 || events.count <= 1 + absences && firstSeen.count <= 1
                ? nil
                : "the run that ended at \(apiTime.map { "\($0.sinceBegin)" } ?? "") ended in events \(firstSeen.map(\.seq))"
        }.sorted()
    }
}

extension Array {
    /// The longest end of the array whose elements all fit.
    fileprivate func suffix(while fits: (Element) -> Bool) -> ArraySlice<Element> {
        self[(lastIndex { !fits($0) }.map { $0 + 1 } ?? startIndex)...]
    }
}
