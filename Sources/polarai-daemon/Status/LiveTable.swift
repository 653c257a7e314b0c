import Config
import Daemon
import HTTPTransport
import Model
import Reports
import Sharing
import Store

/// The table of `status --watch` at one time after another: what the database says, with what the daemon knows better.
struct LiveTable: Sendable {
    /// Of the database.
    let database: DatabaseAddress

    /// The daemon's answer is waited for no longer than this, so that the picture goes on without it.
    private static let patience = Duration.seconds(1)

    /// The lines of a picture; what is wrong is one of them.
    func lines(isUTC: Bool) async -> [String] {
        let now = TimeArgument.now
        let style = TimeStyle(isUTC: isUTC)
        let title = "polarai-daemon status, \(style.text(now)); press q to quit."
        do {
            let (report, note, trouble) = try await report()
            let instances: [FailingInstance] =
                if note == nil, let daemon = report.daemon, daemon.isRunning {
                    await FailingInstance.all(of: daemon, limit: Self.patience)
                } else { [] }
            let table = StatusTable(
                listing: StatusListing(style: style, now: now), isColoured: StandardOutput.takesColour,
                screenWidth: StandardOutput.screenWidth)
            let text = try table.text(
                report, of: database.description, storageTrouble: trouble, instances: instances,
                isShared: database.isShared)
            return [title] + (note.map { [TerminalText.cell($0)] } ?? []) + [""]
                + text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        } catch {
            return [title, "", TerminalText.cell("The database cannot be read: \(error)")]
        }
    }

    private func report() async throws -> (StatusReport, note: String?, trouble: String?) {
        let reader = try HistoryReader(at: database)
        var stored = try reader.statusReport().adding(leftOutBy: HostsListing(of: database)?.hosts ?? [])
        guard let daemon = stored.daemon, daemon.isRunning else { return (stored, nil, nil) }
        // Of the daemons of several hosts, the one of this host is meant.
        if database.isShared { stored.daemon = nil }
        let socket = StatusSocket.path(environment: HostEnvironment.current().variables)
        do throws(ControlClientError) {
            let reply = try await ControlClient.ask(.get, "/v1/status", limit: Self.patience, on: socket)
            guard reply.status == 200, daemon.isSource(of: reply.body) else {
                return (stored, reply.body["error"]?.stringValue, nil)
            }
            let live = LiveStatus(json: reply.body)
            if database.isShared { stored.daemon = DaemonInfo(answer: reply.body["daemon"]) }
            return (live.updating(stored), nil, live.storageTrouble)
        } catch {
            return (
                stored, "The daemon does not answer; poll times may lag by up to a minute. (\(error.message))", nil
            )
        }
    }
}
