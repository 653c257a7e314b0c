import Alerts
import Daemon
import Model
import Monitor
import Sharing
import Store

/// What a host does with what it was given, gives back and has lost: what to do says the daemon's own `WorkChanges`.
extension HostProcess {
    struct Steps {
        var lost: Set<Share> = []
        var begun: Set<Share> = []
        /// What is being given back from now on.
        var leaves: Set<Share> = []
        /// What was given back: its work has ended.
        var left: Set<Share> = []
        /// Of these some work was cut off.
        var wasCut = false
    }

    /// Drops what was lost, begins what was given, finishes what is given back.
    func share(_ patience: Millis, at time: Millis) async -> Steps {
        var steps = Steps()
        let due = work.due(leases, held: held.all, finishing: Set(leaving.keys), at: clock.now().monotonic)
        steps.lost = due.lost
        if !due.lost.isEmpty { steps.wasCut = drop(due.lost) }
        for share in due.unused { keeper.drained(share) }
        for share in due.leaving { leaving[share] = time }
        steps.leaves = due.leaving
        if !steps.leaves.isEmpty { outbox.adopt(plans, records: [], routes: setup.routing) }
        await finish(patience, at: time, &steps)
        if !due.new.isEmpty {
            if await begin(due.new) {
                steps.begun = Set(due.new.keys)
                work.began(due.new.values)
            } else {
                work.failed(at: clock.now().monotonic)
            }
        }
        return steps
    }

    private func finish(_ patience: Millis, at time: Millis, _ steps: inout Steps) async {
        for (share, since) in leaving.sorted(by: { $0.key < $1.key }) where isHolding(share) {
            let isBusy =
                switch share {
                case .scope(let scope): calls.values.contains { $0.order.scope == scope }
                case .targets(let name): outbox.isBusy(with: [name])
                case .upkeep: false
                }
            guard !isBusy || time - since >= patience else { continue }
            if isBusy { steps.wasCut = true }
            if case .scope(let scope) = share {
                await monitor.flushPollTimes()
                tokens[share] = monitor.figures.budgets[scope]?.available
            }
            _ = drop([share])
            keeper.drained(share)
            steps.left.insert(share)
        }
    }

    /// - Returns: whether the database took it.
    private func begin(_ new: [Share: Lease]) async -> Bool {
        held.insert(new)
        do {
            let records: [TargetRecord]
            if scopes(new.keys).isEmpty {
                records = try await delivery.perform { try $0.loadTargets() }
            } else {
                let scopes = scopes(kept.keys)
                var settings = setup.monitorSettings.restricted(to: scopes)
                settings.tokensLeft = HeldLeases.tokensLeft(of: kept.values)
                records = try await monitor.adopt(settings, within: scopes, routes: setup.routing) {
                    try $0.loadTargets()
                }
            }
            outbox.adopt(plans, records: records, routes: setup.routing)
            notifying.adopt(setup.notifier, capacities: setup.capacities)
        } catch {
            held.remove(new.keys)
            return false
        }
        return true
    }

    /// Ends what is under way for what is lost.
    func cutLost() {
        _ = cut(leases.lost(of: held.all.values, reserve: work.reserve, at: clock.now().monotonic))
    }

    /// - Returns: whether something was under way.
    private func cut(_ shares: Set<Share>) -> Bool {
        let scopes = scopes(shares)
        let names = names(shares)
        var wasBusy = false
        for (number, call) in calls where scopes.contains(call.order.scope) {
            calls[number] = nil
            refuse(call.order)
            wasBusy = true
        }
        for start in sending where names.contains(start.target) {
            outbox.interrupt(start)
            wasBusy = true
        }
        sending.removeAll { names.contains($0.target) }
        return wasBusy
    }

    /// Needs no database.
    ///
    /// - Returns: whether something was under way.
    private func drop(_ shares: Set<Share>) -> Bool {
        let scopes = scopes(shares)
        let names = names(shares)
        let wasBusy = cut(shares)
        for order in withheld where scopes.contains(order.scope) { refuse(order) }
        withheld.removeAll { scopes.contains($0.scope) }
        held.remove(shares)
        for share in shares { leaving[share] = nil }
        if !scopes.isEmpty { monitor.leave(for: setup.monitorSettings.restricted(to: self.scopes(held.all.keys))) }
        outbox.adopt(plans, records: [], routes: setup.routing)
        if !names.isEmpty { outbox.abandon(names) }
        notifying.adopt(setup.notifier, capacities: setup.capacities)
        return wasBusy
    }

    /// The call is not made, or was cut off.
    private func refuse(_ order: PollOrder) {
        let failure = PollFailure(
            reason: .timeout, message: "simulated: another host polls this account and region now")
        results.append(PollResult(order, outcome: .failed(failure, order.call), at: clock.now()))
    }
}
