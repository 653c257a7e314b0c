import Model
import Sharing

/// What a host knows of itself and of the others that share its database.
struct MembershipView: Sendable {
    /// What this host names to the others.
    var entry: HostEntry
    /// Its own.
    var leases = KnownLeases()
    /// The database's time.
    var clock = DatabaseClock()
    /// Of the database's server; nil: it does not say.
    var timeline: String?
    /// Why the database cannot be used at present.
    var trouble: String?
    /// What shows that other hosts have written something.
    var changes: ChangeCount?
    /// Those that live, and those that died lately, this one among them; nil until they were read.
    private(set) var hosts: [ListedHost]?
    /// When they were read for the first time.
    private var since: MonotonicInstant?
    /// Since when each target was last named by another host that lives.
    private var namedByOthers: [String: MonotonicInstant] = [:]
    /// The version of the schema, if a newer program has changed it.
    var newerSchema: Int?
    var hasEnded = false

    /// A host that is away for so long does not come back at once: what only it named may be ended.
    static let memoryOfTargets = Duration.seconds(60)

    init(entry: HostEntry) {
        self.entry = entry
    }

    mutating func note(_ hosts: [ListedHost], at now: MonotonicInstant) {
        self.hosts = hosts
        since = since ?? now
        for host in hosts where host.isAlive && host.entry.owner != entry.owner {
            for name in host.entry.targets { namedByOthers[name] = now }
        }
        namedByOthers = namedByOthers.filter { now.since($0.value) < Self.memoryOfTargets }
    }

    /// Whether others have had time to come: hosts that start together do not end what only one of them names.
    func isSettled(at now: MonotonicInstant) -> Bool { since.map { now.since($0) >= Self.memoryOfTargets } ?? false }

    /// Whether somebody has something to do that had not before. That leases end later, or that a host was seen again, is
    /// no news.
    func isNews(after before: MembershipView) -> Bool {
        leases.active.mapValues(\.epoch) != before.leases.active.mapValues(\.epoch)
            || leases.givingBack.mapValues(\.epoch) != before.leases.givingBack.mapValues(\.epoch)
            || trouble != before.trouble || changes != before.changes || newerSchema != before.newerSchema
            || shown(hosts) != shown(before.hosts)
    }

    private func shown(_ hosts: [ListedHost]?) -> [ShownHost]? {
        hosts?.map { ShownHost(entry: $0.entry, isAlive: $0.isAlive, holds: $0.holds) }
    }

    private struct ShownHost: Equatable {
        let entry: HostEntry
        let isAlive: Bool
        let holds: Set<Share>
    }

    /// The targets that other hosts name, or did a moment ago.
    var targetsOfOthers: Set<String> { Set(namedByOthers.keys) }

    /// The accounts and regions that a listed host names, also one that died lately; nil until they were read.
    var namedScopes: Set<AccountRegion>? {
        hosts?.reduce(into: entry.shares.scopes) { $0.formUnion($1.entry.shares.scopes) }
    }

    /// The others that live.
    var others: [ListedHost] { hosts?.filter { $0.isAlive && $0.entry.owner != entry.owner } ?? [] }
}
