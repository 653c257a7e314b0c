import ArgumentParser
import Model
import Reports
import Store

/// `polarai-daemon silence list`.
struct SilenceListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the active silences, and those that ended within seven days.")

    @Flag(help: "Also those that ended earlier.")
    var all = false

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let now = TimeArgument.now
        let rows = try HistoryReader(at: database.address()).silences(all: all, at: now)
        try ListingPrinter.show(rows, of: SilenceListing(style: TimeStyle(isUTC: utc), now: now), as: format)
    }
}
