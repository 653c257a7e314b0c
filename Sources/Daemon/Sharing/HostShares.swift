import Alerts
import Config
import Model
import Sharing

/// What a host's config names, in the shares that hosts divide among themselves.
struct HostShares: Sendable {
    let scopes: Set<AccountRegion>
    /// By a target's name, the first of those that share its credential: one host serves all of them, at one pace.
    let groups: [String: String]

    init(_ settings: Settings, targets: [TargetPlan]) {
        scopes = Set(settings.clusters.map(\.accountRegion) + settings.instances.map(\.accountRegion))
        var groups: [String: String] = [:]
        for plans in Dictionary(grouping: targets, by: \.credential).values {
            guard let first = plans.map(\.name).min() else { continue }
            for plan in plans { groups[plan.name] = first }
        }
        self.groups = groups
    }

    var all: Set<Share> { Set(scopes.map(Share.scope) + groups.values.map(Share.targets) + [.upkeep]) }

    /// The share that a target belongs to.
    func share(of target: String) -> Share { .targets(groups[target] ?? target) }

    /// The names of the targets of some shares.
    func targets(in shares: some Collection<Share>) -> Set<String> {
        let leaders = Set(shares.compactMap { share in if case .targets(let name) = share { name } else { nil } })
        return Set(groups.filter { leaders.contains($0.value) }.keys)
    }
}

extension Collection<Share> {
    /// The accounts and regions among them.
    var scopes: Set<AccountRegion> {
        Set(compactMap { share in if case .scope(let scope) = share { scope } else { nil } })
    }
}
