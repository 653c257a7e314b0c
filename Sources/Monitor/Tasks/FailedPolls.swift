import Model

/// The polls of a task that failed since its last good answer.
struct FailedPolls: Hashable, Sendable {
    /// The first one; nil if there is none.
    var from: MonotonicInstant?
    /// The second one; nil if there is none. When an account stops answering, some of its answers are still on their way:
    /// only one after this shows that the others go on being answered.
    var again: MonotonicInstant?
    var last: MonotonicInstant?
    /// The one before the last; nil if there is none.
    var beforeLast: MonotonicInstant?
    var count = 0
    /// Those of them that were the task's own trouble, not the account's throttling.
    var ownCount = 0
    /// Whether the log has reported them.
    var isAnnounced = false
    var gone = GoneRule()
}
