import Alerts
import Daemon
import Model
import Monitor
import Notifying
import Sharing
import Store
import Systemd

/// The cores of one process of the daemon among several, their drivers, and its leases: the very ones of the daemon. What
/// their loops do besides is said here once more.
final class HostProcess {
    let owner: String
    let number: Int
    let access: HostAccess
    let clock: HostClock
    let held: HeldLeases
    let monitor: MonitorDriver
    let outbox: OutboxDriver
    let notifying: NotifyDriver
    var keeper: LeaseKeeper
    var random: SeededRandom
    private let setup: Setup
    private let polling: SharedStore
    private let delivery: SharedStore
    private let woken: WokenTargets

    var results: [PollResult] = []
    /// Of the results that wait for the next turn.
    var answers: [Chronicle.Answer] = []
    var finished: [FinishedAttempt] = []
    var pollTurns = Turns()
    var deliveryTurns = Turns()
    var sharingTurns = Turns()
    var leaseTurns = Turns()
    /// Whether the answer to a question about leases has not come.
    var isAsking = false
    var needsConnection = false
    var isFlushPlanned = false
    /// The calls that are under way, by the numbers of their orders.
    var calls: [UInt64: (order: PollOrder, sentAt: Millis)] = [:]
    var sending: [Start] = []
    /// Calls that were due and not begun.
    private(set) var withheld: [PollOrder] = []
    /// What is being given back, and since when.
    private(set) var leaving: [Share: Millis] = [:]
    private var begun: [Share: Int64] = [:]
    /// What is left of the budgets of what is given back.
    var tokens: [Share: Double] = [:]
    var retryAt: Millis?
    private var changes: ChangeCount?

    /// Everything of the process stands still until then.
    var frozenUntil: Millis = 0
    /// The thread of the database waits until then for the outcome of a commit.
    var waitsUntil: Millis = 0
    /// Since when something was wrong with the host that may cost it its leases, or until when.
    var troubledUntil: Millis
    var isStopping = false

    static let names: Set<String> = ["steady", "flaky", "journal"]

    /// - Parameter database: can be reached now.
    init(
        _ scenario: HostsScenario, number: Int, life: UInt64, setup: Setup, database: SharedDatabase,
        truth: VirtualClock
    ) throws {
        self.number = number
        owner = "h\(number)-\(life)"
        self.setup = setup
        random = SeededRandom(seed: scenario.world.seed, stream: 3000 + 4 * life)
        clock = HostClock(truth, random: &random)
        access = HostAccess(
            database, longestWait: 3 * scenario.terms.duration.millis,
            random: SeededRandom(seed: scenario.world.seed, stream: 3001 + 4 * life))
        let time = truth.millis
        troubledUntil = time
        clock.measured(time.timestamp, sent: time, received: time)
        let now = clock.now()
        held = HeldLeases(owner: owner)
        polling = SharedStore(access, under: held.condition(on: .scope))
        delivery = SharedStore(access, under: held.condition(on: .targets))
        let upkeep = SharedStore(access, under: held.condition(on: .upkeep))
        keeper = LeaseKeeper(owner: owner, wanting: Self.shares(of: scenario.world), terms: scenario.terms)
        keeper.connected(at: now.monotonic)
        let stored = try database.store.join()
        let announcer = Announcer(output: .text(TextLog(descriptor: -1)), notifier: SystemdNotifier(send: nil))
        let woken = WokenTargets()
        self.woken = woken
        monitor = MonitorDriver(
            monitor: TaskMonitor(setup.monitorSettings.restricted(to: []), at: now), routes: setup.routing,
            store: polling,
            announcer: announcer, clock: clock,
            random: SeededRandom(seed: scenario.world.seed, stream: 3002 + 4 * life), wakeDelivery: { woken.add($0) })
        outbox = OutboxDriver(
            outbox: Outbox(plans: [], records: [], at: now.wall), routes: setup.routing, store: delivery,
            announcer: announcer, clock: clock,
            random: SeededRandom(seed: scenario.world.seed, stream: 3003 + 4 * life),
            isAlone: false, clockSteps: stored.clockSteps)
        notifying = NotifyDriver(
            notifier: setup.notifier, capacities: setup.capacities, store: upkeep, announcer: announcer, clock: clock)
    }

    static func shares(of world: Scenario) -> Set<Share> {
        Set(world.scopes.map(Share.scope) + names.map(Share.targets) + [.upkeep])
    }

    // MARK: - What it may do

    /// What it works with: held, and not given back.
    private var kept: [Share: Lease] { held.all.filter { leaving[$0.key] == nil } }

    func isHolding(_ share: Share) -> Bool { held.all[share] != nil }
    var isLeaving: Bool { !leaving.isEmpty }
    var notifies: Bool { kept[.upkeep] != nil }

    /// Whether what begins now will have ended when its lease does.
    func mayAct(on share: Share) -> Bool {
        let now = clock.now().monotonic
        return keeper.active(at: now)[share]?.lasts(HostsScenario.margin, at: now) ?? false
    }

    /// Whether a lease is still the host's, and will be for twice the margin.
    private func lives(_ lease: Lease, _ active: [Share: Lease], _ givingBack: [Share: Lease]) -> Bool {
        guard let known = active[lease.share] ?? givingBack[lease.share], known.epoch == lease.epoch else {
            return false
        }
        return known.lasts(HostsScenario.margin + HostsScenario.margin, at: clock.now().monotonic)
    }

    /// When the first of its leases is so near its end that its work is dropped.
    var nextEnd: MonotonicInstant? {
        let reserve = HostsScenario.margin + HostsScenario.margin
        return held.all.keys.compactMap { keeper.lease(of: $0)?.end.advanced(by: .zero - reserve) }.min()
    }

    private var plans: [TargetPlan] {
        let kept = kept
        return setup.plans.filter { kept[.targets($0.name)] != nil }
    }

    private func scopes(_ shares: some Sequence<Share>) -> Set<AccountRegion> {
        Set(shares.compactMap { if case .scope(let scope) = $0 { scope } else { nil } })
    }

    private func names(_ shares: some Sequence<Share>) -> Set<String> {
        Set(shares.compactMap { if case .targets(let name) = $0 { name } else { nil } })
    }

    // MARK: - A turn of sharing

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
        let now = clock.now().monotonic
        let active = keeper.active(at: now)
        let givingBack = keeper.givingBack
        steps.lost = Set(held.all.values.filter { !lives($0, active, givingBack) }.map(\.share))
        if !steps.lost.isEmpty { steps.wasCut = drop(steps.lost) }
        for share in givingBack.keys where !isHolding(share) { keeper.drained(share) }
        for share in givingBack.keys where isHolding(share) && leaving[share] == nil {
            leaving[share] = time
            steps.leaves.insert(share)
        }
        if !steps.leaves.isEmpty { outbox.adopt(plans, records: [], routes: setup.routing) }
        await finish(patience, at: time, &steps)
        let new = active.filter { held.all[$0.key] == nil && lives($0.value, active, givingBack) }
        if !new.isEmpty, retryAt.map({ $0 <= time }) ?? true {
            if await begin(new) {
                steps.begun = Set(new.keys)
                retryAt = nil
            } else {
                retryAt = time + .second
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
    private func begin(_ active: [Share: Lease]) async -> Bool {
        let new = active.mapValues { lease in
            begun[lease.share] == lease.epoch
                ? Lease(share: lease.share, epoch: lease.epoch, end: lease.end, tokens: 0) : lease
        }
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
        for lease in new.values { begun[lease.share] = lease.epoch }
        return true
    }

    /// Ends what is under way for what is lost.
    func cutLost() {
        let active = keeper.active(at: clock.now().monotonic)
        _ = cut(Set(held.all.values.filter { !lives($0, active, keeper.givingBack) }.map(\.share)))
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

    // MARK: - Turns of the loops

    /// The calls that begin now.
    func callsToMake() -> [PollOrder] {
        let orders = withheld + monitor.takeDue()
        withheld = orders.filter { leaving[.scope($0.scope)] != nil || !mayAct(on: .scope($0.scope)) }
        return orders.filter { order in !withheld.contains { $0.number == order.number } }
    }

    /// - Returns: also whether some were withheld, to be offered again soon.
    func messagesToSend() async -> (starts: [Start], areSomeWithheld: Bool) {
        if notifies {
            if outbox.takeOwnEvents() { notifying.noteEvents() }
            outbox.wake(await notifying.turn())
        }
        let due = await outbox.takeDue()
        let starts = due.filter { mayAct(on: .targets($0.target)) }
        for start in due where !starts.contains(start) { outbox.interrupt(start) }
        return (starts, starts.count < due.count)
    }

    func nextDeliveryWake() -> MonotonicInstant? {
        [outbox.nextWake(), notifies ? notifying.nextWake() : nil].compactMap(\.self).min()
    }

    /// The targets for which this host stored alerts; nil if it committed none.
    func takeWoken() -> Set<String>? { woken.take() }

    /// Another host may have stored alerts for targets that this one serves, or somebody silenced or acknowledged something.
    ///
    /// - Returns: whether delivery has something to look at.
    func note(_ now: ChangeCount) -> Bool {
        guard now != changes else { return false }
        defer { changes = now }
        guard let changes else { return false }
        outbox.wake(names(held.all.keys))
        notifying.noteEvents()
        if now.rules != changes.rules { notifying.noteChange() }
        return true
    }
}
