package import Model
package import Monitor

/// Makes the calls that the monitor orders.
package protocol TaskPoller: Sendable {
    /// One signed call. Failures are outcomes like any other.
    func poll(_ order: PollOrder) async -> CallOutcome

    /// The last lines that a run which failed wrote; a call of its own, to the account of the order that told the failure.
    func lastLogLines(of cluster: ClusterID, _ order: PollOrder, _ facts: TaskFacts) async throws(PollFailure)
        -> [String]
}

extension TaskPoller {
    package func lastLogLines(
        of cluster: ClusterID, _ order: PollOrder, _ facts: TaskFacts
    ) async throws(PollFailure) -> [String] { [] }
}
