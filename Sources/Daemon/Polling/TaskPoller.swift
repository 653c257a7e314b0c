package import Monitor

/// Makes the calls that the monitor orders.
package protocol TaskPoller: Sendable {
    /// One signed call. Failures are outcomes like any other.
    func poll(_ order: PollOrder) async -> CallOutcome
}
