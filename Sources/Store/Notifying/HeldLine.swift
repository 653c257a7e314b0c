import Model

/// What is held of a task for a target, before an alert that nothing holds. Alerts of one task come in order, so that a
/// `completed` that was held does not follow a later `failed`, and close its incident.
///
/// A problem does not wait for a hold that is not its own: what was held before it is sent first, and then the problem.
/// Everything else waits for the end of that hold.
struct HeldLine {
    let target: String
    let line: String
    let event: Event
    let seq: Int64
    let session: Session

    /// - Returns: nil for an event of a rule, which keeps to no order: the purpose of an escalation is the night.
    init?(_ event: Event, seq: Int64, target: String, in session: Session) {
        guard !event.kind.isOfRule, event.cluster != nil || event.kind.endsOnly != nil else { return nil }
        self.target = target.stored
        line = event.line.stored
        self.event = event
        self.seq = seq
        self.session = session
    }

    var isProblem: Bool { !event.kind.endedBy.isEmpty }

    /// What is held before the alert and will be sent, oldest first. What is over by now will not be sent, unless the
    /// alert's event is nothing but its end.
    ///
    /// - Parameter staysHeld: whether an alert is held on, as far as is known already.
    func ahead(_ staysHeld: (HeldAlert, Event) -> Bool = { _, _ in true }) throws -> [HeldAlert] {
        guard !Planted.isOn(.heldOvertaken) else { return [] }
        return try session.rows(AlertQuery.heldOnLine, [target, line, seq], HeldAlert.init).filter { alert in
            // A later version wrote it.
            guard let event = alert.event else { return true }
            guard isOfSameSubject(event), staysHeld(alert, event) else { return false }
            if self.event.kind.endsOnly == event.kind { return true }
            switch event.kind {
            case .pollFailing, .stalled, .overdue, .targetFailing:
                return try LaterEvents.end(of: event, seq: alert.key.seq, in: session) == nil
            default: return true
            }
        }
    }

    /// Events of all targets are in one line.
    private func isOfSameSubject(_ other: Event) -> Bool {
        other.cluster == event.cluster && other.region == event.region && other.target == event.target
    }
}

extension Hold {
    /// Until the last of several is over; nil if there is none.
    init?(all holds: [Hold]) {
        guard let until = holds.map(\.until).max() else { return nil }
        self.init(
            until: until,
            reasons: holds.flatMap(\.reasons).reduce(into: []) { reasons, reason in
                if !reasons.contains(reason) { reasons.append(reason) }
            })
    }
}

extension AlertQuery {
    /// Rows of `HeldAlert`: what is held of a line before an alert.
    static let heldOnLine = """
        SELECT o.seq, o.target, o.line, o.held_until, o.held_by, \(eventColumns)
        FROM outbox AS o INDEXED BY outbox_held_lines JOIN events AS e ON e.seq = o.seq
        WHERE o.state = 'held' AND o.target = ? AND o.line = ? AND o.seq < ? ORDER BY o.seq
        """
}
