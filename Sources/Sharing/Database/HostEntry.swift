package import Model

/// A process that shares the work, as the others and `status` see it.
package struct HostEntry: Hashable, Sendable {
    /// Of the process, made at random.
    package var owner: String
    /// The host's name.
    package var host: String
    package var pid: Int64
    package var version: String
    /// What its config names.
    package var shares: Set<Share>
    /// The names of the targets that its config has.
    package var targets: [String]
    /// A digest for each part of its config that must be the same on every host, by the key in the config.
    package var config: [String: String]

    package init(
        owner: String, host: String, pid: Int64, version: String, shares: Set<Share>, targets: [String],
        config: [String: String]
    ) {
        self.owner = owner
        self.host = host
        self.pid = pid
        self.version = version
        self.shares = shares
        self.targets = targets
        self.config = config
    }

    /// The name under which its sessions are seen in `pg_stat_activity`.
    package static func applicationName(_ owner: String) -> String { "polarai-daemon \(owner)" }

    /// Keys of the config that differ from another host's.
    package func differences(from other: HostEntry) -> [String] {
        Set(config.keys).union(other.config.keys).filter { config[$0] != other.config[$0] }.sorted()
    }
}

/// A host as `status` lists it.
package struct ListedHost: Hashable, Sendable {
    package let entry: HostEntry
    package let startedAt: Timestamp
    package let lastSeenAt: Timestamp
    /// It has renewed its leases in time.
    package let isAlive: Bool
    /// What it holds.
    package let holds: Set<Share>
}
