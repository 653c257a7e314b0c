import ArgumentParser
import Model
import Reports
import Store

/// `polarai-daemon history`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what happened to the watched tasks: the most recent events, in chronological order.",
        discussion: """
            Reads the database, whether the daemon runs or not. Tables show local time, all other formats UTC.

            TIME is \(TimeArgument.forms).
            """)

    @Option(help: "Only this task: an id, a name, or a glob such as 'night*'. May be repeated.")
    var cluster: [String] = []

    @Option(help: "Only this event. May be repeated.")
    var event: [EventKind] = []

    @Option(help: "Only events that changed the status to this one. May be repeated.")
    var status: [String] = []

    @Option(help: "Only this account. May be repeated.")
    var account: [String] = []

    @Option(time: "Only events observed at or after this.")
    var since: TimeArgument?

    @Option(time: "Only events observed at or before this.")
    var until: TimeArgument?

    @Option(help: "How many of the newest to show; 0 means all.")
    var limit = 50

    @Flag(help: "Keep running and print new events.")
    var follow = false

    @OptionGroup var output: PrintOptions

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be 0 (all) or more.") }
        guard !(follow && output.format == .json) else {
            throw ValidationError("A JSON array would never end with --follow: use --format jsonl.")
        }
    }

    func run() throws {
        try request.run()
    }

    var request: HistoryRequest {
        HistoryRequest(
            filter: HistoryFilter(
                clusters: cluster, events: event.map(\.rawValue), statuses: status, accounts: account),
            since: since, until: until,
            limit: limit == 0 ? nil : limit, follow: follow, utc: output.utc, format: output.format,
            database: database.place)
    }
}

extension EventKind: ExpressibleByArgument {}
