import ArgumentParser
import Daemon
import Model
import Reports
import Store

/// `polarai-daemon alerts retry`.
struct AlertsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Send alerts now: by id, or all pending and dead ones of a target.",
        discussion: """
            What was delivered is not sent again unless --again is given. The running daemon sends at once; if none \
            runs, the request is stored, and carried out when the daemon starts.
            """)

    @Argument(help: "Ids of alerts, for example k3v9x2ab-17.")
    var ids: [String] = []

    @Option(help: "Only alerts for this target; without ids, all of its pending and dead ones.")
    var target: String?

    @Option(time: "With --target: only events observed at or after this.")
    var since: TimeArgument?

    @Flag(help: "With ids: also what was delivered; the receiver gets it twice.")
    var again = false

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard !ids.isEmpty || target != nil else {
            throw ValidationError("Name the alerts: by their ids, or with --target.")
        }
        guard since == nil || target != nil else { throw ValidationError("--since needs --target.") }
        guard !again || !ids.isEmpty else {
            throw ValidationError("--again needs ids: name each alert that is to be sent once more.")
        }
    }

    func run() async throws {
        if since != nil { try database.followClock() }
        let order = AlertOrder(ids: ids.isEmpty ? nil : ids, target: target, since: since?.time, again: again)
        try await AlertChangeRequest(order: order, action: .retry, database: database).run()
    }
}

/// `polarai-daemon alerts drop`.
struct AlertsDrop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Drop pending, held or dead alerts: they are not sent, and their state becomes suppressed.")

    @Argument(help: "Ids of alerts, for example k3v9x2ab-17.")
    var ids: [String]

    @Option(help: "Only the alerts for this target.")
    var target: String?

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let order = AlertOrder(ids: ids, target: target)
        try await AlertChangeRequest(order: order, action: .drop, database: database).run()
    }
}
