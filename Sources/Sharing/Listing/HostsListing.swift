package import Model
import Postgres
package import Store

/// The daemons that share a database, as `status` shows them.
package struct HostsListing: Sendable {
    package let hosts: [ListedHost]

    package init(_ hosts: [ListedHost]) {
        self.hosts = hosts
    }

    /// - Returns: nil for a file, which one host has, and for a database that does not answer any more.
    package init?(of database: DatabaseAddress) {
        guard case .postgres(let source) = database, let connection = try? source.connect() else { return nil }
        defer { connection.close() }
        guard let hosts = try? HostList.read(connection) else { return nil }
        self.hosts = hosts
    }

    /// `hosts` of `status --format json`.
    package var json: JSONValue {
        .array(
            hosts.map { host in
                .object([
                    "host": .string(host.entry.host), "pid": .integer(host.entry.pid),
                    "started_at": .string(host.startedAt.rfc3339), "last_seen_at": .string(host.lastSeenAt.rfc3339),
                    "version": .string(host.entry.version),
                    "scopes": .strings(host.scopes.map(\.description)),
                    "targets": .strings(host.servedTargets),
                    "config": .string(differs(host.entry) ? "differs" : "same"),
                ])
            })
    }

    /// Whether its config differs from that of any other host that lives: as the log says it, on both of them.
    private func differs(_ entry: HostEntry) -> Bool {
        // A host that has just begun has not named its config yet.
        guard !entry.config.isEmpty else { return false }
        return hosts.contains { other in
            other.isAlive && other.entry.owner != entry.owner && !other.entry.config.isEmpty
                && !entry.differences(from: other.entry).isEmpty
        }
    }

    /// A status with `hosts`.
    package func adding(to status: JSONValue) -> JSONValue {
        guard case .object(var members) = status else { return status }
        members["hosts"] = json
        return .object(members)
    }
}
