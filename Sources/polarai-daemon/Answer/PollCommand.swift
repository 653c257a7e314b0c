import ArgumentParser
import Config
import Daemon
import HTTPTransport
import Model
import PolarDB

/// `polarai-daemon poll TASK`.
struct PollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poll", abstract: "Ask the API about one task now, and print its answer. Stores nothing.",
        discussion: """
            TASK is an id or a name of the config; for an id that is not in the config, the account \
            \(AccountSettings.defaultName) is used. The endpoint and the origin of the credentials are printed on standard \
            error.
            """)

    @Argument(help: ArgumentHelp("The task's id or its name.", valueName: "task"))
    var cluster: String

    @Flag(help: "Print the answer byte for byte.")
    var raw = false

    @OptionGroup var output: PrintOptions

    @OptionGroup var config: ConfigOption

    func run() async throws {
        let environment = HostEnvironment.current()
        let path = config.path(in: environment)
        let settings = try ConfigLoader.host(environment: environment).load(path).settings
        let watched = settings.clusters.first { $0.id.rawValue == cluster || $0.name == cluster }
        let id = watched?.id ?? ClusterID(cluster)
        let scope = try watched?.accountRegion ?? defaultScope(settings, path: path)

        let http = OnDemandClient()
        defer { http.shutdown() }
        let clock = DatabasePlace.followClock(config)
        let clients = try APIClients(
            settings, alsoFor: [scope], http: http, environment: environment,
            read: SecretReading(environment: environment).reader, clock: clock)
        guard let client = clients.client(for: scope) else {
            throw CommandFailure("\(path): there is no account \(scope.account).", .configuration)
        }
        if let credentials = try? await client.currentCredentials() {
            StandardError.write("Asking \(client.endpoint) in \(scope.region), \(credentials).")
        } else {
            StandardError.write("Asking \(client.endpoint) in \(scope.region).")
        }
        switch await client.describeTask(id, known: nil) {
        case .answer(let observation):
            try ShownTask(cluster: id, name: watched?.name, observedAt: clock.now().wall, body: observation.body)
                .print(as: output.format, isRaw: raw, isUTC: output.utc)
        case .unchanged: break
        case .failure(let failure): throw CommandFailure(failure)
        }
    }

    private func defaultScope(_ settings: Settings, path: String) throws -> AccountRegion {
        guard let region = settings.account(named: AccountSettings.defaultName)?.region else {
            throw CommandFailure(
                "\(cluster) is not in \(path), and api.region is not set there. Set api.region, or add the task to `clusters`.",
                .configuration)
        }
        return AccountRegion(account: AccountSettings.defaultName, region: region)
    }
}

extension CommandFailure {
    init(_ failure: PollFailure) {
        let status: ExitStatus =
            switch failure.reason {
            case .notFound: .failure
            case .credentials, .permission: .permission
            case .configuration: .configuration
            case .throttled, .clock, .server, .network, .timeout, .tls, .malformed, .unknown: .unavailable
            }
        let request = failure.requestID.map { " (request \($0))" } ?? ""
        self.init(failure.message + request, status)
    }
}
