import Model

/// An alert in the commit of its event: the one place that writes new rows of the outbox, pending, held or suppressed.
struct NewAlert {
    private let seq: Int64
    private let event: Event
    private let decision: AlertDecision
    private let mayFollowHeld: Bool

    /// - Parameter mayFollowHeld: false if it is known that no alert is held.
    init(_ seq: Int64, _ event: Event, _ decision: AlertDecision, mayFollowHeld: Bool) {
        self.mayFollowHeld = mayFollowHeld
        self.seq = seq
        self.event = event
        self.decision = decision
    }

    /// Writes nothing if all that it could do is end an incident, and it is known that the service has none open.
    ///
    /// - Returns: whether it is held.
    func insert(
        at now: Timestamp, _ numbering: EventNumbering, into session: Session, _ tally: inout AlertTally
    ) throws -> Bool {
        if decision.isUnrouted, try !endsKnownIncident(in: session) { return false }
        if decision.onlyCloses, !decision.isUnrouted, try !mayEndIncident(in: session) { return false }
        let target = decision.target.stored
        let line = event.line.stored
        let disposition = try disposition(at: now, numbering, in: session, &tally)
        switch disposition {
        case .held(let hold):
            try session.run(
                Self.heldInsertion,
                [
                    seq, target, line, now.milliseconds, hold.until.milliseconds, hold.reasons.json.text(),
                ])
            tally.add(.held)
        case .pending:
            let insertion =
                Planted.isOn(.lineIgnored)
                ? Self.pendingInsertion.replacing("THEN NULL", with: "THEN CAST(?4 AS bigint)") : Self.pendingInsertion
            try session.run(insertion, [seq, target, line, now.milliseconds])
            tally.add(.pending)
        case .suppressed(let reason):
            try session.run(
                Self.suppressedInsertion,
                [
                    seq, target, line, now.milliseconds, reason.stored,
                ])
            tally.add(.suppressed)
        }
        return disposition.isHeld
    }

    /// What is decided, given what was sent before and what is held.
    private func disposition(
        at now: Timestamp, _ numbering: EventNumbering, in session: Session, _ tally: inout AlertTally
    ) throws -> AlertDisposition {
        if decision.closesIncident, try closesOpenIncident(in: session) { return .pending }
        if case .suppressed = decision.disposition { return decision.disposition }
        guard decision.disposition.isPending, mayFollowHeld,
            let line = HeldLine(event, seq: seq, target: decision.target, in: session)
        else { return decision.disposition }
        let ahead = try line.ahead()
        guard let hold = Hold(all: ahead.map(\.hold)) else { return .pending }
        guard line.isProblem else { return .held(hold) }
        var release = HoldRelease(numbering: numbering, now: now, session: session)
        for alert in ahead { try release.look(at: alert) { _, _, _ in .pending } }
        _ = try release.finish(capacity: { _ in nil }, &tally)
        return .pending
    }

    /// Whether the service has an incident open that this event ends: what opened it was sent there, or is about to be,
    /// and nothing has ended it since. One that a held failure ends, too, waits with that: else what ends both would arrive
    /// before the failure, which is sent when its hold ends. Other trouble that is held is not sent once it is over.
    private func closesOpenIncident(in session: Session) throws -> Bool {
        let rows = try earlier(in: session)
        let earlier = alerts(rows)
        let held = rows.filter(isHeldFailure).map(\.kind)
        return event.kind.closes.contains { trouble in
            earlier.leaveOpen(trouble) && !held.contains { $0 == trouble || $0.closes.contains(trouble) }
        }
    }

    /// Whether the service has such an incident open, or will have it when a hold ends.
    private func endsKnownIncident(in session: Session) throws -> Bool {
        let earlier = try earlier(in: session)
        return earlier.contains(where: isHeldFailure) || leavesOpen(earlier)
    }

    /// The same, where what is not known counts as open.
    private func mayEndIncident(in session: Session) throws -> Bool {
        // Such events are few, and what came before them may be deleted.
        guard event.cluster != nil else { return true }
        let earlier = try earlier(in: session)
        guard earlier.count < Self.mostEarlier, earlier.last?.isFirst ?? (event.sighting == .firstSeen) else {
            return true
        }
        return earlier.contains { $0.state == .held && event.kind.closes.contains($0.kind) } || leavesOpen(earlier)
    }

    /// Whether it is trouble that is sent when its hold ends, also if it is over by then.
    private func isHeldFailure(_ row: EarlierEvents.Entry) -> Bool {
        let isSent = row.state == .held && !row.isEscalation && (row.kind == .failed || row.kind == .gone)
        return isSent && event.kind.closes.contains(row.kind)
    }

    private static let mostEarlier = 200

    private func earlier(in session: Session) throws -> [EarlierEvents.Entry] {
        try EarlierEvents.rows(of: event, before: seq, for: decision.target, limit: Self.mostEarlier, in: session)
    }

    private func leavesOpen(_ rows: [EarlierEvents.Entry]) -> Bool {
        let earlier = alerts(rows)
        return event.kind.closes.contains { earlier.leaveOpen($0) }
    }

    private func alerts(_ rows: [EarlierEvents.Entry]) -> [EarlierAlert] {
        rows.map { row in
            EarlierAlert(
                kind: row.kind, hasArrived: row.hasArrived || row.isPending,
                mayHaveArrived: row.mayHaveArrived || row.isPending, changedAt: row.isPending ? nil : row.changedAt,
                isEscalation: row.isEscalation)
        }
    }

    /// It is due at once if its line is empty, and else waits for the ones before it (`OutboxLine`).
    static let pendingInsertion = """
        INSERT INTO outbox (seq, target, line, state, created_at, waiting_since, updated_at, next_attempt_at)
        VALUES (?1, ?2, ?3, 'pending', ?4, ?4, ?4, CASE WHEN EXISTS (
            SELECT 1 FROM outbox INDEXED BY outbox_pending WHERE target = ?2 AND line = ?3 AND state = 'pending'
        ) THEN NULL ELSE CAST(?4 AS bigint) END)
        """

    private static let heldInsertion = """
        INSERT INTO outbox (seq, target, line, state, created_at, waiting_since, updated_at, held_until, held_by)
        VALUES (?1, ?2, ?3, 'held', ?4, ?4, ?4, ?5, ?6)
        """

    private static let suppressedInsertion = """
        INSERT INTO outbox (seq, target, line, state, created_at, waiting_since, updated_at, last_error)
        VALUES (?1, ?2, ?3, 'suppressed', ?4, ?4, ?4, ?5)
        """
}

/// What happened before to a cluster, an account in a region or a target, and what another target was sent of it.
struct EarlierEvents {
    struct Entry {
        let seq: Int64
        let kind: EventKind
        /// The alert's state; nil if the target was to hear nothing of it.
        let state: AlertState?
        /// Confirmed, or tried at least.
        let mayHaveArrived: Bool
        /// The first that was ever known of a task: nothing came before it.
        let isFirst: Bool
        /// When the alert's state last changed.
        let changedAt: Timestamp?
        let isEscalation: Bool
        var isPending: Bool { state == .pending }
        var hasArrived: Bool { state == .delivered || state == .accepted || state == .digested }
    }

    /// Newest first.
    static func rows(
        of event: Event, before seq: Int64, for target: String, limit: Int, in session: Session
    ) throws -> [Entry] {
        if let cluster = event.cluster {
            return try session.rows(ofCluster, [cluster.rawValue.stored, target.stored, seq, limit], entry)
        }
        let kinds = ([event.kind] + event.kind.closes + event.kind.endedBy).map(\.rawValue)
        return try session.rows(
            general,
            [
                StoredList.texts(kinds), target.stored, seq, event.account.stored, event.region.stored,
                event.target.stored, limit,
            ], entry)
    }

    /// - Returns: nil for an event of a later version.
    static func entry(_ row: Statement) -> Entry? {
        EventKind(rawValue: row[1]).map {
            Entry(
                seq: row[0], kind: $0, state: row.text(2).flatMap(AlertState.init), mayHaveArrived: row[3],
                isFirst: row[4], changedAt: row.time(5), isEscalation: row[6])
        }
    }

    /// An escalated event opens what its original opens.
    private static let kind =
        "CASE WHEN e.event = 'escalated' THEN json_extract(e.details, '$.escalated.event') ELSE e.event END"

    private static let alert = """
        o.state, o.state IN ('delivered', 'accepted', 'digested') OR o.attempts > 0, e.kind = 'first_seen',
            o.updated_at, e.event = 'escalated'
        """

    static let ofCluster = """
        SELECT e.seq, \(kind), \(alert)
        FROM events AS e INDEXED BY events_cluster LEFT JOIN outbox AS o ON o.seq = e.seq AND o.target = ?2
        WHERE e.cluster = ?1 AND e.seq < ?3 ORDER BY e.seq DESC LIMIT ?4
        """

    static let general = """
        SELECT e.seq, \(kind), \(alert)
        FROM events AS e INDEXED BY events_general LEFT JOIN outbox AS o ON o.seq = e.seq AND o.target = ?2
        WHERE e.cluster IS NULL AND e.event IN (SELECT value FROM json_each(?1)) AND e.seq < ?3
            AND e.account IS ?4 AND e.region IS ?5 AND e.target IS ?6
        ORDER BY e.seq DESC LIMIT ?7
        """
}
