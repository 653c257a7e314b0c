import ArgumentParser
import Config
import Daemon

/// `polarai-daemon run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the service in the foreground.",
        discussion: """
            SIGHUP reloads the config, SIGTERM stops. Under systemd it reports READY, STATUS and WATCHDOG, and logs to \
            the journal; elsewhere it logs to standard error.
            """)

    @OptionGroup var config: ConfigOption

    func run() async throws {
        let environment = HostEnvironment.current()
        do {
            try OpenFileLimit.raise()
            try await DaemonService(configPath: config.path(in: environment), environment: environment).run()
        } catch let error as DaemonError {
            throw CommandFailure(error)
        }
    }
}
