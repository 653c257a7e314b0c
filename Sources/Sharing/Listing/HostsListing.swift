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

    /// `hosts` of `status --format json`. The config of each is compared with that of the host that does what is done once for all.
    package var json: JSONValue {
        let working = hosts.first { $0.holds.contains(.upkeep) }?.entry
        return .array(
            hosts.map { host in
                let differs = working.map { !host.entry.differences(from: $0).isEmpty } ?? false
                return .object([
                    "host": .string(host.entry.host), "pid": .integer(host.entry.pid),
                    "started_at": .string(host.startedAt.rfc3339), "last_seen_at": .string(host.lastSeenAt.rfc3339),
                    "version": .string(host.entry.version),
                    "scopes": .array(host.scopes.map { .string($0.description) }),
                    "targets": .array(host.servedTargets.map { .string($0) }),
                    "config": .string(differs ? "differs" : "same"),
                ])
            })
    }

    /// A status with `hosts`.
    package func adding(to status: JSONValue) -> JSONValue {
        guard case .object(var members) = status else { return status }
        members["hosts"] = json
        return .object(members)
    }
}
