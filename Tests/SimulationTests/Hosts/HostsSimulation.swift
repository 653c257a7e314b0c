import Alerts
import Daemon
import Model
import Monitor
import Sharing
import Store
import TestSupport

/// One run of several hosts on one database: their leases, crashes and hand-overs, and the world of the other runs around them.
final class HostsSimulation {
    enum Action {
        case start(host: Int)
        case fault(HostsScenario.Fault, host: Int, length: Millis)
        case die(host: Int, life: String)
        case silence(SimulatedSilence)
        case acknowledge(share: Double)
        case lease(host: Int, life: String)
        case leaseArrives(Question, host: Int)
        case leaseAnswer(Question, Answer, host: Int)
        case leaseFails(host: Int, life: String)
        case sharingTurn(host: Int, life: String)
        case pollTurn(host: Int, life: String)
        case result(PollOrder, VirtualAPI.Reply, sentAt: Millis, host: Int, life: String)
        case flush(host: Int, life: String)
        case deliveryTurn(host: Int, life: String)
        case attemptEnds(FinishedAttempt, host: Int, life: String)
        case calm(Chronicle.Life)
    }

    /// What a host asks of the table of leases.
    struct Question {
        let life: String
        let due: LeaseKeeper.Due
        let named: Set<Share>
        let tokens: [Share: Double]
        let sentAt: Millis
        let latency: Millis
    }

    struct Answer {
        let confirmed: Set<Share>
        let view: SharingView
        let changes: ChangeCount
        let at: Millis
    }

    let scenario: HostsScenario
    let database: SharedDatabase
    let receivers: VirtualReceivers
    let setup: Setup
    let clock = VirtualClock()
    var hosts: [HostProcess?]
    var agenda = Agenda<Action>()
    var random: SeededRandom
    var chronicle = Chronicle()
    var marks: [HostMark: Int] = [:]
    var watch: HostsWatch
    let sender: Sender
    var api: VirtualAPI
    var lives: UInt64 = 0
    /// Nobody can reach the database until then.
    var awayUntil: Millis = 0
    /// By host: it cannot reach the database until then.
    var cutUntil: [Millis]
    private var actionsAtOnce = 0
    private var actions = 0
    private static let mostActions = 1_000_000

    private var world: Scenario { scenario.world }

    init(seed: UInt64, folder: TemporaryFolder) throws {
        scenario = HostsScenario(seed: seed)
        setup = try Setup(scenario.world)
        database = try SharedDatabase(folder: folder, terms: scenario.terms)
        receivers = VirtualReceivers(scenario.world, clock: clock)
        api = VirtualAPI(scenario.world)
        random = SeededRandom(seed: seed, stream: 21)
        hosts = Array(repeating: nil, count: scenario.hosts)
        cutUntil = Array(repeating: 0, count: scenario.hosts)
        watch = HostsWatch(scenario)
        sender = Sender(client: receivers, read: Setup.read, now: { [clock] in clock.now().wall })
    }

    /// - Returns: the path of the database, closed.
    func run() async throws -> String {
        for host in hosts.indices { agenda.add(.start(host: host), at: random.millis(0...(10 * .second))) }
        for storm in scenario.storms {
            for fault in storm.faults {
                agenda.add(.fault(fault.kind, host: fault.host, length: fault.length), at: fault.at)
            }
        }
        chronicle.lives = scenario.calm
        for life in scenario.calm { agenda.add(.calm(life), at: life.start) }
        for silence in world.silences { agenda.add(.silence(silence), at: silence.span.lowerBound) }
        for ack in world.acknowledgements { agenda.add(.acknowledge(share: ack.share), at: ack.at) }
        while let (time, action) = agenda.popFirst(), time <= Scenario.length {
            actions += 1
            guard actions < Self.mostActions else {
                throw Chronicle.Breach(description: "the hosts are busy without an end at \(time): \(action)")
            }
            actionsAtOnce = time == clock.millis ? actionsAtOnce + 1 : 0
            guard actionsAtOnce < 1000 else {
                throw Chronicle.Breach(description: "the hosts go round and round at \(time): \(action)")
            }
            clock.set(time)
            try await carryOut(action)
            for (host, process) in hosts.enumerated() {
                if let trouble = process?.access.trouble {
                    throw Chronicle.Breach(description: "the database refuses a write: \(trouble)")
                }
                if process?.access.hasCrashed == true { die(host) }
            }
        }
        clock.set(Scenario.length)
        for process in hosts { process.map { collect($0) } }
        marks[.thawedHostRefused, default: 0] += database.refusals
        chronicle.breaches += watch.breaches
        try database.close()
        return database.path
    }

    // MARK: - One after another

    private func carryOut(_ action: Action) async throws {
        let now = clock.millis
        switch action {
        case .start(let host): try start(host)
        case .fault(let kind, let host, let length): begin(kind, host, length)
        case .die(let host, let life):
            if hosts[host]?.owner == life { die(host) }
        case .silence(let silence): await begin(silence)
        case .acknowledge(let share): await acknowledge(share)
        case .lease(let host, let life):
            if let process = ready(action, host, life), process.leaseTurns.isDue(at: now) { askForLeases(process) }
        case .leaseArrives(let question, let host): try arrive(question, host)
        case .leaseAnswer(let question, let answer, let host):
            if let process = ready(action, host, question.life) { take(question, answer, process) }
        case .leaseFails(let host, let life):
            guard let process = ready(action, host, life) else { return }
            process.isAsking = false
            process.needsConnection = true
            planLease(process, at: now + HostsScenario.pause)
        case .sharingTurn(let host, let life):
            guard let process = ready(action, host, life), process.sharingTurns.isDue(at: now) else { return }
            guard process.waitsUntil > now else { return await share(process) }
            // What is under way ends with its lease, also while the loops wait for the database.
            process.cutLost()
            planSharingTurn(process, at: min(process.waitsUntil, process.nextChange ?? .max))
        case .pollTurn(let host, let life):
            if let process = working(action, host, life), process.pollTurns.isDue(at: now) { await poll(process) }
        case .result(let order, let reply, let sentAt, let host, let life):
            if let process = ready(action, host, life) { note(order, reply, sentAt, process) }
        case .flush(let host, let life):
            guard let process = working(action, host, life) else { return }
            process.isFlushPlanned = false
            await process.monitor.flushPollTimes()
            noteWait(process)
        case .deliveryTurn(let host, let life):
            if let process = working(action, host, life), process.deliveryTurns.isDue(at: now) {
                await deliver(process)
            }
        case .attemptEnds(let attempt, let host, let life):
            guard let process = ready(action, host, life), let place = process.sending.firstIndex(of: attempt.start)
            else { return }
            process.sending.remove(at: place)
            process.finished.append(attempt)
            planDeliveryTurn(process, at: now)
        case .calm(let life): watch.checkCalm(hosts.compactMap(\.self), database, during: life)
        }
    }

    /// The process, if it lives and is not frozen. What it was to do while it was is done when it thaws, in any order.
    private func ready(_ action: Action, _ host: Int, _ life: String) -> HostProcess? {
        guard let process = hosts[host], process.owner == life else { return nil }
        guard process.frozenUntil <= clock.millis else {
            replan(action, process, at: process.frozenUntil + random.millis(0...3))
            return nil
        }
        setWeather(process)
        return process
    }

    /// The same of what needs the thread of the database.
    private func working(_ action: Action, _ host: Int, _ life: String) -> HostProcess? {
        guard let process = ready(action, host, life) else { return nil }
        guard process.waitsUntil <= clock.millis else {
            replan(action, process, at: process.waitsUntil)
            return nil
        }
        return process
    }

    private func replan(_ action: Action, _ process: HostProcess, at time: Millis) {
        switch action {
        case .pollTurn:
            _ = process.pollTurns.isDue(at: clock.millis)
            planPollTurn(process, at: time)
        case .deliveryTurn:
            _ = process.deliveryTurns.isDue(at: clock.millis)
            planDeliveryTurn(process, at: time)
        case .sharingTurn:
            _ = process.sharingTurns.isDue(at: clock.millis)
            planSharingTurn(process, at: time)
        case .lease:
            _ = process.leaseTurns.isDue(at: clock.millis)
            planLease(process, at: time)
        default: agenda.add(action, at: time)
        }
    }

    func isCutOff(_ host: Int) -> Bool { max(awayUntil, cutUntil[host]) > clock.millis }

    func setWeather(_ process: HostProcess) {
        let storm = scenario.storm(at: clock.millis)
        process.access.set(
            HostAccess.Weather(
                isCutOff: isCutOff(process.number), crashRate: storm?.crashRate ?? 0, lossRate: storm?.lossRate ?? 0))
    }

    func noteWait(_ process: HostProcess) {
        guard let wait = process.access.takeWait() else { return }
        // It ends with the storm: what comes then is to be seen by the checks.
        let end = min(clock.millis + wait, scenario.storm(at: clock.millis)?.span.upperBound ?? clock.millis)
        process.waitsUntil = max(process.waitsUntil, end)
        process.troubledUntil = max(process.troubledUntil, end)
    }
}
