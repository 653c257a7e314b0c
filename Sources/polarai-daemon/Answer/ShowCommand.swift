import ArgumentParser
import Model
import PolarDB
import Reports
import Store

/// `polarai-daemon show TASK`.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything the last answer said about one task, and its progress.",
        discussion: """
            The last run is compared with the one before: how long it took, its steps an hour and its last loss. On a \
            terminal the loss is drawn as a curve.
            """)

    @Argument(help: ArgumentHelp("The task's id or its name.", valueName: "task"))
    var cluster: String

    @Flag(help: "Print the stored answer byte for byte.")
    var raw = false

    @OptionGroup var output: PrintOptions

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let reader = try HistoryReader(at: database.address())
        let matches = try reader.clusters(matching: cluster)
        guard let id = matches.first else {
            throw CommandFailure(
                "No task with the id or the name \(cluster) was ever watched. To list the tasks: polarai-daemon status",
                .failure)
        }
        guard matches.count == 1 else {
            throw CommandFailure(
                "\(cluster) is the name of \(matches.count) tasks: \(matches.map(\.rawValue).joined(separator: ", ")). Use an id.",
                .failure)
        }
        guard let answer = try reader.answer(of: id) else {
            throw CommandFailure(
                "There is no valid answer for \(id) yet; to see its last error, run `polarai-daemon status`", .failure)
        }
        var known = try StoredTask(
            of: id, answer: TaskAnswer(parsing: answer.body), in: reader, at: TimeArgument.now)
        if let daemon = try reader.daemonInfo(), daemon.isRunning {
            // In the first minute of a run only the daemon knows.
            known.progress = await LiveStatus.ask(daemon, isOptional: true)?.progress(of: id) ?? known.progress
        }
        try ShownTask(
            cluster: id, name: try reader.name(of: id), observedAt: answer.observedAt, body: answer.body, known: known
        )
        .print(as: output.format, isRaw: raw, isUTC: output.utc)
    }
}
