import Model
import Monitor

/// A run that takes too long is reported once, while it runs; and every run is in the table of runs.
extension Checks {
    func overdueBreaches() -> [String] {
        scenario.tasks.flatMap { task in
            let events = record.events.filter { $0.kind == .overdue && $0.cluster == task.cluster.id }
            return untrue(events, task) + repeated(events, task) + missing(events, task)
        }
    }

    /// By how much the host's clock may be off without anybody knowing, and the longest answer.
    private static let clockTolerance: Millis = 15 * .minute

    private func limit(_ task: SimulatedTask) -> Millis { scenario.longestRuns[task.cluster.id]?.millis ?? .max / 2 }

    /// The start of the run that an event speaks of: the one that went on when the API was asked, if one did.
    private func run(of event: Record.Event, _ task: SimulatedTask) -> Millis? {
        let first = task.phase(at: max(0, event.at - Self.longestAnswer))
        return task.phases[first...task.phase(at: event.at)].lazy.filter { phase in
            phase.status.map { !$0.isSettled } ?? false
        }.compactMap { $0.facts.startedAt?.sinceBegin }.first
    }

    private func untrue(_ events: [Record.Event], _ task: SimulatedTask) -> [String] {
        events.compactMap { event in
            guard let start = run(of: event, task) else { return "event \(event.seq): overdue, and nothing runs" }
            let tolerance = scenario.clockSteps.isEmpty ? 2 * Millis.second : Self.clockTolerance
            return event.at - start >= limit(task) - tolerance
                ? nil : "event \(event.seq): overdue after \(event.at - start) of \(limit(task))"
        }
    }

    private func repeated(_ events: [Record.Event], _ task: SimulatedTask) -> [String] {
        Dictionary(grouping: events) { run(of: $0, task) }.filter { $0.value.count > 1 }.map { _, events in
            "one run, overdue in events \(events.map(\.seq))"
        }.sorted()
    }

    private func missing(_ events: [Record.Event], _ task: SimulatedTask) -> [String] {
        task.phases.indices.compactMap { number in
            let phase = task.phases[number]
            guard phase.status == .activation, let start = phase.facts.startedAt?.sinceBegin else { return nil }
            let tolerance = scenario.clockSteps.isEmpty ? Millis(0) : Self.clockTolerance
            let from = max(phase.start, start + limit(task) + tolerance)
            let end = min(task.end(of: number), Scenario.length)
            guard from < end,
                let seenBy = visibleMoment(
                    task, in: from..<end, after: patience(task, phase.status), alone: false)
            else { return nil }
            return events.contains { $0.at <= seenBy && run(of: $0, task) == start }
                ? nil : "\(task.cluster.id) was overdue from \(from) and visible until \(seenBy), and nobody said so"
        }
    }

    // MARK: - Runs

    /// Every end in the history is the end of one run in the table, with its times and its cost.
    func runBreaches() -> [String] {
        let ends = record.events.filter { $0.kind == .completed || $0.kind == .failed }
        return ends.compactMap { event -> String? in
            guard let apiTime = event.apiTime else { return nil }
            let known = record.runs.filter { $0.cluster == event.cluster }
            // A task may end again without a start in between: its run ends with the last of these ends.
            let runs = known.filter { run in
                guard let end = run.endedAt, end != apiTime else { return run.endedAt == apiTime }
                // When the run of a task that is gone ended is not known: another one may have begun before that was seen.
                guard run.outcome != "gone" else { return false }
                return run.startedAt.map { $0 <= apiTime && apiTime <= end } ?? false
            }
            guard runs.count == 1, let run = runs.first else {
                return "event \(event.seq), at \(apiTime.rfc3339), is the end of \(runs.count) of the runs \(known)"
            }
            guard let startedAt = run.startedAt, let endedAt = run.endedAt else { return nil }
            let hours = endedAt.since(startedAt).inSeconds / 3600
            return run.cost.map { abs($0 - hours * 12) < 0.011 } ?? false
                ? nil : "event \(event.seq): the cost of its run is not \(hours * 12): \(run)"
        }
    }
}
