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
    let setup: Setup
    private let polling: FencedAccess
    let delivery: FencedAccess
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
    var withheld: [PollOrder] = []
    /// What is being given back, and since when.
    var leaving: [Share: Millis] = [:]
    /// What begins, is finished and is dropped as its leases change.
    var work = WorkChanges(reserve: HostsScenario.margin + HostsScenario.margin, pause: .seconds(1))
    /// What is left of the budgets of what is given back.
    var tokens: [Share: Double] = [:]
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
        polling = FencedAccess(access, database, under: held.condition(on: .scope))
        delivery = FencedAccess(access, database, under: held.condition(on: .targets))
        let upkeep = FencedAccess(access, database, under: held.condition(on: .upkeep))
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
    var kept: [Share: Lease] { held.all.filter { leaving[$0.key] == nil } }

    func isHolding(_ share: Share) -> Bool { held.all[share] != nil }
    var isLeaving: Bool { !leaving.isEmpty }
    var notifies: Bool { kept[.upkeep] != nil }

    /// Whether what begins now will have ended when its lease does.
    func mayAct(on share: Share) -> Bool {
        let now = clock.now().monotonic
        return keeper.active(at: now)[share]?.lasts(HostsScenario.margin, at: now) ?? false
    }

    var leases: KnownLeases {
        KnownLeases(active: keeper.active(at: clock.now().monotonic), givingBack: keeper.givingBack)
    }

    /// When a lease is so near its end that its work is dropped, or work is begun once more; in true time.
    var nextChange: Millis? {
        work.next(leases, held: held.all.values, after: clock.now().monotonic).map(clock.time)
    }

    var plans: [TargetPlan] {
        let kept = kept
        return setup.plans.filter { kept[.targets($0.name)] != nil }
    }

    func scopes(_ shares: some Sequence<Share>) -> Set<AccountRegion> {
        Set(shares.compactMap { if case .scope(let scope) = $0 { scope } else { nil } })
    }

    func names(_ shares: some Sequence<Share>) -> Set<String> {
        Set(shares.compactMap { if case .targets(let name) = $0 { name } else { nil } })
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
