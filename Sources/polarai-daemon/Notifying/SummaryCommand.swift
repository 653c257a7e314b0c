import Alerts
import ArgumentParser
import Config
import Daemon
import HTTPTransport
import Model
import Reports
import Store

/// `polarai-daemon summary`.
struct SummaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Summarize what happened: print it, or send it to a target now.",
        discussion: """
            The summary lists completed, failed, running, overdue and stalled trainings, silences, suspended targets and \
            dead alerts, and the hours and cost of the runs that ended. The summaries that the config schedules are sent \
            regardless of this command. With --to, exits as test-alert does, but with 64 if the config has no such \
            target.

            TIME is \(TimeArgument.forms).
            """)

    @Option(time: "Only what happened at or after this. (default: 24h)")
    var since: TimeArgument?

    @Option(help: ArgumentHelp("Send it to this target instead of printing it.", valueName: "target"))
    var to: String?

    @OptionGroup var output: PrintOptions

    @OptionGroup var database: DatabaseOption

    /// As far back as a daily summary goes.
    private static let usual = Duration.seconds(86_400)

    func run() async throws {
        try? database.followClock()
        let now = TimeArgument.now
        guard (since?.time).map({ $0 <= now }) ?? true else {
            throw CommandFailure("--since is in the future.", .usage)
        }
        let reader = try HistoryReader(at: database.address())
        let start = since?.time ?? now.advanced(by: .zero - Self.usual)
        let figures = try reader.summary(since: start, until: now)
        if let to {
            return try await send(figures, to: to, id: "\(reader.numbering.current)-summary-\(now.seconds)", at: now)
        }
        switch output.format {
        case .table: try StandardOutput.show(SummaryText(style: output.style).text(figures))
        case .csv:
            var csv = CSVBytes()
            let members = (figures.json.objectValue ?? [:]).sorted { $0.key < $1.key }
            csv.header(members.map(\.key))
            members.forEach { csv.field($0.value) }
            csv.endLine()
            try StandardOutput.data(csv.take())
        case .json, .jsonl: try StandardOutput.json(figures.json)
        }
    }

    private func send(_ figures: SummaryFigures, to name: String, id: String, at now: Timestamp) async throws {
        let environment = HostEnvironment.current()
        let path = ConfigOption.path(database.config.given, in: environment)
        let settings = try ConfigLoader.host(environment: environment).load(path).settings
        guard let target = settings.target(named: name) else {
            let known = settings.targets.map(\.name).joined(separator: ", ")
            throw CommandFailure("\(path) has no target \(name); its targets are: \(known).", .usage)
        }
        var event = Event(kind: .summary, observedAt: now)
        event.content = .summary(figures)
        let http = OnDemandClient()
        defer { http.shutdown() }
        let clock = SystemClock(shared: { _ in TimeArgument.now })
        let read = SecretReading(environment: environment).reader
        let clients = try APIClients(settings, http: http, environment: environment, read: read, clock: clock)
        let sender = Sender(client: http, read: read, sign: clients.signer, now: { clock.now().wall })
        let message = Message.alert(StoredEvent(seq: 0, id: id, event: event))
        guard let verdict = await sender.send(message, to: target) else { throw ExitStatus.unavailable.exitCode }
        try StandardOutput.show("\(target.name): \(verdict.words(at: target))\n")
        guard verdict.outcome.exitStatus == .done else { throw verdict.outcome.exitStatus.exitCode }
    }
}
