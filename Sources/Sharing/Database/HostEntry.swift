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
    /// The share that a target belongs to, by the target's name: `Share.targets` of that name. Those that are missing
    /// have one of their own name.
    package var groups: [String: String] = [:]
    /// The instances of its config.
    package var instances: Set<NamedInstance> = []
    /// Tasks of its config that nobody polls, the first of them.
    package var leftOut: [LeftOutTask] = []
    /// A digest for each part of its config that must be the same on every host, by the key in the config.
    package var config: [String: String]

    package init(
        owner: String, host: String, pid: Int64, version: String, shares: Set<Share>, targets: [String],
        groups: [String: String] = [:], config: [String: String]
    ) {
        self.owner = owner
        self.host = host
        self.pid = pid
        self.version = version
        self.shares = shares
        self.targets = targets
        self.groups = groups
        self.config = config
    }

    /// The name under which its sessions are seen in `pg_stat_activity`.
    package static func applicationName(_ owner: String) -> String { "polarai-daemon \(owner)" }

    /// `a (pid 1)`: how messages name the process.
    package var title: String { "\(host) (pid \(pid))" }

    /// What the others read of it: the shares, the groups that are not obvious, the instances, and what is left out.
    var words: [String] {
        shares.map(\.name).sorted()
            + groups.filter { $0.key != $0.value }.map { "\(Self.member) \($0.key) \($0.value)" }.sorted()
            + instances.map(\.word).sorted() + leftOut.prefix(Self.mostLeftOut).map(\.word)
    }

    /// - Parameter words: as another host, perhaps of another version, has written them.
    static func groups(in words: [String]) -> [String: String] {
        words.reduce(into: [:]) { groups, word in
            let parts = word.split(separator: " ")
            if parts.count == 3, parts[0] == member { groups[String(parts[1])] = String(parts[2]) }
        }
    }

    private static let member = "member"
    /// More are counted in the log of the host, and not listed one by one.
    private static let mostLeftOut = 100

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

    package init(entry: HostEntry, startedAt: Timestamp, lastSeenAt: Timestamp, isAlive: Bool, holds: Set<Share>) {
        self.entry = entry
        self.startedAt = startedAt
        self.lastSeenAt = lastSeenAt
        self.isAlive = isAlive
        self.holds = holds
    }

    /// The accounts and regions that it polls.
    package var scopes: [AccountRegion] {
        holds.sorted().compactMap { share in if case .scope(let scope) = share { scope } else { nil } }
    }

    /// The names of the targets that it serves.
    package var servedTargets: [String] {
        entry.targets.filter { holds.contains(.targets(entry.groups[$0] ?? $0)) }.sorted()
    }
}
