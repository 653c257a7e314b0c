import ArgumentParser
import Daemon
import Model
import Store

/// `polarai-daemon status`.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show every watched cluster now: its status, polls, progress and last error.",
        discussion: """
            Reads the database, whether the daemon runs or not. A cluster's first failure and its recovery are there at \
            once, the times of polls that changed nothing and how far trainings are within a minute.
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
            case .table:
                StatusTable(isUTC: utc, isColoured: StandardOutput.takesColour, now: SystemClock().now().wall).text(
                    report)
            case .json: report.json.text() + "\n"
            case .jsonl: report.clusters.map { $0.json.text() + "\n" }.joined()
            case .csv: StatusCSV.text(report)
            }
        try StandardOutput.write(Array(text.utf8))
    }
}
