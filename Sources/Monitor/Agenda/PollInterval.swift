import Model

/// How long until a task is polled again, as the config and its progress have it. When it really is: `wait(for:)` after a
/// good answer, `TaskMonitor+Failures` after a failed call.
struct PollInterval: Sendable {
    private let schedule: ScheduleSettings

    init(_ schedule: ScheduleSettings) {
        self.schedule = schedule
    }

    /// Between two polls of a cluster that may be in training, if the config says nothing of its own for it.
    var running: Duration { schedule.running }

    /// The interval that the config promises for a cluster in this status, without jitter.
    ///
    /// - Parameter own: what the config says for this cluster in place of `schedule.running`.
    func plain(own: Duration?, status: ClusterStatus?) -> Duration {
        if let status, status.isIdle { return schedule.settled }
        return own ?? schedule.running
    }

    /// The interval after `failures` failures in a row: doubled each time, so that a task in trouble costs little, and
    /// bounded, so that its recovery is seen soon.
    func afterFailures(_ failures: Int, plain: Duration) -> Duration {
        let longest = max(plain, min(Self.longestBackoff, plain * 10))
        var wait = plain
        for _ in 1..<max(1, min(failures, 8)) where wait < longest {
            wait = wait * 2
        }
        return min(wait, longest)
    }

    /// The interval made longer or shorter at random by the configured part.
    func jittered(_ interval: Duration, using random: inout some RandomNumberGenerator) -> Duration {
        guard jitter > 0 else { return interval }
        // 53 random bits make a number from 0 to 1. `Double.random` costs several times the rest of an unchanged answer.
        let part = Double(random.next() >> 11) * 0x1p-53
        return interval * (1 + jitter * (2 * part - 1))
    }

    /// How long a task may stay without a good answer before that is reported.
    func silenceLimit(plain: Duration) -> Duration {
        max(schedule.failingAfter, plain * 5)
    }

    private var jitter: Double { min(max(0, schedule.jitter), 1) }

    private static let longestBackoff = Duration.seconds(300)
}

extension ClusterStatus {
    /// Nothing is likely to happen: tasks that are over or gone give way to running ones.
    var isIdle: Bool { isSettled || isGone }
}
