import ArgumentParser

/// Lists how each chat and incident service can fail.
struct FailuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures", abstract: "List the failures of each service, for the plan of a robot in a scenario."
    )

    func run() {
        for (service, robot) in RobotBook.services.sorted(by: { $0.key < $1.key }) {
            print("\(service): \(robot.failures.keys.sorted().joined(separator: ", "))")
        }
        print("any: \(CommonFailures.all.keys.sorted().joined(separator: ", "))")
    }
}
