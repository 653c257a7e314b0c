package import Model

/// All that `status` shows.
package struct StatusReport: Sendable {
    /// Nil if no daemon ever noted its start.
    package var daemon: DaemonInfo?
    package var clusters: [StatusRow]
    package let alerts: AlertCounts
    /// Those that are suspended.
    package var targets: [SuspendedTarget] = []

    /// The members are a contract with scripts; what is not known is null.
    package var json: JSONValue {
        .object([
            "daemon": DaemonInfo.json(of: daemon),
            "clusters": .array(clusters.map(\.json)),
            "alerts": .object([
                "pending": .integer(Int64(alerts.pending)), "held": .integer(Int64(alerts.held)),
                "dead": .integer(Int64(alerts.dead)),
            ]),
            "targets": .array(targets.map(\.json)),
        ])
    }
}

extension DaemonInfo {
    /// A daemon that answers, by what it says of itself; nil if it does not say that it runs.
    package init?(answer json: JSONValue?) {
        guard let json, json["running"] == .bool(true), let pid = json["pid"]?.integerValue,
            let startedAt = json.time("started_at")
        else { return nil }
        self.init(
            isRunning: true, pid: Int32(clamping: pid), startedAt: startedAt,
            configLoadedAt: json.time("config_loaded_at"))
    }

    /// - Parameter daemon: nil if none ever noted its start.
    package static func json(of daemon: DaemonInfo?) -> JSONValue {
        let running = daemon.flatMap { $0.isRunning ? $0 : nil }
        return .object([
            "running": .bool(running != nil), "pid": running.map { .integer(Int64($0.pid)) } ?? .null,
            "started_at": JSONValue(running?.startedAt), "config_loaded_at": JSONValue(running?.configLoadedAt),
        ])
    }
}

extension HistoryReader {
    /// All that `status` shows.
    ///
    /// - Parameter daemon: who holds the database, if that was read before.
    /// - Throws: `StoreError`.
    package func statusReport(of daemon: DaemonInfo? = nil) throws -> StatusReport {
        StatusReport(
            daemon: try daemon ?? daemonInfo(), clusters: try statusRows(), alerts: try alertCounts(),
            targets: try suspendedTargets())
    }
}

extension StatusRow {
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "cluster": .string(cluster.rawValue), "name": JSONValue(name), "account": .string(scope.account),
            "region": .string(scope.region), "status": JSONValue(status?.rawValue), "since": JSONValue(since),
            "last_poll_at": JSONValue(lastPollAt), "next_poll_at": JSONValue(nextPollAt),
            "last_error": JSONValue(lastError), "progress": progress?.json ?? .null,
            "description": JSONValue(description), "overdue": overdue?.json ?? .null,
        ]
        if let instance { members["instance"] = .string(instance) }
        return .object(members)
    }
}
