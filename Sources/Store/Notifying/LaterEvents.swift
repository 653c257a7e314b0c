import GRDB
import Model

/// What happened later to a cluster, an account in a region or a target.
enum LaterEvents {
    /// The event that ended a trouble; nil if nothing has.
    static func end(
        of event: Event, seq: Int64, in database: Database
    ) throws -> (seq: Int64, kind: EventKind)? {
        let kinds = OpenEvents.list(event.kind.endedBy)
        let row: Row?
        if let cluster = event.cluster {
            row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT seq, event FROM events INDEXED BY events_cluster
                        WHERE cluster = ? AND seq > ? AND event IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT 1
                        """), arguments: [cluster.rawValue.stored, seq, kinds])
        } else {
            row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT seq, event FROM events INDEXED BY events_general
                        WHERE cluster IS NULL AND event IN (SELECT value FROM json_each(?)) AND seq > ?
                            AND account IS ? AND region IS ? AND target IS ? ORDER BY seq LIMIT 1
                        """),
                arguments: [kinds, seq, event.account.stored, event.region.stored, event.target.stored])
        }
        guard let row, let kind = EventKind(rawValue: row[1]) else { return nil }
        return (row[0], kind)
    }
}
