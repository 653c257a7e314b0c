import ArgumentParser
import Model
import Reports
import Store

/// `polarai-daemon runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Show the most recent training runs of the watched tasks, in chronological order.",
        discussion: """
            A run that is marked (listed) ended before the daemon watched it: it is known from the API's list alone. \
            Tables show local time, all other formats UTC.

            TIME is \(TimeArgument.forms).
            """)

    @Argument(help: ArgumentHelp("Only these tasks: ids, names, or globs such as 'night*'.", valueName: "task"))
    var clusters: [String] = []

    @Option(time: "Only runs that were going on at this time, or began later.")
    var since: TimeArgument?

    @Option(help: "How many of the newest to show; 0 means all.")
    var limit = 50

    @OptionGroup var output: PrintOptions

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be 0 (all) or more.") }
    }

    func run() throws {
        let reader = try HistoryReader(at: database.address())
        let now = TimeArgument.now
        let runs = try reader.runs(
            RunFilter(clusters: clusters, since: since?.time), limit: limit == 0 ? nil : limit, at: now)
        try ListingPrinter.show(runs, of: RunListing(style: output.style, now: now), as: output.format)
        if runs.isEmpty { try reader.noteUnknown(clusters) }
    }
}
