import Alerts
import ArgumentParser
import Config
import Daemon
import HTTPTransport
import Model

/// `polarai-daemon test-alert TARGET`.
struct TestAlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-alert", abstract: "Send a real message to a target and report the result.",
        discussion: """
            The message goes through the normal delivery pipeline: it is rendered, signed, sent and judged like any \
            alert, and marked as a test. Exits 0 if it was delivered or accepted; 1 if it was refused or \
            the target is misconfigured (the reason and what to do are printed); 69 if the target cannot be reached or \
            throttles. A success ends the suspension of the target, and its \
            waiting alerts are sent.
            """)

    @Argument(help: "The target's name in the config.")
    var target: String?

    @Flag(help: "Test every target, one after the other.")
    var all = false

    @Option(help: "The event to send.")
    var event = EventKind.failed

    @Flag(help: "Print the request with secrets masked; send nothing.")
    var dryRun = false

    @OptionGroup var config: ConfigOption

    func validate() throws {
        guard (target == nil) == all else {
            throw ValidationError("Name one target, or use --all.")
        }
    }

    func run() async throws {
        let environment = HostEnvironment.current()
        let path = config.path(in: environment)
        let settings = try ConfigLoader.host(environment: environment).load(path).settings
        let chosen = target.map { name in settings.targets.filter { $0.name == name } } ?? settings.targets
        guard !chosen.isEmpty else {
            let known = settings.targets.map(\.name).joined(separator: ", ")
            throw CommandFailure("\(path) has no target \(target ?? ""); its targets are: \(known).", .failure)
        }
        let http = OnDemandClient()
        defer { http.shutdown() }
        let clock = DatabasePlace.followClock(config)
        let read = SecretReading(environment: environment).reader
        let clients = try APIClients(settings, http: http, environment: environment, read: read, clock: clock)
        let sender = Sender(client: http, read: read, sign: clients.signer, now: { clock.now().wall })
        var worst = ExitStatus.done
        for target in chosen {
            let status = try await test(target, sender: sender, http: http, at: clock.now().wall)
            if status != .done, worst != .failure { worst = status }
        }
        guard worst == .done else { throw worst.exitCode }
    }

    private func test(
        _ target: TargetSettings, sender: Sender, http: any HTTPClient, at now: Timestamp
    ) async throws -> ExitStatus {
        let message = Message.alert(TestAlert.event(event, for: target, at: now))
        if dryRun {
            let request: String
            do throws(TargetProblem) {
                request = try sender.dryRun(message, to: target)
            } catch {
                StandardError.write("\(target.name): \(error.reason)")
                return .failure
            }
            try StandardOutput.show(request + "\n")
            return .done
        }
        guard var verdict = await sender.send(message, to: target) else { return .unavailable }
        var advice = ""
        // The daemon follows a chat that was moved, so its test does, too.
        if let chat = verdict.newChatID {
            guard let moved = await sender.send(message, to: target.inChat(chat)) else { return .unavailable }
            verdict = moved
            if moved.newChatID == nil {
                advice = "  > The message went to the group's new chat, a supergroup. Set `chat_id` to \(chat).\n"
            }
        }
        try StandardOutput.show("\(target.name): \(verdict.words(at: target))\n" + advice + output(of: target, verdict))
        if verdict.outcome == .delivered || verdict.outcome == .accepted { await reportRepaired(target, by: http) }
        return verdict.outcome.exitStatus
    }

    /// What a hook printed, or what a service answered to a message that it rejected: it is shown nowhere else.
    private func output(of target: TargetSettings, _ verdict: Verdict) -> String {
        guard target.kind == .command || verdict.outcome == .messageRefused,
            let output = verdict.answer, !output.isEmpty
        else { return "" }
        return output.split(separator: "\n").map { "  > \(TerminalText.cell(String($0)))\n" }.joined()
    }

    /// A running daemon that has suspended the target then tries it at once. Without a daemon there is nothing to do.
    private func reportRepaired(_ target: TargetSettings, by http: any HTTPClient) async {
        let path = ControlSocket.path(environment: HostEnvironment.current().variables)
        _ = try? await ControlClient(path: path, http: http)
            .send(.post, "/v1/targets/probe", .object(["target": .string(target.name)]), limit: .seconds(5))
    }
}
