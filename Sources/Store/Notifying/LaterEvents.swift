import Model

/// What happened later to a cluster, an account in a region or a target.
enum LaterEvents {
    /// The event that ended a trouble; nil if nothing has.
    static func end(
        of event: Event, seq: Int64, in session: Session
    ) throws -> (seq: Int64, kind: EventKind)? {
        let kinds = OpenEvents.list(event.kind.endedBy)
        func later(_ row: Statement) -> (seq: Int64, kind: EventKind)? {
            EventKind(rawValue: row[1]).map { (row[0], $0) }
        }
        if let cluster = event.cluster {
            return try session.first(
                """
                SELECT seq, event FROM events INDEXED BY events_cluster
                WHERE cluster = ? AND seq > ? AND event IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT 1
                """, [cluster.rawValue.stored, seq, kinds], later)
        }
        return try session.first(
            """
            SELECT seq, event FROM events INDEXED BY events_general
            WHERE cluster IS NULL AND event IN (SELECT value FROM json_each(?)) AND seq > ?
                AND account IS ? AND region IS ? AND target IS ? ORDER BY seq LIMIT 1
            """, [kinds, seq, event.account.stored, event.region.stored, event.target.stored], later)
    }
}
