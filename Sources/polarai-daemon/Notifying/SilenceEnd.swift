import ArgumentParser
import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// `polarai-daemon silence end ID`.
struct SilenceEnd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End a silence now; what it held is sent.",
        discussion: "Exits 1 if there is no such silence.")

    @Argument(help: "The silence's id, as silence list shows it.")
    var id: Int64

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard id > 0 else { throw ValidationError("The id of a silence is a number from 1 on.") }
    }

    func run() async throws {
        let change = OperatorChange(database: database)
        let silence: JSONValue = try await change.run {
            try await ControlClient.change(.delete, "/v1/silences/\(id)", by: $0)
        } write: { store, now in
            guard let silence = try store.endSilence(id, at: now) else {
                throw CommandFailure(
                    "There is no silence \(id). To list them: polarai-daemon silence list --all", .failure)
            }
            return silence.endedJSON(at: now)
        }
        guard let end = silence.time("ends_at"),
            case .bool(let endedBefore)? = silence["ended_before"]
        else {
            throw CommandFailure.notUnderstood
        }
        if endedBefore {
            return try StandardOutput.show(
                "Silence \(id) had already ended, at \(TimeStyle(isUTC: false).text(end)).\n")
        }
        var text = "Silence \(id) has ended."
        if case .integer(let held)? = silence["held"], held > 0 {
            text +=
                held == 1
                ? " It held 1 alert, which is sent now unless something else holds it."
                : " It held \(held) alerts, which are sent now unless something else holds them."
        }
        try StandardOutput.show(text + "\n")
    }
}
