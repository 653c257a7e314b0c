extension EventKind {
    /// The events whose trouble this one ends.
    package var closes: Set<EventKind> {
        switch self {
        case .completed, .restarted, .changed: [.failed, .stalled, .gone, .overdue]
        case .failed: [.stalled, .gone, .overdue]
        case .started: [.gone, .overdue]
        case .stallEnded: [.stalled]
        case .pollRecovered: [.pollFailing]
        case .targetRecovered: [.targetFailing]
        case .gone: [.overdue, .stalled]
        case .pollFailing, .stalled, .targetFailing, .overdue, .reminder, .escalated, .summary: []
        }
    }
}
