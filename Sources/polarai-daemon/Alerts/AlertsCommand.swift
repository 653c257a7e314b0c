import ArgumentParser

/// `polarai-daemon alerts`: what waits to be sent, and what could not be.
struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "List, show, retry and drop alerts.",
        subcommands: [AlertsList.self, AlertsShow.self, AlertsRetry.self, AlertsDrop.self])
}
