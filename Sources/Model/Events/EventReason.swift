/// Why an event was made, in figures: every language has its own words for it.
package enum EventReason: Hashable, Sendable {
    /// A run is longer than the `max_runtime` of `overdue`.
    case longerThan(limit: Duration, runtime: Duration)
    /// A run takes longer than its `slower_than` allows, compared with the last completed run.
    case slowerThan(lastRun: Duration, runtime: Duration)
    /// A run goes on after the `deadline` of `overdue`.
    case afterDeadline(Timestamp, runtime: Duration)
    /// A training has made no new step for so long.
    case noNewStep(Duration)
    /// A target that takes alerts again was suspended for so long.
    case wasSuspended(Duration)
    /// It is the event of a test message.
    case test
}
