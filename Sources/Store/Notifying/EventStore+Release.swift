package import Model

/// What the end of holds has changed.
package struct Released: Hashable, Sendable {
    /// Targets of which alerts are sent now.
    package internal(set) var targets: Set<String> = []
    package internal(set) var sent = 0
    /// What was over by then.
    package internal(set) var suppressed = 0
    /// Alerts whose targets are not configured.
    package internal(set) var dead = 0
    /// Where to go on, after other work was let in; nil at the end.
    package internal(set) var next: HoldPlace?
}

/// How far a round through the held alerts has come.
package struct HoldPlace: Hashable, Sendable {
    fileprivate let until: Timestamp
    fileprivate let seq: Int64
    fileprivate let target: String

    package static let start = HoldPlace(until: Timestamp(milliseconds: .min), seq: 0, target: "")
}

extension EventStore {
    /// How many held alerts one transaction looks at.
    private static let releaseBatch = 2000

    /// When the first hold ends; nil if nothing is held.
    package func nextHoldEnd() throws -> Timestamp? {
        guard !Planted.isOn(.holdNeverEnds) else { return nil }
        return try read { session in
            try session.first(AlertQuery.nextHoldEnd) { $0.time(0) }
        }
    }

    /// Looks at held alerts, and ends the holds that are over, in one commit: what ended by itself meanwhile is
    /// suppressed, together with its end; the rest is sent, that of one target as one message if it takes one.
    ///
    /// - Parameters:
    ///   - due: only those whose hold ends by then; nil looks at all of them.
    ///   - capacity: how many alerts one message to a target can name; nil if each is sent by itself.
    ///   - decide: what becomes of an alert by the silences and hours of now; nil if its target is not configured.
    package func releaseHolds(
        dueBy due: Timestamp?, from place: HoldPlace = .start, at now: Timestamp, capacity: (String) -> Int?,
        deciding decide: (StoredEvent, String, Hold) -> AlertDisposition?
    ) throws -> Released {
        try write { session, tally in
            let held = try session.rows(
                AlertQuery.held,
                [
                    place.until.milliseconds, place.seq, place.target, due?.milliseconds ?? .max, Self.releaseBatch,
                ], HeldAlert.init)
            var release = HoldRelease(numbering: numbering, now: now, session: session)
            for alert in held { try release.look(at: alert, deciding: decide) }
            var released = try release.finish(capacity: capacity, &tally)
            if held.count == Self.releaseBatch, let last = held.last {
                released.next = HoldPlace(until: last.hold.until, seq: last.key.seq, target: last.key.target)
            }
            return released
        }
    }
}

extension AlertQuery {
    static let nextHoldEnd = """
        SELECT held_until FROM outbox INDEXED BY outbox_held WHERE state = 'held' ORDER BY held_until LIMIT 1
        """

    /// Rows of `HeldAlert`, from a place on, by the end of their hold.
    static let held = """
        SELECT o.seq, o.target, o.line, o.held_until, o.held_by, \(eventColumns)
        FROM (
            SELECT seq, target, line, held_until, held_by FROM outbox INDEXED BY outbox_held
            WHERE state = 'held' AND (held_until, seq, target) > (?, ?, ?) AND held_until <= ?
            ORDER BY held_until, seq, target LIMIT ?
        ) AS o JOIN events AS e ON e.seq = o.seq ORDER BY o.held_until, o.seq, o.target
        """

    /// What waits of a digest of alerts whose hold ended together.
    static let waitingInDigest = """
        SELECT \(columns) FROM (
            SELECT * FROM outbox INDEXED BY outbox_digests
            WHERE target = ? AND digest_through = ? AND state = 'pending' ORDER BY seq LIMIT ?
        ) AS o JOIN events AS e ON e.seq = o.seq ORDER BY o.seq
        """
}
