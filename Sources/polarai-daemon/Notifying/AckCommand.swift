import ArgumentParser
import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// `polarai-daemon ack`.
struct AckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Acknowledge an event: somebody takes care of it.",
        discussion: """
            No more reminders of the event are sent, and it is not escalated. Only failed, gone, stalled and overdue \
            events can be acknowledged; the id of an escalation stands for the event that it is about. An acknowledgement covers one event only: a later failure of the same task \
            needs its own.

            TASK stands for the task's newest event that can be acknowledged. The exit status is 1 if there is none.
            """)

    @Argument(
        help: ArgumentHelp(
            "The event's id, for example k3v9x2ab-17; or a task's id, name or glob.", valueName: "id|task"))
    var names: [String]

    @Option(help: "A note for others; history shows it.")
    var comment: String?

    @Option(help: "Who takes care of it. (default: the user who is logged in)")
    var by: String?

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        do throws(OrderMistake) {
            _ = try checked()
        } catch {
            throw ValidationError(error.message)
        }
    }

    private func checked() throws(OrderMistake) -> (comment: String?, author: String) {
        var checkedComment: String?
        if let comment { checkedComment = try OperatorText.comment(comment) }
        return (checkedComment, try OperatorText.author(by ?? LoginName.current))
    }

    func run() async throws {
        let (comment, author) = try checked()
        let answer = try await OperatorChange(database: database).run { daemon in
            let body: JSONValue = .object([
                "ids": .strings(names), "comment": JSONValue(comment), "by": .string(author),
            ])
            let reply = try await ControlClient.change(.post, "/v1/ack", body, by: daemon) { AckAnswer($0) != nil }
            guard let answer = AckAnswer(reply) else {
                throw CommandFailure.notUnderstood
            }
            return answer
        } write: { store, now in
            AckAnswer(try store.acknowledge(names, by: author, comment: comment, at: now))
        }
        try print(answer)
        guard answer.impossible.isEmpty, answer.unknown.isEmpty else { throw ExitStatus.failure.exitCode }
    }

    private func print(_ answer: AckAnswer) throws {
        var text = ""
        for event in answer.acknowledged { text += "\(Self.words(event)) is acknowledged.\n" }
        for event in answer.already {
            let who = event["acknowledged"]?["by"]?.stringValue ?? "somebody"
            let when = event["acknowledged"]?.time("at")
            let time = when.map { " at \(TimeStyle(isUTC: false).text($0))" } ?? ""
            text += "\(Self.words(event)) has already been acknowledged by \(who)\(time).\n"
        }
        try StandardOutput.show(text)
        for id in answer.impossible {
            StandardError.write(
                "\(id) cannot be acknowledged: only failed, gone, stalled and overdue events can, "
                    + "and only while they are in the history.")
        }
        for name in answer.unknown {
            StandardError.write(
                EventID(name) != nil
                    ? "There is no event \(name). To list them: polarai-daemon history"
                    : "No task with the id or the name \(name) has an event that can be acknowledged.")
        }
    }

    /// `k3v9x2ab-17 (failed, nightly)`.
    private static func words(_ event: JSONValue) -> String {
        let subject = event["name"]?.stringValue ?? event["cluster"]?.stringValue
        let parts = [event["event"]?.stringValue, subject].compactMap(\.self)
        return "\(event["id"]?.stringValue ?? "") (\(parts.joined(separator: ", ")))"
    }
}
