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

    @OptionGroup var output: PrintOptions

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let reader = try HistoryReader(at: database.address())
        // By the database's clock, which is known now.
        let now = TimeArgument.now
        let rows = try reader.silences(all: all, at: now)
        try ListingPrinter.show(rows, of: SilenceListing(style: output.style, now: now), as: output.format)
    }
}
