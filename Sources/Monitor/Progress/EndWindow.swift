import Model

/// When a run is expected to end, and around which it is worth polling faster.
struct EndEstimate: Hashable, Sendable {
    let at: Timestamp
    /// How far before it the end may come.
    let margin: Duration

    /// From steps: those that are left take as long as those that were made.
    ///
    /// - Parameter least: the smallest margin that makes sense: a few polls.
    /// - Returns: nil if the steps say nothing, or nothing that can be believed: more than a year to go.
    init?(_ record: ProgressRecord, startedAt: Timestamp?, least: Duration) {
        guard let latest = record.latest, let step = latest.step, let total = latest.totalSteps, total > 0,
            let loggedAt = latest.loggedAt
        else { return nil }
        guard step < total else {
            // All is done but what comes after the last step: saving, merging.
            self.init(at: loggedAt, margin: max(least, Self.longestMargin))
            return
        }
        let pace: Double
        if let measured = record.secondsPerStep {
            pace = measured
        } else if let startedAt, step > 0, loggedAt > startedAt {
            pace = loggedAt.since(startedAt).inSeconds / Double(step)
        } else {
            return nil
        }
        let left = pace * (Double(total) - Double(step))
        guard let left = Duration(estimate: left, longest: Self.longestRun) else { return nil }
        self.init(at: loggedAt.advanced(by: left), margin: Self.margin(of: left, least: least))
    }

    /// From the run before: this one takes as long.
    ///
    /// - Returns: nil if that run took more than a year.
    init?(pastRun: Duration, startedAt: Timestamp, least: Duration) {
        guard (.zero...Self.longestRun).contains(pastRun) else { return nil }
        self.init(at: startedAt.advanced(by: pastRun), margin: Self.margin(of: pastRun, least: least))
    }

    private init(at: Timestamp, margin: Duration) {
        self.at = at
        self.margin = margin
    }

    private static func margin(of left: Duration, least: Duration) -> Duration {
        max(least, min(left / 10, longestMargin))
    }

    /// After the last step models are saved and merged.
    private static let longestTail = Duration.seconds(600)
    private static let longestMargin = Duration.seconds(900)
    private static let longestRun = Duration.seconds(366 * 86_400)

    /// The same on the clock that never steps.
    func window(at now: Moment) -> ClosedRange<MonotonicInstant> {
        let distance = max(.zero - Self.longestRun, min(Self.longestRun, at.since(now.wall)))
        let margin = min(margin, Self.longestRun)
        let end = now.monotonic.advanced(by: distance)
        return end.advanced(by: .zero - margin)...end.advanced(by: max(margin * 2, Self.longestTail))
    }
}
