import Alerts
import Config
import Model
import Sharing

extension Plans {
    /// The part of it that this host does: what it holds of what the config names.
    ///
    /// - Parameters:
    ///   - held: the leases of this host.
    ///   - guarding: keeps attempts within their leases.
    func part(_ held: [Share: Lease], guarding attempts: AttemptGuard) -> Plans {
        let shares = HostShares(settings, targets: delivery.targets)
        let names = shares.targets(in: held.keys)
        let upkeep = held[.upkeep] != nil
        let deliver = delivery.deliver
        let guarded = DeliveryPlan(targets: delivery.targets, routes: delivery.routes) { start in
            await attempts.run(shares.share(of: start.target)) { await deliver(start) }
        }
        return Plans(
            settings: settings,
            poll: poll.restricted(to: shares.scopes.intersection(held.keys.scopes), tokensLeft: Self.tokens(held)),
            delivery: guarded.restricted(to: names, notifies: upkeep),
            firing: FiringPlan(holds: firing.holds.filter { names.contains($0.key) }, remind: firing.remind))
    }

    /// What is left of the budgets. Who had a lease before and left no word of it may have spent all of it.
    private static func tokens(_ held: [Share: Lease]) -> [AccountRegion: Double] {
        held.values.reduce(into: [:]) { tokens, lease in
            guard case .scope(let scope) = lease.share, lease.epoch > 1 || lease.tokens != nil else { return }
            tokens[scope] = lease.tokens ?? 0
        }
    }

    /// Those that this host sends.
    func heartbeats(_ held: [Share: Lease]) -> [HeartbeatSettings] {
        settings.heartbeats.filter { $0.isOfEachHost || held[.upkeep] != nil }
    }
}
