import ArgumentParser
import Config
import Model
import Reports
import Store

/// `polarai-daemon alerts list`.
struct AlertsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the pending, the held and the dead alerts, oldest first.")

    @Flag(help: "Also those that were delivered, accepted, suppressed or sent in a digest.")
    var all = false

    @Option(help: "Only alerts for this target. May be repeated.")
    var target: [String] = []

    @Option(help: "Only alerts in this state. May be repeated.")
    var state: [AlertState] = []

    @Option(time: "Only alerts created at or after this, for example 2h, yesterday or 16:00.")
    var since: TimeArgument?

    @Option(help: "How many of the newest to list; 0 means all.")
    var limit = 0

    @OptionGroup var output: PrintOptions

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be 0 (all) or more.") }
        guard !all || state.isEmpty else { throw ValidationError("--all cannot be combined with --state.") }
    }

    func run() throws {
        let reader = try HistoryReader(at: database.address())
        var filter = AlertFilter(targets: target, since: since?.time)
        if all { filter.states = Set(AlertState.allCases) }
        if !state.isEmpty { filter.states = Set(state) }
        var printer = ListingPrinter(AlertListing(style: output.style), as: output.format)
        try reader.alerts(filter, limit: limit == 0 ? nil : limit) { try printer.print($0) }
        printer.end()
        try printer.flush()
        try noteUnknownTargets(reader)
    }

    /// Reports on standard error each `--target` that is not in the config and has no stored alert.
    private func noteUnknownTargets(_ reader: HistoryReader) throws {
        let config = database.given == nil ? try? database.place.outline() : nil
        for name in Set(target).sorted() where config?.hasTarget(name) != true {
            var filter = AlertFilter(targets: [name])
            filter.states = Set(AlertState.allCases)
            var hasAny = false
            try reader.alerts(filter, limit: 1) { _ in hasAny = true }
            guard !hasAny else { continue }
            StandardError.write(
                database.given == nil
                    ? "There is no target \(name): it is not in the config of this host, and no stored alert is for it."
                    : "No stored alert is for a target \(name).")
        }
    }
}

extension AlertState: ExpressibleByArgument {}
