import Alerts
import Model
import Monitor
import Sharing

/// Watches the hosts of a run for what the database does not show afterwards: who does what, when, and how often.
struct HostsWatch {
    private let scenario: HostsScenario
    private(set) var breaches: [String] = []
    /// What nobody does since the host that did it failed, if all is well with the others.
    private var unserved: [Share: Millis] = [:]
    private var budgets: [AccountRegion: (tokens: Double, at: Millis)] = [:]
    /// The longest time in which nobody did what another host took over.
    private(set) var longestTakeOver: Millis = 0
    private(set) var takeOvers = 0

    init(_ scenario: HostsScenario) {
        self.scenario = scenario
    }

    /// So long a host that has thawed may not know what it has lost.
    private static let thaw: Millis = 10

    private mutating func breach(_ text: String) { if breaches.count < 10 { breaches.append(text) } }

    // MARK: - Never two

    /// A call begins: nobody else may call the same account, and the budget is the account's, whoever calls.
    mutating func noteCall(
        _ order: PollOrder, _ process: HostProcess, _ hosts: [HostProcess], _ database: SharedDatabase, at now: Millis
    ) {
        let share = Share.scope(order.scope)
        if database.owner(of: share) != process.owner {
            breach(
                "at \(now) \(process.owner) called \(share.name), which is \(database.owner(of: share) ?? "nobody")'s")
        }
        for other in hosts where other.owner != process.owner && other.frozenUntil + Self.thaw <= now {
            let double = other.calls.values.first { $0.order.call.cluster == order.call.cluster && $0.order.isPoll }
            if order.isPoll, let double {
                breach(
                    "at \(now) \(process.owner) polled \(order.call.cluster?.rawValue ?? ""), which \(other.owner) polls "
                        + "since \(double.sentAt)")
            }
        }
        let quota = scenario.world.quotas[order.scope] ?? QuotaSettings()
        let before = budgets[order.scope] ?? (Double(quota.burst), now)
        let tokens = min(
            Double(quota.burst), before.tokens + quota.callsPerSecond * Double(now - before.at) / 1000)
        budgets[order.scope] = (tokens - 1, now)
        // A call that falls due a moment before its token is whole.
        if tokens - 1 < -0.5 { breach("at \(now) \(process.owner) called \(share.name) beyond its budget") }
    }

    mutating func noteMessage(_ start: Start, _ process: HostProcess, _ database: SharedDatabase, at now: Millis) {
        let owner = database.owner(of: .targets(start.target))
        if owner != process.owner {
            breach(
                "at \(now) \(process.owner) sent \(start.message.id) to \(start.target), which is \(owner ?? "nobody")'s"
            )
        }
    }

    // MARK: - Never nobody

    mutating func noteFault(
        of process: HostProcess, _ fault: HostsScenario.Fault, at now: Millis, _ database: SharedDatabase
    ) {
        // Only of one fault at a time it is known when another host must have taken over.
        unserved = [:]
        for share in HostProcess.shares(of: scenario.world) where process.isHolding(share) { unserved[share] = now }
    }

    mutating func noteOutage() { unserved = [:] }

    mutating func noteBegun(_ share: Share, _ process: HostProcess, at now: Millis) {
        guard let since = unserved.removeValue(forKey: share), process.troubledUntil < since else { return }
        takeOvers += 1
        longestTakeOver = max(longestTakeOver, now - since)
        let limit = scenario.terms.duration.millis + 4 * scenario.terms.lookEvery.millis
        if now - since > limit {
            breach("at \(now) \(share.name) was taken over, which nobody did since \(since)")
        }
    }

    /// Their host renews them all the same.
    mutating func noteServed(_ shares: Set<Share>) {
        for share in shares { unserved[share] = nil }
    }

    /// A lease that was lost although nothing was wrong with its host.
    mutating func noteLost(_ shares: Set<Share>, _ process: HostProcess, at now: Millis) {
        guard !shares.isEmpty, now - process.troubledUntil > 2 * scenario.terms.duration.millis else { return }
        breach("at \(now) \(process.owner) lost \(shares.map(\.name).sorted()), and nothing was wrong with it")
    }

    /// Some time after the last fault: everything is done by exactly one, and each host has its fair share.
    mutating func checkCalm(_ hosts: [HostProcess], _ database: SharedDatabase, during life: Chronicle.Life) {
        if hosts.count != scenario.hosts { breach("at \(life.start) only \(hosts.map(\.owner)) live") }
        for share in HostProcess.shares(of: scenario.world).sorted() {
            let holders = hosts.filter { $0.isHolding(share) && $0.mayAct(on: share) }.map(\.owner)
            if holders.count != 1 { breach("at \(life.start) \(share.name) is done by \(holders)") }
        }
        let all = HostProcess.shares(of: scenario.world)
        for kind in [Share.Kind.scope, .targets, .upkeep] {
            let limit = (all.count { $0.kind == kind } + hosts.count - 1) / max(1, hosts.count)
            for host in hosts {
                let count = all.count { $0.kind == kind && host.isHolding($0) }
                if count > limit {
                    breach("at \(life.start) \(host.owner) has \(count) of \(kind), which is more than \(limit)")
                }
            }
        }
    }
}
