import Config
import Model
import Monitor
import Sharing
import Synchronization

/// What this host does of a config whose work several hosts divide among themselves.
final class SharedPart: Sendable {
    let membership: Membership
    let held: HeldLeases
    let attempts: AttemptGuard
    private struct State {
        var plans: Plans
        /// By a target's name, its share: also of targets that the config named before.
        var groups: [String: String]
    }

    private let state: Mutex<State>

    /// Before a lease ends, what is under way has been ended; so long before it nothing new begins.
    static let reserve = Duration.seconds(1)

    init(_ plans: Plans, membership: Membership, held: HeldLeases) {
        self.membership = membership
        self.held = held
        state = Mutex(
            State(plans: plans, groups: HostShares(plans.settings, targets: plans.delivery.targets).groups))
        attempts = AttemptGuard { membership.mayAct(on: $0, reserve: Self.reserve) }
    }

    /// The plans of the whole config.
    var whole: Plans { state.withLock { $0.plans } }

    /// What is held of a config, and is not given back.
    func part(of plans: Plans) -> Plans { plans.part(kept, guarding: attempts) }

    func heartbeats(of plans: Plans) -> [HeartbeatSettings] { plans.heartbeats(kept) }

    private var kept: [Share: Lease] {
        let givingBack = membership.view.leases.givingBack
        return held.all.filter { givingBack[$0.key] == nil }
    }

    /// The names of the targets of some shares.
    func names(of shares: Set<Share>) -> Set<String> {
        let groups = state.withLock { $0.groups }
        return Set(groups.filter { shares.contains(.targets($0.value)) }.keys)
    }

    /// Ends all that this host does; it is begun anew with what it holds then.
    func dropAll(_ pollLoop: PollLoop, _ deliveryLoop: DeliveryLoop) async {
        let shares = Set(held.all.keys)
        attempts.cut(shares)
        await pollLoop.cut(shares.scopes)
        await pollLoop.leave(shares.scopes)
        await deliveryLoop.leave(names(of: shares))
        held.remove(shares)
    }

    /// The service stops, and nothing is polled any more: others may poll at once, while this host's last messages are on
    /// their way.
    func leavePolling(_ pollLoop: PollLoop) async {
        let budgets = await pollLoop.figures.budgets
        let scopes = held.all.keys.scopes
        let shares = scopes.map { (Share.scope($0), budgets[$0]?.available) }
        held.remove(shares.map(\.0))
        membership.leave(finished: Dictionary(shares) { first, _ in first })
    }

    /// Another config is in force: the others hear of it, and what it does not name is given back.
    func adopt(_ new: Plans) {
        let shares = HostShares(new.settings, targets: new.delivery.targets)
        state.withLock { state in
            state.plans = new
            state.groups.merge(shares.groups) { $1 }
        }
        membership.name(Self.entry(of: new, like: membership.view.entry))
    }

    /// What a host writes of itself for the others.
    static func entry(of plans: Plans, like entry: HostEntry) -> HostEntry {
        let shares = HostShares(plans.settings, targets: plans.delivery.targets)
        var entry = entry
        entry.shares = shares.all
        entry.groups = shares.groups
        entry.targets = plans.settings.targets.map(\.name)
        entry.instances = Set(plans.settings.instances.map { NamedInstance(id: $0.id, scope: $0.accountRegion) })
        entry.config = ConfigComparison.digests(plans.settings)
        return entry
    }

    /// What this host looks after in the database; nil while another one does.
    ///
    /// - Parameter own: by this host's config.
    func rules(_ own: Housekeeper.Rules) -> Housekeeper.Rules? {
        let view = membership.view
        guard held.all[.upkeep] != nil, view.isSettled(at: SystemClock().now().monotonic), let scopes = view.namedScopes
        else { return nil }
        return Housekeeper.Rules(keep: own.keep, targets: own.targets.union(view.targetsOfOthers), scopes: scopes)
    }
}
