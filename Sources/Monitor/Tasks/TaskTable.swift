import Model

/// The watched tasks by their places. The place of a task that is not watched any more is taken by the next one.
struct TaskTable: Sendable {
    private var rows: [WatchedTask] = []
    private var places: [ClusterID: TaskIndex] = [:]
    private var free: [TaskIndex] = []
    /// How many are watched that no config names.
    private(set) var discovered = 0
    /// Tasks with a failed poll since their last good answer: those whose silence may have to be reported.
    var failing: Set<TaskIndex> = []
    /// Tasks with `hasUnsavedTimes`.
    var unsaved: Set<TaskIndex> = []
    /// Failures that wait for the last lines of their logs, by task.
    var awaitingLog: [TaskIndex: AwaitedLog] = [:]

    init(capacity: Int) {
        rows.reserveCapacity(capacity)
        places.reserveCapacity(capacity)
    }

    var count: Int { places.count }

    var watched: some Collection<TaskIndex> { places.values }

    subscript(index: TaskIndex) -> WatchedTask {
        get { rows[index] }
        _modify { yield &rows[index] }
    }

    /// The place of a task; nil if it is not watched.
    func index(of cluster: ClusterID) -> TaskIndex? { places[cluster] }

    mutating func add(_ task: WatchedTask) -> TaskIndex {
        let index: TaskIndex
        if let place = free.popLast() {
            index = place
            rows[index] = task
        } else {
            index = rows.add(task)
        }
        places[task.record.id] = index
        if task.record.instance != nil { discovered += 1 }
        return index
    }

    mutating func remove(_ index: TaskIndex) {
        places[rows[index].record.id] = nil
        failing.remove(index)
        unsaved.remove(index)
        awaitingLog[index] = nil
        if rows[index].record.instance != nil { discovered -= 1 }
        free.append(index)
    }
}
