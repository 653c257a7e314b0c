/// An event that somebody may have to look after: `failed`, `gone`, `stalled` or `overdue`, not over and not older than
/// seven days.
package struct OpenEvent: Hashable, Sendable {
    package let event: StoredEvent
    package var acknowledgement: Acknowledgement?
    /// The targets it was escalated to.
    package var escalatedTo: Set<String>

    package init(event: StoredEvent, acknowledgement: Acknowledgement? = nil, escalatedTo: Set<String> = []) {
        self.event = event
        self.acknowledgement = acknowledgement
        self.escalatedTo = escalatedTo
    }

    /// How long an open event is listed in reminders and may be escalated.
    package static let lifetime = Duration.seconds(7 * 86_400)
}

extension EventKind {
    /// Whether somebody can acknowledge it.
    package var canBeAcknowledged: Bool {
        switch self {
        case .failed, .gone, .stalled, .overdue: true
        default: false
        }
    }

    /// The later events of the same cluster, account or target that end it; empty if nothing does.
    package var endedBy: Set<EventKind> {
        switch self {
        case .failed: [.restarted, .started, .changed, .completed]
        case .gone: [.restarted, .started, .changed, .completed, .failed]
        case .stalled: [.stallEnded, .restarted, .started, .changed, .completed, .failed, .gone]
        // A later one, by a limit that was raised, takes the place of the first.
        case .overdue: [.restarted, .started, .changed, .completed, .failed, .gone, .overdue]
        case .pollFailing: [.pollRecovered]
        case .targetFailing: [.targetRecovered]
        default: []
        }
    }

    /// The trouble that this event, and nothing else, ends; nil if it is more than an end.
    package var endsOnly: EventKind? {
        switch self {
        case .stallEnded: .stalled
        case .pollRecovered: .pollFailing
        case .targetRecovered: .targetFailing
        default: nil
        }
    }
}
