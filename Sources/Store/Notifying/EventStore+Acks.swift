package import Model

/// What became of one name in an `ack`: the id of an event, or a cluster's id, name or pattern.
package enum AckOutcome: Hashable, Sendable {
    case acknowledged(AcknowledgedEvent)
    /// Somebody has it in hand already.
    case already(AcknowledgedEvent)
    /// The event is not of a kind that can be acknowledged.
    case impossible(event: String)
    /// The event or cluster does not exist, or has no event that can be acknowledged.
    case unknown
}

/// An event that somebody has in hand.
package struct AcknowledgedEvent: Hashable, Sendable {
    /// `<installation>-<seq>`.
    package let id: String
    package let kind: EventKind
    package let cluster: String?
    package let name: String?
    package let observedAt: Timestamp
    package let acknowledgement: Acknowledgement

    /// `{"id", "event", "cluster", "name", "observed_at", "acknowledged"}`.
    package var json: JSONValue {
        .object([
            "id": .string(id), "event": .string(kind.rawValue), "cluster": JSONValue(cluster), "name": JSONValue(name),
            "observed_at": JSONValue(observedAt), "acknowledged": acknowledgement.json,
        ])
    }
}

extension EventStore {
    /// Notes that somebody has events in hand, in one commit.
    ///
    /// - Parameter names: ids of events; or ids, names or patterns of clusters, which mean their newest event that is not
    ///   over and can be acknowledged, else their newest that can be.
    /// - Returns: for each name, in their order, what became of it; a pattern may name several.
    package func acknowledge(
        _ names: [String], by author: String, comment: String?, at now: Timestamp
    ) throws -> [(name: String, outcome: AckOutcome)] {
        try write { session in
            try note(.rules)
            return try names.flatMap { name -> [(name: String, outcome: AckOutcome)] in
                let ack = Acknowledgement(at: now, author: author, comment: comment)
                if EventID(name) != nil {
                    guard let seq = numbering.seq(of: name) else { return [(name, .unknown)] }
                    return [(name, try acknowledge(seq, ack, in: session))]
                }
                let clusters = try Self.clusters(matching: name, in: session)
                let newest = try clusters.compactMap { try Self.newestOpen(of: $0, in: session) }
                guard !newest.isEmpty else { return [(name, .unknown)] }
                return try newest.map { (name, try acknowledge($0, ack, in: session)) }
            }
        }
    }

    private func acknowledge(_ seq: Int64, _ ack: Acknowledgement, in session: Session) throws -> AckOutcome {
        let original = try escalated(by: seq, in: session)
        let seq = original ?? seq
        let found = try session.first(
            """
            SELECT e.event, e.cluster, e.name, e.observed_at, a.at, a.author, a.comment
            FROM events AS e LEFT JOIN acks AS a ON a.seq = e.seq WHERE e.seq = ?
            """, [seq]
        ) { row -> AckOutcome in
            guard let kind = EventKind(rawValue: row[0]), kind.canBeAcknowledged else {
                return .impossible(event: row[0])
            }
            func acknowledged(_ ack: Acknowledgement) -> AcknowledgedEvent {
                AcknowledgedEvent(
                    id: numbering.id(seq).description, kind: kind, cluster: row[1], name: row[2],
                    observedAt: Timestamp(milliseconds: row[3]), acknowledgement: ack)
            }
            return row.time(4).map {
                .already(acknowledged(Acknowledgement(at: $0, author: row[5], comment: row[6])))
            } ?? .acknowledged(acknowledged(ack))
        }
        if case .acknowledged? = found, !Planted.isOn(.ackNotStored) {
            try session.run(
                "INSERT INTO acks (seq, at, author, comment) VALUES (?, ?, ?, ?)",
                [seq, ack.at.milliseconds, ack.author.stored, ack.comment.stored])
        }
        // The escalation is in the history; what it was about may be too old for it.
        return found ?? (original == nil ? .unknown : .impossible(event: EventKind.escalated.rawValue))
    }

    /// Who is called by an escalation has its id: it means the event that was escalated.
    private func escalated(by seq: Int64, in session: Session) throws -> Int64? {
        let event = try session.first(
            "SELECT \(EventRow.columns) FROM events WHERE seq = ? AND event = ?", [seq, EventKind.escalated.rawValue]
        ) { EventRow.event(from: $0, startingAt: 0) }
        guard case .escalated(let id, _, _)? = event?.content else { return nil }
        return numbering.seq(of: id)
    }

    private static func clusters(matching name: String, in session: Session) throws -> [String] {
        let exact = try session.texts(
            "SELECT id FROM clusters WHERE id = ?1 UNION SELECT id FROM clusters WHERE name = ?1", [name.stored])
        guard exact.isEmpty, Glob.isPattern(name) else { return exact }
        let glob = Glob(name)
        return try session.rows("SELECT id, name FROM clusters ORDER BY id") { row in
            let id: String = row[0]
            return glob.matches(id) || row.text(1).map(glob.matches) == true ? id : nil
        }
    }

    private static func newestOpen(of cluster: String, in session: Session) throws -> Int64? {
        let events = try session.rows(
            """
            SELECT seq, event FROM events INDEXED BY events_cluster
            WHERE cluster = ? AND event IN ('failed', 'gone', 'stalled', 'overdue') ORDER BY seq DESC LIMIT 20
            """, [cluster]
        ) { (seq: $0[0] as Int64, kind: EventKind(rawValue: $0[1])) }
        let open = try events.first { event in
            guard let kind = event.kind else { return false }
            return try !OpenEvents.isOver(kind, seq: event.seq, cluster: cluster, in: session)
        }
        return (open ?? events.first)?.seq
    }
}
