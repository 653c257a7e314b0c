import Model

/// A failure whose alert waits for the last lines of the training's log.
struct AwaitedLog: Sendable {
    let index: TaskIndex
    /// The poll that gave the answer.
    let order: PollOrder
    let observation: Observation
    /// When the answer was here; its time is its own, however long its log is waited for.
    let at: Moment
    /// The failure is reported by then, with or without the log.
    let deadline: MonotonicInstant
}

extension AwaitedLog {
    /// The same for another place of the task.
    func moved(to index: TaskIndex) -> AwaitedLog {
        AwaitedLog(index: index, order: order, observation: observation, at: at, deadline: deadline)
    }
}
