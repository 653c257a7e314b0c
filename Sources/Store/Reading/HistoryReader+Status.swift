import GRDBSQLite
package import Model

extension HistoryReader {
    /// The watched clusters, those with a name first by their names, then the others by id.
    package func statusRows() throws -> [StatusRow] {
        let statement = try connection.prepare(
            """
            SELECT c.id, c.name, c.account, c.region, c.status, c.since, c.last_poll_at, c.next_poll_at, c.last_error,
                c.instance, c.description, CASE WHEN c.is_running = 1 THEN c.overdue_limit END, c.overdue_since,
                \(Self.progressColumns)
            FROM clusters AS c LEFT JOIN progress AS p \(Self.progressOfRun)
            WHERE c.watched = 1 ORDER BY c.name IS NULL, c.name, c.id
            """)
        var rows: [StatusRow] = []
        while try statement.step() {
            let cluster = ClusterID(statement.text(0) ?? "")
            rows.append(
                StatusRow(
                    cluster: cluster, name: statement.text(1),
                    scope: AccountRegion(account: statement.text(2) ?? "", region: statement.text(3) ?? ""),
                    instance: statement.text(9), description: statement.text(10),
                    status: statement.text(4).map { ClusterStatus($0) }, since: statement.time(5),
                    lastPollAt: statement.time(6), nextPollAt: statement.time(7), lastError: statement.text(8),
                    progress: Self.progress(statement, from: 13, of: cluster),
                    overdue: ClusterRow.overdue(statement.text(11), statement.time(12))))
        }
        return rows
    }

    /// The watched clusters of an account and region.
    package func watchedClusters(in scope: AccountRegion) throws -> Set<ClusterID> {
        let statement = try connection.prepare(
            "SELECT id FROM clusters WHERE watched = 1 AND account = ? AND region = ?", [scope.account, scope.region])
        var found: Set<ClusterID> = []
        while try statement.step() { found.insert(ClusterID(statement.text(0) ?? "")) }
        return found
    }

    /// Who works on the database, or did last; nil if none ever noted its start.
    package func daemonInfo() throws -> DaemonInfo? {
        try connection.daemonInfo()
    }

    /// The last good answer of a cluster.
    package func answer(of cluster: ClusterID) throws -> AnswerRecord? {
        let statement = try connection.prepare(
            "SELECT observed_at, request_id, body FROM answers WHERE cluster = ?", [cluster.rawValue])
        guard try statement.step() else { return nil }
        return AnswerRecord(
            cluster: cluster, observedAt: Timestamp(milliseconds: statement.integer(0)),
            requestID: statement.text(1), body: statement.blob(2))
    }

    /// What went with a cluster's last failure: the end of its log, oldest line first; empty if there is none.
    package func logLines(of cluster: ClusterID) throws -> [String] {
        let statement = try connection.prepare(
            """
            SELECT json_extract(details, '$.log_lines') FROM events INDEXED BY events_cluster
            WHERE cluster = ? AND event = 'failed' ORDER BY seq DESC LIMIT 1
            """, [cluster.rawValue])
        guard try statement.step(), let text = statement.text(0) else { return [] }
        return (try? JSONValue(parsing: Array(text.utf8)))?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// The name from the config.
    package func name(of cluster: ClusterID) throws -> String? {
        let statement = try connection.prepare("SELECT name FROM clusters WHERE id = ?", [cluster.rawValue])
        return try statement.step() ? statement.text(0) : nil
    }

    /// The parent instance that a cluster was found through; nil if the config named it.
    package func instance(of cluster: ClusterID) throws -> String? {
        let statement = try connection.prepare("SELECT instance FROM clusters WHERE id = ?", [cluster.rawValue])
        return try statement.step() ? statement.text(0) : nil
    }

    /// How many alerts wait and how many are dead.
    package func alertCounts() throws -> AlertCounts {
        let statement = try connection.prepare(AlertQuery.counts)
        guard try statement.step() else { return AlertCounts(pending: 0, dead: 0) }
        return AlertCounts(
            pending: Int(statement.integer(0)), dead: Int(statement.integer(1)), held: Int(statement.integer(2)))
    }

    /// The targets that get nothing at present, by name.
    package func suspendedTargets() throws -> [SuspendedTarget] {
        let statement = try connection.prepare(
            "SELECT name, suspended_since, probe_at, trouble FROM targets WHERE suspended_since IS NOT NULL ORDER BY name"
        )
        var targets: [SuspendedTarget] = []
        while try statement.step() {
            guard let name = statement.text(0), let since = statement.time(1) else { continue }
            targets.append(
                SuspendedTarget(name: name, since: since, probeAt: statement.time(2), reason: statement.text(3)))
        }
        return targets
    }

    /// The targets that get nothing before a time after `now`, mostly because the receiver asked for a pause.
    package func pauses(after now: Timestamp) throws -> [(target: String, until: Timestamp)] {
        let statement = try connection.prepare(
            "SELECT name, blocked_until FROM targets WHERE blocked_until > ? ORDER BY name", [now.milliseconds])
        var pauses: [(target: String, until: Timestamp)] = []
        while try statement.step() {
            guard let name = statement.text(0), let until = statement.time(1) else { continue }
            pauses.append((name, until))
        }
        return pauses
    }

    /// A consistent copy of the database in one new file, also while the daemon works.
    ///
    /// - Throws: `StoreError.io` also if `target` exists.
    package func backup(to target: String) throws {
        try connection.backup(to: target)
    }
}

/// A watched cluster as `status` shows it.
package struct StatusRow: Hashable, Sendable {
    package let cluster: ClusterID
    package let name: String?
    package let scope: AccountRegion
    /// The parent instance it was found through; nil if the config names it.
    package let instance: String?
    /// What the API's last answer calls it.
    package let description: String?
    package let status: ClusterStatus?
    package let since: Timestamp?
    package var lastPollAt: Timestamp?
    package var nextPollAt: Timestamp?
    package var lastError: String?
    /// How far its latest run is; nil if that is not known.
    package var progress: ProgressRecord?
    /// Set while its run is overdue.
    package var overdue: OverdueMark?
}

extension StatusRow {
    /// A task that is configured and not watched.
    ///
    /// - Parameter reason: why, and what to do; a sentence without a full stop.
    package init(unwatched cluster: ClusterID, in scope: AccountRegion, because reason: String) {
        self.init(
            cluster: cluster, name: nil, scope: scope, instance: nil, description: nil, status: nil, since: nil,
            lastPollAt: nil, nextPollAt: nil, lastError: reason, progress: nil, overdue: nil)
    }
}

/// A target that the daemon has suspended because its messages were refused.
package struct SuspendedTarget: Hashable, Sendable {
    package let name: String
    package let since: Timestamp
    /// When one message is tried next.
    package let probeAt: Timestamp?
    /// For an operator.
    package let reason: String?

    /// The members are a contract with scripts.
    package var json: JSONValue {
        .object([
            "target": .string(name), "suspended_since": JSONValue(since), "next_probe_at": JSONValue(probeAt),
            "reason": JSONValue(reason),
        ])
    }
}

/// The daemon that holds the database, or held it last.
package struct DaemonInfo: Hashable, Sendable {
    package let isRunning: Bool
    package let pid: Int32
    package let startedAt: Timestamp
    package let configLoadedAt: Timestamp?
    /// Other daemons of this host that share the database.
    package var others: Set<Int32> = []

    package init(
        isRunning: Bool, pid: Int32, startedAt: Timestamp, configLoadedAt: Timestamp?, others: Set<Int32> = []
    ) {
        self.isRunning = isRunning
        self.pid = pid
        self.startedAt = startedAt
        self.configLoadedAt = configLoadedAt
        self.others = others
    }

    /// Whether the process that answers on a socket is one of the daemons of this database.
    package func isProcess(_ pid: (some BinaryInteger)?) -> Bool {
        pid.map { $0 == self.pid || others.contains(Int32(clamping: $0)) } ?? false
    }

    /// Whether an answer to `GET /v1/status` is from one of the daemons of this database.
    package func isSource(of status: JSONValue) -> Bool { isProcess(status["daemon"]?["pid"]?.integerValue) }
}
