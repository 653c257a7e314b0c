import Model

/// A filter as SQL, with the index that finds its rows fastest.
struct HistoryQuery {
    /// By the number of the event if nothing better is known: what is asked for is mostly the newest.
    enum Path {
        case number
        case clusters
        case time
        case events
        case status
        case account
    }

    private let path: Path
    private var conditions: [String] = []
    private var values: SQLValues = []

    /// The columns of `HistoryRow`.
    static let columns = """
        seq, event, cluster, name, account, region, from_status, to_status, kind, observed_at, not_before, api_time, \
        request_id, target, CASE WHEN event = 'failed' THEN json_extract(details, '$.log_lines') END, \
        CASE WHEN event IN ('failed', 'gone', 'stalled', 'overdue') THEN coalesce((
            SELECT json_object('at', at, 'by', author, 'comment', comment) FROM acks WHERE acks.seq = events.seq), 'null')
        END
        """

    /// Up to so many clusters are looked up one by one; more are tested for while walking back from the newest.
    static let clustersByIndex = 16
    /// Up to so many events of a span of time are found by their time, and sorted; more are walked to.
    static let eventsByTime = 20_000

    /// - Parameter clusters: what the filter's clusters resolved to; nil if it names none.
    init(_ filter: HistoryFilter, clusters: [ClusterID]?, on connection: any ReadSource) throws {
        if let clusters, clusters.count <= Self.clustersByIndex {
            path = .clusters
        } else if filter.since != nil || filter.until != nil, try Self.isShort(filter, on: connection) {
            path = .time
        } else if try Self.areFew(filter.events, on: connection) {
            path = .events
        } else if filter.statuses.count == 1 {
            path = .status
        } else if filter.accounts.count == 1 {
            path = .account
        } else {
            path = .number
        }
        if let clusters {
            if clusters.count == 1 {
                add("cluster = ?", clusters[0].rawValue)
            } else {
                add("cluster IN (SELECT value FROM json_each(?))", StoredList.texts(clusters.map(\.rawValue)))
            }
        }
        add("event", oneOf: filter.events)
        add("to_status COLLATE NOCASE", oneOf: filter.statuses.map(Self.folded))
        add("account", oneOf: filter.accounts)
        if let since = filter.since { add("observed_at >= ?", since.milliseconds) }
        if let until = filter.until { add("observed_at <= ?", until.milliseconds) }
    }

    /// The first `limit` rows that match and have these numbers, by number.
    func rows(in numbers: Range<Int64>, limit: Int) -> (sql: String, values: SQLValues) {
        let sql = """
            SELECT \(Self.columns) FROM events \(hint) WHERE \(restricted("seq >= ? AND seq < ?")) ORDER BY seq LIMIT ?
            """
        return (sql, values + [numbers.lowerBound, numbers.upperBound, limit])
    }

    /// The number of the first of the newest `limit` rows that match and have a lower number than `bound`; no row where
    /// there are fewer.
    func lowest(limit: Int, below bound: Int64 = .max) -> (sql: String, values: SQLValues) {
        let sql = """
            SELECT seq FROM events \(hint) WHERE \(restricted("seq < ?")) ORDER BY seq DESC LIMIT 1 OFFSET ?
            """
        return (sql, values + [bound, limit - 1])
    }

    private var hint: String {
        switch path {
        case .number: "NOT INDEXED"
        case .clusters: "INDEXED BY events_cluster"
        case .time: "INDEXED BY events_observed_at"
        case .events: "INDEXED BY events_event"
        case .status: "INDEXED BY events_status"
        case .account: "INDEXED BY events_account"
        }
    }

    private func restricted(_ last: String) -> String {
        (conditions + [last]).joined(separator: " AND ")
    }

    private mutating func add(_ condition: String, _ value: any SQLBindable) {
        conditions.append(condition)
        values.append(value)
    }

    private mutating func add(_ column: String, oneOf texts: [String]) {
        guard texts.count > 1 else {
            if let text = texts.first { add("\(column) = ?", text) }
            return
        }
        add("\(column) IN (SELECT value FROM json_each(?))", StoredList.texts(texts))
    }

    /// As both engines compare texts in any case of letters: only those of ASCII have two.
    private static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }

    /// Whether events of these kinds are found fastest by their kind: those of one kind are in the order of their numbers,
    /// those of several must be sorted.
    private static func areFew(_ events: [String], on connection: any ReadSource) throws -> Bool {
        guard events.count > 1 else { return events.count == 1 }
        let count = try connection.integer(
            """
            SELECT count(*) FROM (SELECT 1 FROM events INDEXED BY events_event
                WHERE event IN (SELECT value FROM json_each(?)) LIMIT ?) AS few
            """, [StoredList.texts(events), eventsByTime + 1])
        return count ?? 0 <= eventsByTime
    }

    private static func isShort(_ filter: HistoryFilter, on connection: any ReadSource) throws -> Bool {
        let count = try connection.integer(
            """
            SELECT count(*) FROM (SELECT 1 FROM events INDEXED BY events_observed_at
                WHERE observed_at BETWEEN ? AND ? LIMIT ?) AS few
            """,
            [filter.since?.milliseconds ?? .min, filter.until?.milliseconds ?? .max, eventsByTime + 1])
        return count ?? 0 <= eventsByTime
    }
}
