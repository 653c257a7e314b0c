/// What can happen to a cluster, an account or a target. The raw value is the event's name outside.
package enum EventKind: String, CaseIterable, Sendable {
    case completed
    case failed
    /// ACTIVATION for the first time.
    case started
    /// Settled, and training again.
    case restarted
    /// Any other change of status.
    case changed
    case gone
    /// No good answer for too long.
    case pollFailing = "poll_failing"
    case pollRecovered = "poll_recovered"
    /// Training, but no step for too long.
    case stalled
    case stallEnded = "stall_ended"
    /// A target is suspended; reported to the other targets.
    case targetFailing = "target_failing"
    case targetRecovered = "target_recovered"
    /// A training has run longer than its `overdue` allows.
    case overdue
    /// What is still open and not acknowledged, for the targets of a route with `remind`.
    case reminder
    /// An event that nobody acknowledged in time, for the targets of a route's `escalate`.
    case escalated
    /// The figures of a day or so, for the targets of one entry of `summaries`.
    case summary

    /// Whether a route that names no events carries this one.
    package var isOnByDefault: Bool {
        switch self {
        case .started, .restarted, .changed: false
        default: !isOfRule
        }
    }

    /// Whether the event is made by a rule of who is notified when, and goes to the targets of that rule whatever the
    /// routes say.
    package var isOfRule: Bool {
        switch self {
        case .reminder, .escalated, .summary: true
        default: false
        }
    }

    /// Whether the event is a change of a cluster's status.
    package var isStatusChange: Bool {
        switch self {
        case .completed, .failed, .started, .restarted, .changed, .gone: true
        default: false
        }
    }
}
