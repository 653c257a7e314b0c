package import Config
import HTTPTransport
import HummingbirdCore
import Logging
import Model
import NIOPosix
import Postgres
import ServiceLifecycle
import Store
import Systemd
import UnixSignals

/// Why the page ended, with what the process says of it.
package enum WebError: Error, CustomStringConvertible {
    /// The config, or what it names, cannot be used.
    case config(String)
    /// The command line is wrong.
    case usage(String)
    /// An address cannot be listened on.
    case listen(address: String, reason: String)

    package var description: String {
        switch self {
        case .config(let message), .usage(let message): message
        case .listen(let address, let reason): "cannot listen on \(address): \(reason)"
        }
    }
}

/// The status page: listens, and answers until it is asked to stop.
package struct WebService: Sendable {
    /// What the command line says.
    package struct Options: Sendable {
        package var config: String
        /// Whether all settings have their defaults if there is no such file.
        package var mayLackConfig: Bool
        /// Nil: as the config says.
        package var database: String?
        /// Nil: as the config says.
        package var listen: [ListenAddress]?

        package init(
            config: String, mayLackConfig: Bool = false, database: String? = nil, listen: [ListenAddress]? = nil
        ) {
            self.config = config
            self.mayLackConfig = mayLackConfig
            self.database = database
            self.listen = listen
        }
    }

    private let options: Options
    private let environment: HostEnvironment

    /// After this a stop does not wait any longer for what is being sent.
    private static let stopLimit = Duration.seconds(2)

    package init(_ options: Options, environment: HostEnvironment) {
        self.options = options
        self.environment = environment
    }

    /// - Throws: `WebError.config` if an address cannot be read, or used.
    private func database(_ storage: StorageSettings) throws(WebError) -> DatabaseAddress {
        let connecting = PostgresOptions(applicationName: "polarai-web", connectLimit: .seconds(5))
        do {
            if let given = options.database {
                guard PostgresAddress.isURL(given) else { return .file(given) }
                let address: PostgresAddress
                do {
                    address = try PostgresAddress(given)
                } catch {
                    throw WebError.usage("--database: the URL \(error)")
                }
                guard !address.holdsPassword else {
                    throw WebError.usage(
                        "--database has a password, which every user of this host can read in the list of processes; "
                            + "write it into ~/.pgpass, or read the address from the config")
                }
                return .postgres(try PostgresSource(options: connecting) { address })
            }
            switch storage.place {
            case .file(let path): return .file(path)
            case .postgres(let secret):
                let read = SecretReading(environment: environment).reader
                return .postgres(try PostgresSource(options: connecting) { try PostgresAddress(read(secret)) })
            }
        } catch let error as WebError {
            throw error
        } catch {
            throw .config("The URL of the database \(error)")
        }
    }

    /// Serves until SIGTERM or SIGINT.
    ///
    /// - Throws: `WebError`.
    package func run() async throws {
        let log = LogOutput.standard(identifier: "polarai-web", environment: environment.variables)
        defer { log.flush() }
        let notifier = SystemdNotifier(environment: environment.variables)
        let loader = SettingsLoader(options: options, environment: environment)
        let (settings, snapshot, warnings) = try loader.load()
        for warning in warnings { log.write(JournalEntry(warning, priority: .warning)) }
        let live = LiveSettings(snapshot)

        let http = CurlClient(userAgent: ProgramVersion.userAgent)
        defer { http.shutdown() }
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let database = try database(settings.storage)
        let daemon = DaemonStatus(path: RuntimeFolder.statusSocket(environment: environment.variables), http: http)
        let (archive, streamed, measured) = (Archive(database), Archive(database), Archive(database))
        let (health, soon) = (Archive(database.answeringSoon), Archive(database.answeringSoon))
        let hub = EventHub(archive: streamed)
        let figures = WebFigures { hub.openStreams }
        let doorkeeper = Doorkeeper(pool: pool) { log.write(JournalEntry($0, priority: .warning)) }
        let desk = FrontDesk(
            settings: live, doorkeeper: doorkeeper, pages: PageDesk(archive: archive, daemon: daemon),
            api: APIDesk(archive: archive, hub: hub, daemon: daemon), feed: FeedDesk(archive: archive),
            metrics: MetricsDesk(
                archive: measured, health: soon, daemon: daemon, figures: figures,
                targets: Set(settings.targets.map(\.name))),
            health: health, figures: figures)
        let channel = WebChannel(
            limits: ConnectionLimits(), connections: ConnectionCount(), identity: { live.current.identity },
            answer: { await desk.answer($0) }, refuse: { desk.refusal($0) })

        let addresses = options.listen ?? settings.web.listen
        let scheme = snapshot.identity == nil ? "http" : "https"
        let starting = Starting(count: addresses.count) { bound in
            let shown = bound.map { "\(scheme)://\($0)\(snapshot.rules.basePath)" }.joined(separator: ", ")
            log.write(JournalEntry("Listening on \(shown).", priority: .notice))
            notifier.ready(status: "Listening on \(shown).")
        }
        var logger = Logger(label: "polarai-web") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        var services: [any Service] = addresses.map { address in
            Listener(address: address, channel: channel, group: group, logger: logger, starting: starting)
        }
        services.append(Trimming())
        services.append(Releasing(archives: [archive, streamed, measured, health, soon]))
        services.append(Reloading(loader: loader, live: live, log: log, notifier: notifier))
        services.append(
            Stopping(limit: Self.stopLimit) {
                notifier.stopping(status: "Stopping.")
                await hub.stop()
            })
        let configurations = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0, successTerminationBehavior: .ignore)
        }
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: configurations, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        notifier.flush()
    }
}
