package import Model

/// The database as other programs read it, while a daemon runs and after it stopped. Never writes, never waits long.
///
/// For one thread.
package final class HistoryReader {
    let connection: any ReadSource
    /// Which code the id of an event begins with; read again with every part of the history.
    package private(set) var numbering: EventNumbering

    /// - Throws: `StoreError`: `.missing` if nothing was recorded yet.
    package init(path: String) throws {
        connection = try DamageCheck.confirm(path) { try ReadConnection(path: path) }
        numbering = try Self.numbering(on: connection)
    }

    /// - Throws: `StoreError`: `.missing` if nothing was recorded yet, `.unavailable` if the server does not answer.
    package init(postgres source: PostgresSource) throws {
        connection = try PostgresReader(source)
        numbering = try Self.numbering(on: connection)
    }

    /// A path without symbolic links, as errors name it; also of a file that is not there.
    package static func realPath(of path: String) -> String { RealPath.resolve(path) }

    /// The first part of the id of every event to come.
    package var installation: String { numbering.current }

    /// Whether the path still leads to the file that is read, and it may still be read as it was opened. A database that was
    /// put back from a copy is another file.
    package var isCurrent: Bool { connection.isCurrent }

    /// Whether the path leads to another file than the one that is read, or to none.
    package var isReplaced: Bool { connection.isReplaced }

    /// Looks for damage in a file, as the daemon does when it starts; a server does that itself.
    ///
    /// - Parameter isThorough: as much as the daemon does after a crash.
    /// - Throws: `StoreError.corrupt`.
    package func checkIntegrity(isThorough: Bool = false) throws {
        try connection.checkIntegrity(isThorough: isThorough)
    }

    /// The time of an installation whose hosts share the database: theirs may be wrong. Nil for a file: the host's is right.
    ///
    /// - Throws: `StoreError`.
    package func databaseTime() throws -> Timestamp? { try connection.time() }

    private static func numbering(on connection: any ReadSource) throws -> EventNumbering {
        let numbering = try EventNumbering(in: connection.session)
        guard !numbering.current.isEmpty else {
            throw StoreError.corrupt(
                path: connection.place, detail: "its prefix of event ids is missing (table installation)")
        }
        return numbering
    }

    /// Names the database in messages: of a file its path, without symbolic links.
    package var path: String { connection.place }

    /// The newest `limit` events that match, oldest first, one after the other.
    ///
    /// A long answer is read in parts, each one state of the database: a pager that is never paged on must not keep
    /// the daemon from tidying its log.
    ///
    /// - Parameters:
    ///   - limit: nil is all.
    ///   - between: called after each part, when the database is let go: the time to write to others.
    ///   - body: gets each row; what it throws ends the reading.
    /// - Returns: the number of the newest event at the time: where `events(after:)` goes on.
    package func history(
        _ filter: HistoryFilter, limit: Int?, between: () throws -> Void = {}, _ body: (HistoryRow) throws -> Void
    ) throws -> Int64 {
        let (query, newest, lowest) = try connection.snapshot { () throws -> (HistoryQuery, Int64, Int64) in
            numbering = try Self.numbering(on: connection)
            let newest = try self.newest()
            let query = try makeQuery(filter)
            guard let limit else { return (query, newest, Int64(0)) }
            guard limit > 0 else { return (query, newest, newest + 1) }
            let (sql, values) = query.lowest(limit: limit)
            return (query, newest, try connection.integer(sql, values) ?? 0)
        }
        try forEachRow(of: query, in: lowest..<newest + 1, between: between, body)
        return newest
    }

    /// The events that match and came after the one with number `seq`, oldest first.
    ///
    /// - Returns: where to go on.
    package func events(
        after seq: Int64, _ filter: HistoryFilter, between: () throws -> Void = {},
        _ body: (HistoryRow) throws -> Void
    ) throws -> Int64 {
        let newest = try self.newest()
        guard newest > seq else { return seq }
        numbering = try Self.numbering(on: connection)
        try forEachRow(of: makeQuery(filter), in: seq + 1..<newest + 1, between: between, body)
        return newest
    }

    /// The number of the newest event, 0 if there is none.
    ///
    /// - Throws: also `StoreError.corrupt` for a number that no history comes to.
    package func newest() throws -> Int64 {
        try connection.session.checked(connection.integer("SELECT max(seq) FROM events") ?? 0)
    }

    /// Changes when anybody else has committed; asking costs next to nothing.
    package func dataVersion() throws -> Int64 {
        try connection.session.dataVersion()
    }

    /// The clusters that an id, a name or a glob stands for, by id; former ones too, and those that had the name once.
    package func clusters(matching pattern: String) throws -> [ClusterID] {
        let exact = try ids(
            "SELECT id FROM clusters WHERE id = ?1 UNION SELECT id FROM clusters WHERE name = ?1", pattern)
        guard exact.isEmpty else { return exact }
        guard Glob.isPattern(pattern) else {
            // A name from before it was changed.
            return try ids(
                """
                SELECT cluster FROM names WHERE name = ?1
                UNION SELECT cluster FROM events INDEXED BY events_cluster WHERE cluster = ?1 ORDER BY 1
                """, pattern)
        }
        let glob = Glob(pattern)
        let matching = try ids("SELECT id, name FROM clusters ORDER BY id", matching: glob)
        guard matching.isEmpty else { return matching }
        return try ids(
            """
            WITH RECURSIVE known (cluster) AS (
                SELECT min(cluster) FROM events INDEXED BY events_cluster WHERE cluster IS NOT NULL
                UNION ALL
                SELECT (SELECT min(cluster) FROM events INDEXED BY events_cluster WHERE cluster > known.cluster)
                FROM known WHERE known.cluster IS NOT NULL
            )
            SELECT cluster, NULL AS name FROM known WHERE cluster IS NOT NULL
            UNION SELECT cluster, name FROM names ORDER BY 1
            """, matching: glob)
    }

    /// The ids of the rows whose id or name a pattern fits, each once.
    private func ids(_ sql: String, matching glob: Glob) throws -> [ClusterID] {
        let statement = try connection.prepare(sql)
        var ids: [ClusterID] = []
        while try statement.step() {
            guard let id = statement.text(0), glob.matches(id) || statement.text(1).map(glob.matches) == true else {
                continue
            }
            let cluster = ClusterID(id)
            if ids.last != cluster { ids.append(cluster) }
        }
        return ids
    }

    private func ids(_ sql: String, _ pattern: String) throws -> [ClusterID] {
        let statement = try connection.prepare(sql, [pattern])
        var ids: [ClusterID] = []
        while try statement.step() {
            if let id = statement.text(0) { ids.append(ClusterID(id)) }
        }
        return ids
    }

    /// Reads again which code the ids of events begin with: a database that was put back from a copy gets a new one.
    package func renewNumbering() throws {
        numbering = try Self.numbering(on: connection)
    }

    func makeQuery(_ filter: HistoryFilter) throws -> HistoryQuery {
        let wanted: [ClusterID]? =
            filter.clusters.isEmpty
            ? nil : try Set(filter.clusters.flatMap { try clusters(matching: $0) }).sorted()
        return try HistoryQuery(filter, clusters: wanted, on: connection)
    }

    private func forEachRow(
        of query: HistoryQuery, in numbers: Range<Int64>, between: () throws -> Void,
        _ body: (HistoryRow) throws -> Void
    ) throws {
        var next = numbers.lowerBound
        while next < numbers.upperBound {
            var count = 0
            try connection.snapshot {
                try forEachRow(of: query, in: next..<numbers.upperBound, limit: Self.part) { row in
                    next = row.seq + 1
                    count += 1
                    try body(row)
                }
            }
            guard count == Self.part else { return }
            try between()
        }
    }

    /// The first `limit` rows with these numbers, as one state of the database if it is called within a snapshot.
    func forEachRow(
        of query: HistoryQuery, in numbers: Range<Int64>, limit: Int, _ body: (HistoryRow) throws -> Void
    ) throws {
        let (sql, values) = query.rows(in: numbers, limit: limit)
        let statement = try connection.prepare(sql, values)
        let alerts = try AlertCursor(on: connection)
        let descriptions = try TaskDescriptions(on: connection)
        while try statement.step() { try body(HistoryRow(statement, alerts, descriptions, numbering)) }
    }

    /// How many rows are read at once.
    private static let part = 5000
}
