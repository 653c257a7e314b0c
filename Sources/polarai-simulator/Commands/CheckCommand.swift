import ArgumentParser

/// Reads a scenario and names its mistakes.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a scenario file and name the mistakes in it (exit code 78)."
    )

    @Argument(help: "The scenario, a JSON file (docs/simulator.md).")
    var scenario: String

    func run() throws {
        let read = try Scenario.read(file: scenario)
        print("\(scenario): \(read.tasks.count) tasks, \(read.faults.count) faults, \(read.hooks.count) hooks")
    }
}
