/// How often is asked, and when silence becomes an event: `schedule`.
package struct ScheduleSettings: Hashable, Sendable {
    /// Between two polls of a cluster that is not settled.
    package var running: Duration
    /// Between two polls of a settled or gone cluster.
    package var settled: Duration
    /// The share of an interval by which it varies either way: 0.1 is ±10 %.
    package var jitter: Double
    /// How long without a good answer until `poll_failing`, five intervals at least.
    package var failingAfter: Duration
    /// Polls come closer together near a run's expected end.
    package var adaptive: Bool
    /// How long a training may make no step until `stalled`; nil means never.
    package var stallAfter: Duration?

    package init(
        running: Duration = .seconds(30), settled: Duration = .seconds(1800), jitter: Double = 0.1,
        failingAfter: Duration = .seconds(300), adaptive: Bool = true, stallAfter: Duration? = .seconds(1800)
    ) {
        self.running = running
        self.settled = settled
        self.jitter = jitter
        self.failingAfter = failingAfter
        self.adaptive = adaptive
        self.stallAfter = stallAfter
    }
}
