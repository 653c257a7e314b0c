import Model

/// What becomes of a training's progress after a reading or a failure.
struct ReadingDecision: Sendable {
    let index: TaskIndex
    let scope: ScopeIndex
    /// The number of the call. If the run has ended in the same turn, the decision is void.
    let call: UInt64
    var run: RunProgress
    /// When it is read next.
    var due: MonotonicInstant
    /// Whether there is something to be written.
    var isNew = false
    var liveness = RunProgress.Liveness.unknown
    /// Whether the log reports the failure, or will report the next one again.
    var announcesFailure: Bool?
}
