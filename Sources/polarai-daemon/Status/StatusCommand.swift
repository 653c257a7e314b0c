import ArgumentParser
import Daemon
import Model
import Store

/// `polarai-daemon status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show every watched cluster now: its status, polls, progress and last error.",
        discussion: """
            Asks the running daemon. Without one, or if it does not answer, the database is shown: a cluster's first \
            failure and its recovery are there at once, the times of polls that changed nothing within a minute.
            """)

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let reader = try HistoryReader(path: database.path())
        let daemon = try reader.daemonInfo()
        let live: LiveStatus? = if let daemon, daemon.isRunning { await LiveStatus.ask(daemon) } else { nil }
        if format == .json, let live {
            try StandardOutput.data(live.json.text() + "\n")
            return
        }
        let stored = StatusReport(
            daemon: daemon, clusters: try reader.statusRows(), alerts: try reader.alertCounts(),
            targets: try reader.suspendedTargets())
        let report = live?.updating(stored) ?? stored
        switch format {
        case .table:
            let table = StatusTable(isUTC: utc, isColoured: StandardOutput.takesColour, now: SystemClock().now().wall)
            try StandardOutput.show(table.text(report, storageTrouble: live?.storageTrouble))
        case .json: try StandardOutput.data(report.json.text() + "\n")
        case .jsonl: try StandardOutput.data(report.clusters.map { $0.json.text() + "\n" }.joined())
        case .csv: try StandardOutput.data(StatusCSV.text(report))
        }
    }
}
