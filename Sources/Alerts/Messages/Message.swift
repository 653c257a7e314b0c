package import Model

/// What is sent in one go.
package enum Message: Hashable, Sendable {
    case alert(StoredEvent)
    case digest(Digest)

    /// The same on every attempt.
    package var id: String {
        switch self {
        case .alert(let event): event.id
        case .digest(let digest): digest.id
        }
    }
}

/// Several events in one message.
package struct Digest: Hashable, Sendable {
    /// Why events are not sent one by one.
    package enum Reason: Hashable, Sendable {
        /// More alerts are waiting than the service takes messages.
        case backlog
        /// They ended long before the daemon first looked at them: history, not news.
        case endedBefore
        /// Several targets failed, or work again, within a minute.
        case targets
        /// A hold ended.
        case held(by: [HoldReason])
    }

    /// By number, which is the order in which they were stored.
    package let events: [StoredEvent]
    package let reason: Reason

    package init(_ events: [StoredEvent], reason: Reason = .backlog) {
        self.events = events
        self.reason = reason
    }

    /// Made of its first and last event's, so that the same events always go under the same id: `k3v9x2ab-17..40`.
    package var id: String {
        guard let first = events.first, let last = events.last else { return "digest" }
        return "\(first.id)..\(last.seq)"
    }

    /// What held its alerts; empty if nothing did.
    package var heldBy: [HoldReason] {
        if case .held(let reasons) = reason { reasons } else { [] }
    }

    /// Failures first, then other trouble, then the rest; each in the order in which they happened.
    package var byUrgency: [StoredEvent] {
        events.filter { $0.event.kind.tone == .bad } + events.filter { $0.event.kind.tone == .warning }
            + events.filter { $0.event.kind.tone != .bad && $0.event.kind.tone != .warning }
    }
}

/// How serious an event is: colours and priorities follow from it.
enum Tone: Sendable {
    case good, bad, warning, neutral
}

extension EventKind {
    var tone: Tone {
        switch self {
        case .completed, .pollRecovered, .stallEnded, .targetRecovered: .good
        case .failed, .escalated: .bad
        case .pollFailing, .stalled, .gone, .targetFailing, .overdue, .reminder: .warning
        case .started, .restarted, .changed, .summary: .neutral
        }
    }
}
