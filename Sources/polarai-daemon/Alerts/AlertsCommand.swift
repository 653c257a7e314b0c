import ArgumentParser

/// `polarai-daemon alerts`: what waits to be told, and what could not be.
struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "List, show, retry and drop alerts: those that wait, and the dead.",
        subcommands: [AlertsList.self, AlertsShow.self, AlertsRetry.self, AlertsDrop.self])
}
