import ArgumentParser
import Daemon
import Model
import Reports
import Sharing
import Store

/// `polarai-daemon status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show every watched task now: its status, polls, progress and last error.",
        discussion: """
            The running daemon is asked. If none runs or it does not answer, what the database contains is shown; poll \
            times may lag by up to a minute.

            If the database cannot be read, the reason that the daemon of this host reports is shown instead of the \
            tasks. If there is no daemon on this host, either, the command prints the error and exits with 69 (PostgreSQL \
            cannot be reached), 65 (the file is damaged) or 74 (the file cannot be read).
            """)

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Flag(help: "Draw the table on the terminal again every second, until q or Ctrl-C.")
    var watch = false

    @Option(help: "How to print.")
    var format = OutputFormat.table

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        if watch {
            guard format == .table else {
                throw CommandFailure("--watch draws a table: use it without --format.", .usage)
            }
            return try await StatusWatch(isUTC: utc).run(database)
        }
        let address = try database.address()
        let reader: HistoryReader
        let daemon: DaemonInfo?
        do {
            reader = try HistoryReader(at: address)
            daemon = try reader.daemonInfo()
        } catch {
            guard let trouble = await LiveStatus.trouble(with: address.description) else { throw error }
            return try StatusWithoutDatabase(address: address, trouble: trouble, isUTC: utc).show(format)
        }
        let listing = HostsListing(of: address)
        // The daemon that works may be another host's, which cannot be asked.
        let live: LiveStatus? =
            if let daemon, daemon.isRunning {
                await LiveStatus.ask(daemon, isOptional: format == .json && listing != nil)
            } else { nil }
        // It has trouble with this file, or with another one that has taken its place.
        let trouble = live == nil ? await LiveStatus.trouble(with: address.description) : nil
        if format == .json, let live {
            return try StandardOutput.json(listing?.adding(to: live.json) ?? live.json)
        }
        var stored = try reader.statusReport(of: daemon).adding(leftOutBy: listing?.hosts ?? [])
        // Of the daemons of several hosts, the one of this host is meant.
        if address.isShared { stored.daemon = DaemonInfo(answer: live?.json["daemon"]) }
        let report = live?.updating(stored) ?? stored
        if let trouble, format != .table { StandardError.write(trouble.sentence) }
        let rows = StatusListing(style: TimeStyle(isUTC: utc), now: TimeArgument.now)
        switch format {
        case .table:
            let table = StatusTable(
                listing: rows, isColoured: StandardOutput.takesColour, screenWidth: StandardOutput.screenWidth)
            let instances: [FailingInstance] =
                if let daemon = live == nil ? nil : stored.daemon {
                    await FailingInstance.all(of: daemon, limit: LiveStatus.patience)
                } else {
                    []
                }
            try StandardOutput.show(
                table.text(
                    report, of: address.description, storageTrouble: live?.storageTrouble ?? trouble?.error,
                    instances: instances, isShared: address.isShared))
        case .json:
            let json = trouble?.added(to: report.json) ?? report.json
            try StandardOutput.json(listing?.adding(to: json) ?? json)
        case .jsonl, .csv: try ListingPrinter.show(report.clusters, of: rows, as: format)
        }
    }
}
