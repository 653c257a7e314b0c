import GRDB
package import Model

/// What became of one name in an `ack`: the id of an event, or a cluster's id, name or pattern.
package enum AckOutcome: Hashable, Sendable {
    case acknowledged(AcknowledgedEvent)
    /// Somebody has it in hand already.
    case already(AcknowledgedEvent)
    /// The event is not of a kind that can be acknowledged.
    case impossible(event: String)
    /// There is no such event, or no such cluster, or it has no event that can be acknowledged.
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
        try write { database in
            try names.flatMap { name -> [(name: String, outcome: AckOutcome)] in
                let ack = Acknowledgement(at: now, author: author, comment: comment)
                if EventID(name) != nil {
                    guard let seq = numbering.seq(of: name) else { return [(name, .unknown)] }
                    return [(name, try acknowledge(seq, ack, in: database))]
                }
                let clusters = try Self.clusters(matching: name, in: database)
                let newest = try clusters.compactMap { try Self.newestOpen(of: $0, in: database) }
                guard !newest.isEmpty else { return [(name, .unknown)] }
                return try newest.map { (name, try acknowledge($0, ack, in: database)) }
            }
        }
    }

    private func acknowledge(_ seq: Int64, _ ack: Acknowledgement, in database: Database) throws -> AckOutcome {
        let event = try database.cachedStatement(
            sql: """
                SELECT e.event, e.cluster, e.name, e.observed_at, a.at, a.author, a.comment
                FROM events AS e LEFT JOIN acks AS a ON a.seq = e.seq WHERE e.seq = ?
                """)
        guard let row = try Row.fetchOne(event, arguments: [seq]) else { return .unknown }
        guard let kind = EventKind(rawValue: row[0]), kind.canBeAcknowledged else { return .impossible(event: row[0]) }
        func acknowledged(_ ack: Acknowledgement) -> AcknowledgedEvent {
            AcknowledgedEvent(
                id: numbering.id(seq).description, kind: kind, cluster: row[1], name: row[2],
                observedAt: Timestamp(milliseconds: row[3]), acknowledgement: ack)
        }
        if let at = row.time(4) {
            return .already(acknowledged(Acknowledgement(at: at, author: row[5], comment: row[6])))
        }
        try database.cachedStatement(sql: "INSERT INTO acks (seq, at, author, comment) VALUES (?, ?, ?, ?)")
            .execute(arguments: [seq, ack.at.milliseconds, ack.author.stored, ack.comment.stored])
        return .acknowledged(acknowledged(ack))
    }

    private static func clusters(matching name: String, in database: Database) throws -> [String] {
        let exact = try String.fetchAll(
            database.cachedStatement(
                sql: "SELECT id FROM clusters WHERE id = ?1 UNION SELECT id FROM clusters WHERE name = ?1"),
            arguments: [name.stored])
        guard exact.isEmpty, Glob.isPattern(name) else { return exact }
        let glob = Glob(name)
        return try Row.fetchAll(database, sql: "SELECT id, name FROM clusters ORDER BY id").compactMap { row in
            let id: String = row[0]
            return glob.matches(id) || row.text(1).map(glob.matches) == true ? id : nil
        }
    }

    private static func newestOpen(of cluster: String, in database: Database) throws -> Int64? {
        let events = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT seq, event FROM events INDEXED BY events_cluster
                    WHERE cluster = ? AND event IN ('failed', 'gone', 'stalled', 'overdue') ORDER BY seq DESC LIMIT 20
                    """), arguments: [cluster])
        let open = try events.first { row in
            guard let kind = EventKind(rawValue: row[1]) else { return false }
            return try !OpenEvents.isOver(kind, seq: row[0], cluster: cluster, in: database)
        }
        return (open ?? events.first).map { $0[0] }
    }
}
