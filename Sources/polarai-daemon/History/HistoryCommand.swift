import ArgumentParser
import Glibc
import Model
import Store

/// `polarai-daemon history`.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what happened to the watched tasks: the newest events, oldest first.",
        discussion: """
            Reads the database, whether the daemon runs or not. TIME is how long ago (2h, 1d12h), RFC 3339 \
            (2026-11-24T08:00:00Z) or local (2026-11-24 16:00). Tables show local time, all other formats UTC.
            """)

    @Option(help: "Only this cluster: an id, a name, or a glob such as 'night*'. May be repeated.")
    var cluster: [String] = []

    @Option(help: "Only this event. May be repeated.")
    var event: [EventKind] = []

    @Option(help: "Only events after which the status is this one.")
    var status: String?

    @Option(help: "Only this account.")
    var account: String?

    @Option(help: ArgumentHelp("Only events observed at or after this.", valueName: "time"))
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Only events observed at or before this.", valueName: "time"))
    var until: TimeArgument?

    @Option(help: "How many of the newest to show; 0 is all.")
    var limit = 50

    @Flag(help: "Go on with what comes.")
    var follow = false

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit must be 0 (all) or more.") }
        guard !(follow && format == .json) else {
            throw ValidationError("A JSON array would never end with --follow: use --format jsonl.")
        }
    }

    func run() throws {
        let reader = try HistoryReader(path: database.path())
        let filter = HistoryFilter(
            clusters: cluster, events: event.map(\.rawValue), status: status, account: account, since: since?.time,
            until: until?.time)
        var printer = HistoryPrinter(format: format, installation: reader.installation, style: TimeStyle(isUTC: utc))
        // Before anything is read, so that nothing falls between.
        var version = try reader.dataVersion()
        var newest = try reader.history(
            filter, limit: limit == 0 ? nil : limit, between: { try printer.flush() }, { try printer.print($0) })
        if !follow { printer.end() }
        try printer.flush()
        if printer.count == 0 { try noteUnknownClusters(reader) }
        while follow {
            usleep(Self.followInterval)
            let now = try reader.dataVersion()
            guard now != version else { continue }
            version = now
            newest = try reader.events(
                after: newest, filter, between: { try printer.flush() }, { try printer.print($0) })
            try printer.flush()
        }
    }

    /// Microseconds between two looks for something new.
    private static let followInterval: UInt32 = 200_000

    private func noteUnknownClusters(_ reader: HistoryReader) throws {
        for pattern in cluster where try reader.clusters(matching: pattern).isEmpty {
            StandardError.write("No cluster with the id or the name \(pattern) was ever watched.")
        }
    }
}

extension EventKind: ExpressibleByArgument {}
