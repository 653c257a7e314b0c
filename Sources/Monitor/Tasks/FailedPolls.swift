import Model

/// The polls of a task that failed since its last good answer.
struct FailedPolls: Hashable, Sendable {
    /// The first one; nil if there is none.
    var from: MonotonicInstant?
    var last: MonotonicInstant?
    var count = 0
    /// Those of them that were the task's own trouble, not the account's throttling.
    var ownCount = 0
    /// Whether the log has reported them.
    var isAnnounced = false
    var gone = GoneRule()
}
