import ArgumentParser
import Model
import Store

/// `polarai-daemon status`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show every watched cluster now: its status, polls and last error.",
        discussion: """
            Reads the database, whether the daemon runs or not. A cluster's first failure and its recovery are there at \
            once, the times of polls that changed nothing within a minute.
            """)

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let reader = try HistoryReader(path: database.path())
        let report = StatusReport(
            daemon: try reader.daemonInfo(), clusters: try reader.statusRows(), alerts: try reader.alertCounts())
        let text =
            switch format {
            case .table: StatusTable(isUTC: utc, isColoured: StandardOutput.takesColour).text(report)
            case .json: report.json.text() + "\n"
            case .jsonl: report.clusters.map { $0.json.text() + "\n" }.joined()
            case .csv: StatusCSV.text(report)
            }
        try StandardOutput.write(Array(text.utf8))
    }
}

/// All that `status` tells.
struct StatusReport {
    /// Nil where no daemon ever noted its start.
    let daemon: DaemonInfo?
    let clusters: [StatusRow]
    let alerts: AlertCounts

    /// The members are a contract with scripts; what is not known is null.
    var json: JSONValue {
        let isRunning = daemon?.isRunning ?? false
        return .object([
            "daemon": .object([
                "running": .bool(isRunning),
                "pid": isRunning ? daemon.map { .integer(Int64($0.pid)) } ?? .null : .null,
                "started_at": JSONValue(isRunning ? daemon?.startedAt : nil),
                "config_loaded_at": JSONValue(isRunning ? daemon?.configLoadedAt : nil),
            ]),
            "clusters": .array(clusters.map(\.json)),
            "alerts": .object([
                "pending": .integer(Int64(alerts.pending)), "dead": .integer(Int64(alerts.dead)),
            ]),
        ])
    }
}

extension StatusRow {
    var json: JSONValue {
        .object([
            "cluster": .string(cluster.rawValue), "name": JSONValue(name), "account": .string(scope.account),
            "region": .string(scope.region), "status": JSONValue(status?.rawValue), "since": JSONValue(since),
            "last_poll_at": JSONValue(lastPollAt), "next_poll_at": JSONValue(nextPollAt),
            "last_error": JSONValue(lastError), "progress": .null,
        ])
    }
}

extension JSONValue {
    init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    /// RFC 3339 UTC with milliseconds.
    init(_ time: Timestamp?) {
        self = time.map { .string($0.rfc3339) } ?? .null
    }
}
