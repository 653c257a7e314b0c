import ArgumentParser
import Daemon
import Model
import Store

/// `polarai-daemon alerts retry`.
struct AlertsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Try dead alerts again, by id or all of a target.",
        discussion: """
            What was delivered is not sent again unless --again says so. The running daemon is asked to do it; without \
            one it is noted in the database, and done when the daemon starts.
            """)

    @Argument(help: "Ids of alerts, k3v9x2ab-17 say.")
    var ids: [String] = []

    @Option(help: "Only alerts for this target; without ids, all dead ones of it.")
    var target: String?

    @Option(help: ArgumentHelp("With --target: only events observed at or after this.", valueName: "time"))
    var since: TimeArgument?

    @Flag(help: "Also what was delivered: the receiver gets it twice.")
    var again = false

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard !ids.isEmpty || target != nil else { throw ValidationError("Say which: ids of alerts, or --target.") }
        guard since == nil || target != nil else { throw ValidationError("--since goes with --target.") }
    }

    func run() async throws {
        let order = AlertOrder(ids: ids.isEmpty ? nil : ids, target: target, since: since?.time, again: again)
        try await AlertChangeRequest(order: order, action: .retry, database: database).run()
    }
}

/// `polarai-daemon alerts drop`.
struct AlertsDrop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Give up alerts that wait or are dead; they stay in the history as suppressed.")

    @Argument(help: "Ids of alerts, k3v9x2ab-17 say.")
    var ids: [String]

    @Option(help: "Only the alerts for this target.")
    var target: String?

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let order = AlertOrder(ids: ids, target: target)
        try await AlertChangeRequest(order: order, action: .drop, database: database).run()
    }
}
