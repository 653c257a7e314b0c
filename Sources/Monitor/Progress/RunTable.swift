import Model

/// How far trainings are, by task, and what of it is not written yet.
struct RunTable: Sendable {
    /// Each on the heap by itself: a dictionary keeps a quarter of its places and more empty, which costs nothing if a
    /// place is small.
    private indirect enum Cell: Sendable {
        case run(RunProgress)
    }

    private var cells: [TaskIndex: Cell] = [:]
    /// Tasks whose progress is not written yet, and progress of runs that are over.
    private var unsaved: Set<TaskIndex> = []
    private var finished: [ProgressUpdate] = []
    /// When it is looked whether a training has come near its expected end.
    private var checks = DueQueue<TaskIndex>()
    private var plannedChecks: [TaskIndex: MonotonicInstant] = [:]
    private var checkCount: UInt64 = 0

    private static let mostFinished = 1000

    var tasks: some Collection<TaskIndex> { cells.keys }

    subscript(task: TaskIndex) -> RunProgress? {
        get {
            guard case .run(let run)? = cells[task] else { return nil }
            return run
        }
        set { cells[task] = newValue.map { .run($0) } }
    }

    /// The run is over, or is not followed any more; what of it is not written stays to be written.
    mutating func remove(_ task: TaskIndex) {
        guard let run = self[task] else { return }
        if unsaved.remove(task) != nil {
            finished.append(run.update)
            // If the disk takes nothing for hours: the newest matter.
            if finished.count > Self.mostFinished { finished.removeFirst(Self.mostFinished / 2) }
        }
        plannedChecks[task] = nil
        self[task] = nil
    }

    // MARK: - Writing

    mutating func noteUnsaved(_ task: TaskIndex) { unsaved.insert(task) }

    func isUnsaved(_ task: TaskIndex) -> Bool { unsaved.contains(task) }

    var unwrittenCount: Int { finished.count + unsaved.count }

    var unwritten: [ProgressUpdate] { finished + unsaved.sorted().compactMap { self[$0]?.update } }

    /// Takes over what another table has not written of runs that are over.
    mutating func takeFinished(of old: RunTable) { finished = old.finished }

    /// Records that progress is written; what changed meanwhile stays to be written.
    ///
    /// - Parameter task: where the run is followed; nil if it is not any more.
    mutating func noteSaved(_ saved: ProgressUpdate, of task: TaskIndex?) {
        if let place = finished.firstIndex(of: saved) {
            finished.remove(at: place)
            return
        }
        guard let task, self[task] != nil else { return }
        self[task]?.noteSaved(saved)
        if self[task]?.record == saved.record { unsaved.remove(task) }
    }

    // MARK: - Looking whether a training is near its end

    var nextCheck: MonotonicInstant? { checks.first?.due }

    /// Has a training looked at when it comes near its expected end.
    mutating func planCheck(_ task: TaskIndex, at now: MonotonicInstant) {
        guard let window = self[task]?.window, window.upperBound > now else { return }
        let due = max(window.lowerBound, now)
        // An earlier look plans the next one.
        if let planned = plannedChecks[task], planned <= due { return }
        plannedChecks[task] = due
        checkCount += 1
        checks.insert(task, number: checkCount, due: due)
    }

    /// The next training to look at now.
    mutating func takeCheck(at now: MonotonicInstant) -> TaskIndex? {
        while let check = checks.first, check.due <= now {
            checks.removeFirst()
            guard plannedChecks[check.item] == check.due else { continue }
            plannedChecks[check.item] = nil
            return check.item
        }
        return nil
    }
}
