/// A table of the schema, with what is copied of it to another database.
struct StoredTable {
    enum Kind {
        case integer, number, text, blob
    }

    let name: String
    let columns: [(name: String, kind: Kind)]
    /// What its rows are in the order of: a unique key.
    let key: [String]

    /// - Parameter columns: `name:kind`, with spaces between; texts without a kind.
    private init(_ name: String, key: String, _ columns: String) {
        self.name = name
        self.key = key.split(separator: " ").map(String.init)
        self.columns = columns.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { column in
            let parts = column.split(separator: ":").map(String.init)
            let kind: Kind =
                switch parts.count > 1 ? parts[1] : "" {
                case "i": .integer
                case "n": .number
                case "b": .blob
                default: .text
                }
            return (parts[0], kind)
        }
    }

    /// In an order in which what a row refers to is there before it. `installation` is not among them: it belongs to the
    /// database, and has one row.
    static let all = [
        StoredTable("installations", key: "first_seq", "first_seq:i code since:i"),
        StoredTable("daemon", key: "id", "id:i pid:i started_at:i config_loaded_at:i stopped_at:i"),
        StoredTable(
            "clusters", key: "id",
            """
            id name account region instance watched:i status since:i was_activated:i last_good_at:i last_poll_at:i
            next_poll_at:i last_error failing_since:i is_poll_failing:i is_stalled:i description created_at:i
            started_at:i completed_at:i base_model train_mode train_type model_paths digest_high:i digest_low:i
            run_started_at:i is_running:i last_run_ms:i overdue_limit overdue_since:i
            """),
        StoredTable("answers", key: "cluster", "cluster observed_at:i request_id body:b"),
        StoredTable("scopes", key: "account region", "account region failing_since:i"),
        StoredTable(
            "events", key: "seq",
            """
            seq:i event cluster name account region from_status to_status kind observed_at:i not_before:i api_time:i
            request_id target details
            """),
        StoredTable(
            "outbox", key: "seq target",
            """
            seq:i target line state attempts:i created_at:i waiting_since:i next_attempt_at:i last_attempt_at:i
            last_code last_error as_plain_text:i updated_at:i held_until:i held_by digest_through:i
            """),
        StoredTable(
            "attempts", key: "seq target number",
            "seq:i target number:i started_at:i duration_ms:i outcome code reason answer http_status:i"),
        StoredTable(
            "targets", key: "name",
            """
            name blocked_until:i tokens:n tokens_at:i broken_streak:i suspended_since:i probe_at:i trouble
            digest_through:i chat_id chat_id_replaced digest_group
            """),
        StoredTable(
            "progress", key: "cluster",
            """
            cluster run_started_at:i step:i total_steps:i epoch:n metrics logged_at:i step_seen_at:i first_step:i
            first_logged_at:i past_run_ms:i expected_end:i
            """),
        StoredTable("curve", key: "cluster logged_at", "cluster logged_at:i step:i loss:n"),
        StoredTable("retention", key: "id", "id:i seen_at:i doubted_until:i reached_at:i"),
        StoredTable("instances", key: "id account region", "id account region first_listed_at:i"),
        StoredTable(
            "runs", key: "id",
            """
            id:i cluster name account region started_at:i ended_at:i outcome source steps:i last_loss:n per_hour:n cost:n
            currency seen_at:i
            """),
        StoredTable("mails", key: "seq target", "seq:i target progress"),
        StoredTable(
            "silences", key: "id", "id:i matchers starts_at:i ends_at:i comment author drops:i"),
        StoredTable("acks", key: "seq", "seq:i at:i author comment"),
        StoredTable("escalations", key: "seq target", "seq:i target at:i"),
        StoredTable("rules", key: "kind key", "kind key since:i last_at:i covered_until:i"),
        StoredTable("clock_steps", key: "id", "id:i expected:i shown:i"),
        StoredTable("names", key: "name cluster", "name cluster"),
    ]

    /// Those whose rows get their numbers from the database.
    static let numbered = ["runs", "silences", "clock_steps"]

    /// How many rows are read at once: an answer of the API is as large as the API makes it.
    var part: Int { columns.contains { $0.kind == .blob } ? 20 : 1000 }

    /// Reads all rows, some at once, in the order of the key: the same one in both engines.
    ///
    /// - Throws: `StoreError.corrupt` for a text that is not in UTF-8; what the session and `body` throw.
    func forEachPart(in session: Session, _ body: ([[SQLValue]]) throws -> Void) throws {
        var last: [SQLValue]?
        while true {
            let places = SQLValues((last ?? []) + [.integer(Int64(part))])
            let rows = try session.rows(query(isNext: last != nil), places) { try values(of: $0, in: session.place) }
            try body(rows)
            guard rows.count == part, let end = rows.last else { return }
            last = key(of: end)
        }
    }

    /// The first `limit` rows; with `isNext`, those behind a key.
    func query(isNext: Bool) -> String {
        let order = key.joined(separator: ", ")
        let places = key.map { _ in "?" }.joined(separator: ", ")
        let condition = isNext ? " WHERE (\(order)) > (\(places))" : ""
        return "SELECT \(names) FROM \(name)\(condition) ORDER BY \(order) LIMIT ?"
    }

    var insertion: String {
        "INSERT INTO \(name) (\(names)) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    }

    private var names: String { columns.map(\.name).joined(separator: ", ") }

    /// - Parameter database: names it.
    /// - Throws: `StoreError.corrupt` if a text is not in UTF-8: it would not arrive as it is.
    func values(of row: Statement, in database: String) throws -> [SQLValue] {
        try columns.indices.map { index in
            let column = Int32(index)
            if row.isNull(column) { return SQLValue.null }
            switch columns[index].kind {
            case .integer: return SQLValue.integer(row.integer(column))
            case .number: return SQLValue.number(row.double(column))
            case .blob: return SQLValue.blob(row.blob(column))
            case .text:
                guard let text = row.bytes(column).flatMap({ String(validating: $0, as: UTF8.self) }) else {
                    let place = "\(columns[index].name) of a row of the table \(name)\(numbers(of: row))"
                    throw StoreError.corrupt(path: database, detail: "\(place) is not text in UTF-8")
                }
                return SQLValue.text(text)
            }
        }
    }

    /// The numbers in the key of a row, to name it.
    private func numbers(of row: Statement) -> String {
        let numbers = columns.indices.filter { columns[$0].kind == .integer && key.contains(columns[$0].name) }
        let words = numbers.map { "\(columns[$0].name) \(row.integer(Int32($0)))" }
        return words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"
    }

    /// - Parameter values: of a row.
    func key(of values: [SQLValue]) -> [SQLValue] {
        key.compactMap { name in columns.firstIndex { $0.name == name }.map { values[$0] } }
    }
}
