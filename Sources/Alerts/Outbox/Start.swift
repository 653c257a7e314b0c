package import Model

/// One attempt to make: a message to a target.
package struct Start: Hashable, Sendable {
    package let target: String
    /// One alert, or the alerts of a digest, by number.
    package let alerts: [PendingAlert]
    package let isDigest: Bool
    /// Why its alerts are sent together, if it is a digest.
    package let group: DigestGroup
    package let asPlainText: Bool
    /// Which troubles of the alert's cluster the service still has open; nil if that is not known.
    package let openTroubles: Set<EventKind>?
    /// The chat to send to in place of the config's.
    package let chat: MovedChat?

    init(alert: PendingAlert, openTroubles: Set<EventKind>? = nil, chat: MovedChat? = nil) {
        target = alert.target
        alerts = [alert]
        isDigest = false
        group = .backlog
        asPlainText = alert.asPlainText
        self.openTroubles = openTroubles
        self.chat = chat
    }

    init(digestOf alerts: [PendingAlert], group: DigestGroup = .backlog, for target: String, chat: MovedChat? = nil) {
        self.target = target
        self.alerts = alerts
        isDigest = true
        self.group = group
        asPlainText = alerts.contains { $0.asPlainText }
        openTroubles = nil
        self.chat = chat
    }

    /// What to render.
    package var message: Message {
        guard !isDigest, let alert = alerts.first else {
            return .digest(Digest(alerts.map(\.held), reason: group.reason(of: alerts)))
        }
        return .alert(alert.held)
    }

    /// Who has its mail already.
    package var mail: MailProgress { .common(alerts.map(\.mail)) }

    var keys: [AlertKey] { alerts.map(\.key) }
}

/// An attempt that ended.
package struct FinishedAttempt: Hashable, Sendable {
    package let start: Start
    package let record: AttemptRecord

    package init(_ start: Start, startedAt: Timestamp, duration: Duration, verdict: Verdict) {
        self.start = start
        record = AttemptRecord(startedAt: startedAt, duration: duration, verdict: verdict)
    }
}

extension DigestGroup {
    /// What the message says about why its events come together.
    fileprivate func reason(of alerts: [PendingAlert]) -> Digest.Reason {
        switch self {
        case .held:
            .held(
                by: alerts.flatMap(\.heldBy).reduce(into: []) { reasons, reason in
                    if !reasons.contains(reason) { reasons.append(reason) }
                })
        case .backlog: .backlog
        case .endedLongAgo: .endedBefore
        case .targets: .targets
        }
    }
}

extension PendingAlert {
    /// The event with what held the alert until now.
    fileprivate var held: StoredEvent {
        var held = event
        held.heldBy = heldBy
        return held
    }
}
