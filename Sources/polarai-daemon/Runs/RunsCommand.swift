import ArgumentParser
import Model
import Reports
import Store

/// `polarai-daemon runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Show the training runs of the watched tasks: the newest, oldest first.",
        discussion: """
            A run that is marked (listed) ended before the daemon watched it: it is known from the API's list alone. \
            Tables show local time, all other formats UTC.

            TIME is \(TimeArgument.forms).
            """)

    @Argument(help: ArgumentHelp("Only these clusters: ids, names, or globs such as 'night*'.", valueName: "cluster"))
    var clusters: [String] = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Only runs that were not over before this.", valueName: "time"),
        transform: TimeArgument.read)
    var since: TimeArgument?

    @Option(help: "How many of the newest to show; 0 is all.")
    var limit = 50

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be 0 (all) or more.") }
    }

    func run() throws {
        let reader = try HistoryReader(path: database.path())
        let now = TimeArgument.now
        let runs = try reader.runs(
            RunFilter(clusters: clusters, since: since?.time), limit: limit == 0 ? nil : limit, at: now)
        switch format {
        case .json:
            let lines = runs.map { $0.json.text() }
            try StandardOutput.data(runs.isEmpty ? "[]\n" : "[\(lines.joined(separator: ",\n"))]\n")
        case .jsonl: try StandardOutput.data(runs.map { $0.json.text() + "\n" }.joined())
        case .csv: try StandardOutput.data(RunsCSV.text(runs))
        case .table:
            try StandardOutput.show(
                RunsTable(style: TimeStyle(isUTC: utc), isColoured: StandardOutput.takesColour, now: now).text(runs))
        }
        if runs.isEmpty {
            for pattern in clusters where try reader.clusters(matching: pattern).isEmpty {
                StandardError.write("No cluster with the id or the name \(pattern) was ever watched.")
            }
        }
    }
}

/// `runs` as comma-separated values: the names of the JSON fields.
enum RunsCSV {
    private static let columns = [
        "cluster", "name", "account", "region", "started_at", "ended_at", "duration_seconds", "outcome", "steps",
        "last_loss", "cost", "source",
    ]

    static func text(_ runs: [StoredRun]) -> String {
        var bytes = Array(columns.joined(separator: ",").utf8) + CSVBytes.lineEnd
        for run in runs {
            let json = run.json
            for (index, column) in columns.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                let value = json[column] ?? .null
                let text = value.isNull ? "" : value.stringValue ?? value.text()
                CSVBytes.append(Array(text.utf8), to: &bytes)
            }
            bytes += CSVBytes.lineEnd
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
