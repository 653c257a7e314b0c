import ArgumentParser
import Config
import Daemon

/// `polarai-daemon hooks`.
struct HooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hooks", abstract: "Run local programs for targets of type command.",
        discussion: """
            A separate service (polarai-hooks.service), so that the daemon, which holds the access keys, starts no \
            programs itself. It reads only `hooks` of the config and needs no secret. SIGTERM ends the running hooks; \
            their alerts are retried.
            """)

    @Option(
        help: "The Unix socket to listen on. (default: the one from systemd, else /run/polarai-hooks/hooks.sock)")
    var socket: String?

    @OptionGroup var config: ConfigOption

    func run() async throws {
        let environment = HostEnvironment.current()
        let service = HooksService(
            configPath: config.path(in: environment), environment: environment, socket: socket,
            log: { StandardError.write($0) })
        do {
            try await service.run()
        } catch let error as ControlSocketError {
            throw CommandFailure(error.description, error.isTaken ? .held : .inputOutput)
        }
    }
}
