package import Model

/// Which events are not over.
enum OpenEvents {
    /// Whether a later event of the cluster ended it, or its limit was raised.
    static func isOver(_ kind: EventKind, seq: Int64, cluster: String, in session: Session) throws -> Bool {
        if kind == .overdue, try !isOverdue(cluster, in: session) { return true }
        return try session.flag(
            """
            SELECT EXISTS (SELECT 1 FROM events INDEXED BY events_cluster
                WHERE cluster = ? AND seq > ? AND event IN (SELECT value FROM json_each(?)))
            """, [cluster, seq, list(kind.endedBy)]) ?? false
    }

    /// Whether the cluster's latest run is overdue now.
    static func isOverdue(_ cluster: String, in session: Session) throws -> Bool {
        try session.flag(
            "SELECT is_running = 1 AND overdue_since IS NOT NULL FROM clusters WHERE id = ?", [cluster]) ?? true
    }

    static func list(_ kinds: Set<EventKind>) -> String {
        JSONValue.strings(kinds.map(\.rawValue).sorted()).text()
    }

    /// The newest first, up to `limit`.
    static let recent = """
        SELECT e.seq, a.at, a.author, a.comment, \(columns)
        FROM events AS e INDEXED BY events_open LEFT JOIN acks AS a ON a.seq = e.seq
        WHERE e.event IN ('failed', 'gone', 'stalled', 'overdue') AND e.observed_at >= ?
        ORDER BY e.observed_at DESC LIMIT ?
        """

    private static let columns = EventRow.columns.split(separator: ",").map { "e." + $0.trimmed }.joined(
        separator: ", ")
}

extension EventStore {
    /// The events since a time that somebody may have to look after and that are not over, newest first.
    ///
    /// - Parameter limit: how many events are looked at.
    package func loadOpenEvents(since: Timestamp, limit: Int = 5000) throws -> [OpenEvent] {
        try read { session in
            try session.rows(OpenEvents.recent, [since.milliseconds, limit]) { row in
                // Nearly all events are over: their details are not read.
                let seq: Int64 = row[0]
                let name: String = row[4]
                guard let kind = EventKind(rawValue: name), let cluster = row.text(5),
                    try !OpenEvents.isOver(kind, seq: seq, cluster: cluster, in: session),
                    let event = EventRow.event(from: row, startingAt: 4)
                else { return nil }
                return OpenEvent(
                    event: StoredEvent(numbering.id(seq), event: event),
                    acknowledgement: row.time(1).map { Acknowledgement(at: $0, author: row[2], comment: row[3]) },
                    escalatedTo: try Set(
                        session.texts("SELECT target FROM escalations WHERE seq = ?", [seq])))
            }
        }
    }
}
