import Model
import ServiceLifecycle
import Systemd
import UnixSignals

/// Reads the config again on SIGHUP: who may log in, the names of this host, the certificate. The addresses that are
/// listened on and the database stay until the next start.
struct Reloading: Service {
    let loader: SettingsLoader
    let live: LiveSettings
    let log: LogOutput
    let notifier: SystemdNotifier

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let (_, snapshot, warnings) = try loader.load()
                live.replace(with: snapshot)
                for warning in warnings { log.write(JournalEntry(warning, priority: .warning)) }
                log.write(JournalEntry("The config was read again.", priority: .notice))
                notifier.status("The config was read again.")
            } catch {
                let reason = "The new config was refused, and nothing has changed: \(error)"
                log.write(JournalEntry(reason, priority: .error))
                notifier.status(reason)
            }
        }
    }
}
