package import Model

/// Something for the log: a change of how polling goes, said once and not at every poll.
package enum Notice: Hashable, Sendable {
    /// The first failure after a good answer.
    case failing(ClusterID, name: String?, PollFailure)
    /// The first good answer after failures.
    case answering(ClusterID, name: String?, failures: Int)
    /// A status that no API page documents; it counts as running.
    case unknownStatus(ClusterID, name: String?, ClusterStatus)
    /// A time in a task's answer that cannot be read.
    case unreadableTime(ClusterID, name: String?, UnreadTime)
    /// A failure that is reported without the last lines of its log.
    case failureWithoutLog(ClusterID, name: String?, reason: String)
    /// Tasks of an instance that are watched from now on.
    case found(InstanceKey, tasks: [ClusterID], watched: Int)
    /// An instance that lists no tasks at all, which is also what the API says of one that does not exist.
    case noTasks(InstanceKey)
    /// The first failure of an instance's list after a good one.
    case listFailing(InstanceKey, PollFailure)
    /// The first good list after failures.
    case listAnswering(InstanceKey, failures: Int)
    /// Tasks that are not watched, because as many as may be are.
    case tooManyTasks(InstanceKey, leftOut: Int, limit: Int)
    /// The API counts more tasks of an instance than it lists.
    case listIncomplete(InstanceKey, listed: Int, missing: Int)
    /// Progress cannot be read in an account; its trainings are watched all the same.
    case progressUnreadable(AccountRegion, PollFailure)
    /// The API throttles the account, or half of its calls fail: it is polled more slowly.
    case slowedDown(AccountRegion, callsPerSecond: Double, reason: FailureReason)
}
