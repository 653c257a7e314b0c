package import Model

/// Something for the log: a change of how polling goes, said once and not at every poll.
package enum Notice: Hashable, Sendable {
    /// The first failure after a good answer.
    case failing(ClusterID, name: String?, PollFailure)
    /// The first good answer after failures.
    case answering(ClusterID, name: String?, failures: Int)
    /// A status that no API page documents; it counts as running.
    case unknownStatus(ClusterID, name: String?, ClusterStatus)
    /// The account is told to slow down, or half of its calls fail.
    case slowedDown(AccountRegion, callsPerSecond: Double, reason: FailureReason)
}
