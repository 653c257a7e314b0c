import ArgumentParser

/// Stands in for the PolarDB API and for receivers of alerts: for trying things out, for demos and for tests.
@main
struct PolarAISimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polarai-simulator",
        abstract: "A stand-in for the PolarDB API and for the receivers of alerts, on 127.0.0.1 only.",
        subcommands: [ServeCommand.self, CheckCommand.self, FailuresCommand.self]
    )
}
