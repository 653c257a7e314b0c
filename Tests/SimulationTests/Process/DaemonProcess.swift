import Alerts
import Daemon
import Model
import Monitor
import Store
import Systemd

/// The cores of one life of the daemon, and their drivers: the very ones that the daemon's loops drive.
final class DaemonProcess {
    let monitor: MonitorDriver
    let outbox: OutboxDriver
    let notifying: NotifyDriver
    private let woken: WokenTargets
    private let disk: SimulatedDisk

    /// Results and ended attempts that wait for the next turn.
    var results: [PollResult] = []
    var finished: [FinishedAttempt] = []
    var pollTurns = Turns()
    var deliveryTurns = Turns()
    var isFlushPlanned = false
    /// The numbers of the orders whose results count.
    var awaited: Set<UInt64> = []

    /// Starts as `DaemonService` does.
    init(_ scenario: Scenario, setup: Setup, disk: SimulatedDisk, clock: VirtualClock, life: UInt64) async throws {
        let now = clock.now()
        _ = try disk.open()
        disk.begin(.starting)
        self.disk = disk
        let settings = setup.monitorSettings
        let names = Set(setup.plans.map(\.name))
        let stored = try await disk.perform { store in
            try store.takeOver(settings, targets: names, pid: 1, startedAt: now.wall, at: now.wall)
        }
        // No descriptor: what is reported goes nowhere.
        let announcer = Announcer(output: .text(TextLog(descriptor: -1)), notifier: SystemdNotifier(send: nil))
        let woken = WokenTargets()
        self.woken = woken
        monitor = MonitorDriver(
            monitor: TaskMonitor(
                settings, restored: stored.watch.clusters, progress: stored.watch.progress,
                failingScopes: stored.watch.failingScopes, listed: stored.watch.instances, at: now),
            routes: setup.routing,
            store: disk, announcer: announcer, clock: clock, serverOffset: { clock.knownOffset },
            random: SeededRandom(seed: scenario.seed, stream: 1000 + 2 * life), wakeDelivery: { woken.add($0) })
        outbox = OutboxDriver(
            outbox: Outbox(plans: setup.plans, records: stored.targets, at: now.wall), routes: setup.routing,
            store: disk,
            announcer: announcer, clock: clock, random: SeededRandom(seed: scenario.seed, stream: 1001 + 2 * life),
            lastSeen: stored.lastSeen, clockSteps: stored.clockSteps)
        notifying = NotifyDriver(
            notifier: setup.notifier, capacities: setup.capacities, store: disk, announcer: announcer, clock: clock)
    }

    /// One turn of delivery, as the daemon's loop takes it: ends of holds and rules first.
    func takeDue() async -> [Start] {
        if outbox.takeOwnEvents() { notifying.noteEvents() }
        disk.begin(.rules)
        outbox.wake(await notifying.turn())
        disk.begin(.sending)
        return await outbox.takeDue()
    }

    func nextDeliveryWake() -> MonotonicInstant? {
        [outbox.nextWake(), notifying.nextWake()].compactMap(\.self).min()
    }

    func isAwaited(_ order: PollOrder) -> Bool { awaited.contains(order.number) }

    func forget(_ orders: [PollOrder]) {
        for order in orders { awaited.remove(order.number) }
    }

    /// The targets for which there are new alerts; nil if nothing was committed.
    func takeWoken() -> Set<String>? { woken.take() }
}

/// When a loop is to take its next turn, and for when it is on the agenda already.
struct Turns {
    private var next: Millis = .max
    private var planned: Set<Millis> = []

    /// - Returns: whether the agenda must be informed.
    mutating func plan(at time: Millis) -> Bool {
        guard time < next else { return false }
        next = time
        return planned.insert(time).inserted
    }

    /// - Returns: false where the turn was put off since it was planned.
    mutating func isDue(at now: Millis) -> Bool {
        planned.remove(now)
        guard next <= now else { return false }
        next = .max
        return true
    }
}
