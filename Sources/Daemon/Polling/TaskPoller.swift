package import Model
package import Monitor

/// Makes the calls that the monitor orders.
package protocol TaskPoller: Sendable {
    /// One signed call. Failures are outcomes like any other.
    func poll(_ order: PollOrder) async -> PollOutcome

    /// The last lines that a run which failed wrote; a call of its own.
    func lastLogLines(_ order: PollOrder, _ facts: TaskFacts) async throws(PollFailure) -> [String]
}

extension TaskPoller {
    package func lastLogLines(_ order: PollOrder, _ facts: TaskFacts) async throws(PollFailure) -> [String] { [] }
}
