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
        let logLines: [String]

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
        /// Whether a silence or hours held it, then or now.
        let wasHeld: Bool
        /// By the host's own clock.
        let heldUntil: Timestamp?
        /// When it was stored, by the host's own clock.
        let storedAt: Timestamp
        /// When it became due, by the host's own clock: at once, or when its hold ended.
        let dueAt: Timestamp
    }

    /// By the host's own clock.
    struct StoredSilence {
        let span: Range<Timestamp>
        let clusters: [String]
        let events: [String]
        let targets: [String]
    }

    /// What a reminder listed, or what an escalation was of.
    struct Mention {
        /// The number of the reminder or the escalation.
        let by: Int64
        let of: Int64
    }

    struct Run {
        let cluster: ClusterID
        let startedAt: Timestamp?
        let endedAt: Timestamp?
        let outcome: String
        let cost: Double?
    }

    let events: [Event]
    let alerts: [Alert]
    let reminded: [Mention]
    let escalated: [Mention]
    /// When each event was acknowledged, by the host's own clock.
    let acknowledged: [Int64: Timestamp]
    /// When each alert was delivered first, as far as that was stored, by the host's own clock. Keys are "target seq".
    let delivered: [String: Timestamp]
    /// When each event was observed, by the host's own clock.
    let observed: [Int64: Timestamp]
    let runs: [Run]
    let silences: [StoredSilence]
    let lastSeq: Int64
    let integrity: String

    /// - Parameter steps: of the host's wall clock: times are given in true time.
    init(path: String, steps: [Chronicle.ClockStep]) throws {
        func time(_ milliseconds: Int64, of seq: Int64) -> Millis {
            let ahead = steps.last { $0.lastSeq < seq }?.ahead ?? 0
            return Timestamp(milliseconds: milliseconds).sinceBegin - ahead
        }
        let queue = try DatabaseQueue(path: path)
        (events, alerts, runs, silences, reminded, escalated, acknowledged, observed, delivered, lastSeq, integrity) =
            try queue.read {
                database in
                let sql = """
                    SELECT *, (SELECT group_concat(value, char(10)) FROM json_each(details, '$.log_lines')) AS log_text
                    FROM events ORDER BY seq
                    """
                let events = try Row.fetchAll(database, sql: sql).map { row in
                    Event(
                        seq: row["seq"], kind: EventKind(rawValue: row["event"]) ?? .changed,
                        cluster: (row["cluster"] as String?).map { ClusterID($0) }, account: row["account"],
                        from: (row["from_status"] as String?).map { ClusterStatus($0) },
                        to: (row["to_status"] as String?).map { ClusterStatus($0) },
                        sighting: Sighting(rawValue: row["kind"]) ?? .observed,
                        at: time(row["observed_at"], of: row["seq"]),
                        notBefore: (row["not_before"] as Int64?).map { time($0, of: row["seq"]) },
                        apiTime: (row["api_time"] as Int64?).map { Timestamp(milliseconds: $0) }, target: row["target"],
                        logLines: (row["log_text"] as String?)?.split(separator: "\n").map { String($0) } ?? [])
                }
                let alerts = try Row.fetchAll(database, sql: "SELECT * FROM outbox ORDER BY seq, target").map { row in
                    Alert(
                        seq: row["seq"], target: row["target"], state: row["state"], attempts: row["attempts"],
                        createdAt: time(row["created_at"], of: row["seq"]), lastError: row["last_error"],
                        wasHeld: (row["held_by"] as String?) != nil,
                        heldUntil: (row["held_until"] as Int64?).map { Timestamp(milliseconds: $0) },
                        storedAt: Timestamp(milliseconds: row["created_at"]),
                        dueAt: Timestamp(milliseconds: row["waiting_since"]))
                }
                func mentions(_ sql: String) throws -> [Mention] {
                    try Row.fetchAll(database, sql: sql).compactMap { row in
                        (row[1] as String?).flatMap { $0.split(separator: "-").last }.flatMap { Int64($0) }
                            .map { Mention(by: row[0], of: $0) }
                    }
                }
                func times(_ sql: String) throws -> [Int64: Timestamp] {
                    try Row.fetchAll(database, sql: sql).reduce(into: [:]) {
                        $0[$1[0]] = Timestamp(milliseconds: $1[1])
                    }
                }
                let runs = try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY id").map { row in
                    Run(
                        cluster: ClusterID(row["cluster"] as String),
                        startedAt: (row["started_at"] as Int64?).map { Timestamp(milliseconds: $0) },
                        endedAt: (row["ended_at"] as Int64?).map { Timestamp(milliseconds: $0) },
                        outcome: row["outcome"],
                        cost: row["cost"])
                }
                return (
                    events, alerts, runs, try Self.silences(database),
                    try mentions(
                        """
                        SELECT e.seq, json_extract(item.value, '$.id') FROM events AS e, json_each(e.details, '$.open') AS item
                        WHERE e.event = 'reminder' ORDER BY e.seq
                        """),
                    try mentions(
                        "SELECT seq, json_extract(details, '$.escalated.of') FROM events WHERE event = 'escalated' ORDER BY seq"
                    ),
                    try times("SELECT seq, at FROM acks"), try times("SELECT seq, observed_at FROM events"),
                    try Row.fetchAll(database, sql: Self.deliveries).reduce(into: [String: Timestamp]()) {
                        $0[$1[0]] = Timestamp(milliseconds: $1[1])
                    },
                    try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0,
                    try String.fetchAll(database, sql: "PRAGMA integrity_check").joined(separator: "; ")
                )
            }
        try queue.close()
    }

    private static let deliveries = """
        SELECT target || ' ' || seq, min(started_at + duration_ms) FROM attempts WHERE outcome = 'delivered' GROUP BY seq, target
        """

    private static func silences(_ database: Database) throws -> [StoredSilence] {
        try Row.fetchAll(database, sql: "SELECT * FROM silences ORDER BY id").map { row in
            let matchers = try JSONValue(parsing: Array((row["matchers"] as String).utf8))
            func texts(_ key: String) -> [String] { (matchers[key]?.arrayValue ?? []).compactMap(\.stringValue) }
            let (start, end) = (row["starts_at"] as Int64, row["ends_at"] as Int64)
            return StoredSilence(
                span: Timestamp(milliseconds: start)..<Timestamp(milliseconds: max(start, end)),
                clusters: texts("cluster"), events: texts("event"), targets: texts("target"))
        }
    }

    func changes(of cluster: ClusterID) -> [Event] {
        events.filter { $0.cluster == cluster && $0.kind.isStatusChange }
    }
}
