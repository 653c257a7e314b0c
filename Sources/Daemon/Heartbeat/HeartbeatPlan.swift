package import Model

/// When one of `heartbeats` is sent, and when a failure is. Pure: time and health are handed in.
package struct HeartbeatPlan: Sendable {
    /// What is sent now.
    package enum Act: Hashable, Sendable {
        case beat
        /// All is not well any more; said once.
        case fail(String)
        case nothing
    }

    private let every: Duration
    /// When health is looked at next.
    package private(set) var due: MonotonicInstant
    /// When the last heartbeat was due, or the start.
    private var lastBeat: MonotonicInstant
    private var hasFailed = false

    /// Without health it is looked at so often, so that the first heartbeat after it is not late.
    private static let betweenLooks = Duration.seconds(2)

    package init(every: Duration, at now: MonotonicInstant) {
        self.every = every
        due = now
        lastBeat = now
    }

    /// - Parameter trouble: why the service is not well; nil if it is.
    package mutating func act(on trouble: String?, at now: MonotonicInstant) -> Act {
        guard let trouble else {
            lastBeat = due
            let next = due.advanced(by: every)
            due = next > now ? next : now.advanced(by: every)
            hasFailed = false
            return .beat
        }
        due = now.advanced(by: min(every, Self.betweenLooks))
        // A start takes a while to its first answer.
        guard !hasFailed, now.since(lastBeat) >= every else { return .nothing }
        hasFailed = true
        return .fail(trouble)
    }
}
