import Config
import Systemd

/// The sockets on which commands and the status page reach the daemon.
extension DaemonService {
    /// Without its socket the daemon does its work all the same; nil then.
    func openControl(_ desk: DaemonDesk, announcer: Announcer, heartbeats: Heartbeats) -> ControlServer? {
        do {
            return try ControlServer(
                path: ControlSocket.path(environment: environment.variables), requests: desk, heartbeats: heartbeats)
        } catch {
            heartbeats.ignore(.control)
            announcer.write(
                JournalEntry(
                    "The control socket cannot be opened: \(error). Until that is fixed and the daemon is restarted, the commands "
                        + "`reload`, `ack`, `silence` and `alerts retry|drop` do not work; polling and delivery continue. To "
                        + "reload the config, use `systemctl reload polarai-daemon`.",
                    priority: .warning))
            return nil
        }
    }

    /// Without those that cannot be made: the daemon does its work all the same.
    func openStatus(_ desk: DaemonDesk, _ figures: FiguresDesk, announcer: Announcer) -> [ControlServer] {
        StatusSocket.paths(environment: environment.variables).compactMap { path in
            do {
                return try StatusRouter.server(
                    path: path, status: { try await desk.status() }, metrics: { await figures.answer() },
                    instances: { await desk.failingInstances() })
            } catch {
                announcer.write(
                    JournalEntry(
                        "The status socket \(path) cannot be opened: \(error). Until that is fixed and the daemon is restarted, the "
                            + "status page, `polarai-daemon metrics` and `status --watch` cannot reach this daemon; polling and "
                            + "delivery continue.",
                        priority: .notice))
                return nil
            }
        }
    }
}
