import GRDB
import Model

/// What a run left in its database, read by SQL and not by the code under test.
struct Record {
    struct Event {
        let seq: Int64
        let kind: EventKind
        let cluster: ClusterID?
        let account: String?
        let from: ClusterStatus?
        let to: ClusterStatus?
        let sighting: Sighting
        let at: Millis
        let notBefore: Millis?
        let apiTime: Timestamp?
        let target: String?

        /// The line of alerts it belongs to.
        var line: String { cluster?.rawValue ?? "@\(account ?? "")" }
    }

    struct Alert {
        let seq: Int64
        let target: String
        let state: String
        let attempts: Int
        let createdAt: Millis
        let lastError: String?
    }

    let events: [Event]
    let alerts: [Alert]
    let lastSeq: Int64
    let integrity: String

    /// - Parameter steps: of the host's wall clock: times are told in true time.
    init(path: String, steps: [Chronicle.ClockStep]) throws {
        func time(_ milliseconds: Int64, of seq: Int64) -> Millis {
            let ahead = steps.last { $0.lastSeq < seq }?.ahead ?? 0
            return Timestamp(milliseconds: milliseconds).sinceBegin - ahead
        }
        let queue = try DatabaseQueue(path: path)
        (events, alerts, lastSeq, integrity) = try queue.read { database in
            let events = try Row.fetchAll(database, sql: "SELECT * FROM events ORDER BY seq").map { row in
                Event(
                    seq: row["seq"], kind: EventKind(rawValue: row["event"]) ?? .changed,
                    cluster: (row["cluster"] as String?).map { ClusterID($0) }, account: row["account"],
                    from: (row["from_status"] as String?).map { ClusterStatus($0) },
                    to: (row["to_status"] as String?).map { ClusterStatus($0) },
                    sighting: Sighting(rawValue: row["kind"]) ?? .observed,
                    at: time(row["observed_at"], of: row["seq"]),
                    notBefore: (row["not_before"] as Int64?).map { time($0, of: row["seq"]) },
                    apiTime: (row["api_time"] as Int64?).map { Timestamp(milliseconds: $0) }, target: row["target"])
            }
            let alerts = try Row.fetchAll(database, sql: "SELECT * FROM outbox ORDER BY seq, target").map { row in
                Alert(
                    seq: row["seq"], target: row["target"], state: row["state"], attempts: row["attempts"],
                    createdAt: time(row["created_at"], of: row["seq"]), lastError: row["last_error"])
            }
            return (
                events, alerts,
                try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0,
                try String.fetchAll(database, sql: "PRAGMA integrity_check").joined(separator: "; ")
            )
        }
        try queue.close()
    }

    func changes(of cluster: ClusterID) -> [Event] {
        events.filter { $0.cluster == cluster && $0.kind.isStatusChange }
    }
}
