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
            poll: poll.restricted(
                to: shares.scopes.intersection(held.keys.scopes), tokensLeft: HeldLeases.tokensLeft(of: held.values)),
            delivery: guarded.restricted(to: names, notifies: upkeep),
            firing: FiringPlan(holds: firing.holds.filter { names.contains($0.key) }, remind: firing.remind))
    }

    /// Those that this host sends.
    func heartbeats(_ held: [Share: Lease]) -> [HeartbeatSettings] {
        settings.heartbeats.filter { $0.isOfEachHost || held[.upkeep] != nil }
    }
}
