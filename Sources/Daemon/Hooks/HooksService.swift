package import Config
import Glibc
import Model
import Programs
import Synchronization
import UnixSignals

/// `polarai-daemon hooks`: runs the programs under `hooks` of the config for the daemon, which starts none itself.
///
/// It reads `hooks` alone, and holds no keys: whatever a program does, it does as this service's user.
package struct HooksService: Sendable {
    private let configPath: String
    private let loader: ConfigLoader
    private let environment: HostEnvironment
    private let socket: String?
    private let log: @Sendable (String) -> Void

    /// - Parameters:
    ///   - socket: where to listen; nil means the socket that systemd hands over, else the default path.
    ///   - log: writes one line.
    package init(
        configPath: String, environment: HostEnvironment, socket: String?, log: @escaping @Sendable (String) -> Void
    ) {
        self.configPath = configPath
        self.environment = environment
        self.socket = socket
        self.log = log
        loader = ConfigLoader.host(environment: environment)
    }

    /// Runs until SIGTERM or SIGINT; hooks that run then are ended, and their alerts are tried again.
    ///
    /// - Throws: `ConfigError`; `ControlSocketError` if the socket cannot be had.
    package func run() async throws {
        // A hook that does not read its input must not end this process.
        signal(SIGPIPE, SIG_IGN)
        ProgramMemory.guardFromOthers()
        let config = HooksConfig(path: configPath, loader: loader)
        let latest = LatestHooks(try config.read())
        // Before the socket, by which others see that it runs: a signal from then on ends it cleanly.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let listener: ControlListener
        if socket == nil, let inherited = InheritedSocket.descriptor(in: environment.variables) {
            listener = ControlListener(inherited: inherited)
        } else {
            listener = try ControlListener(path: socket ?? HookOptions.defaultSocket)
        }
        let runner = HookRunner(
            hooks: { [log] in
                do {
                    return latest.update(try config.read())
                } catch {
                    log("the config cannot be used, so the previous hooks stay in force: \(error)")
                    return latest.current
                }
            }, variables: environment.variables, log: log)
        let server = HookServer(listener: listener, runner: runner)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            group.addTask { _ = await signals.first { _ in true } }
            await group.next()
            group.cancelAll()
        }
    }
}

/// The hooks of the last config that could be read.
private final class LatestHooks: Sendable {
    private let hooks: Mutex<[HookSettings]>

    init(_ hooks: [HookSettings]) {
        self.hooks = Mutex(hooks)
    }

    var current: [HookSettings] { hooks.withLock { $0 } }

    func update(_ new: [HookSettings]) -> [HookSettings] {
        hooks.withLock { $0 = new }
        return new
    }
}
