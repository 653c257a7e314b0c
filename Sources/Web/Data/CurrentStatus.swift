import Model
import Reports
import Sharing
import Store

/// The object of `status --format json`: the daemon's own answer, else what the database says.
struct CurrentStatus: Sendable {
    let archive: Archive
    let daemon: DaemonStatus

    func json() async throws -> JSONValue {
        let holder = try await archive.read { try $0.daemonInfo() }
        if let live = await live(holder) { return live }
        let listing = await archive.hosts()
        let trouble = archive.trouble(in: await daemon.current().trouble)
        return try await archive.read { reader in
            var report = try reader.statusReport().adding(leftOutBy: listing?.hosts ?? [])
            // Of the daemons of several hosts, the one of this host is meant: none answers.
            if listing != nil { report.daemon = nil }
            let json = trouble?.added(to: report.json) ?? report.json
            return listing?.adding(to: json) ?? json
        }
    }

    /// The daemon's answer, if it is the daemon of this database.
    private func live(_ holder: DaemonInfo?) async -> JSONValue? {
        guard let holder, holder.isRunning, let status = await daemon.current().status,
            holder.isSource(of: status)
        else { return nil }
        return status
    }
}
