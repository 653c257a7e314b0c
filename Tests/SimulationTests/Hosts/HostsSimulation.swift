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
    private let sender: Sender
    private var api: VirtualAPI
    private var lives: UInt64 = 0
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
            let end = process.nextEnd.map { process.clock.time(of: $0) }.map { $0 > now ? $0 : .max } ?? .max
            planSharingTurn(process, at: min(process.waitsUntil, end))
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

    private func setWeather(_ process: HostProcess) {
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

    // MARK: - Processes

    private func start(_ host: Int) throws {
        guard hosts[host] == nil else { return }
        guard !isCutOff(host) else {
            return agenda.add(.start(host: host), at: max(awayUntil, cutUntil[host]) + .second)
        }
        lives += 1
        let process = try HostProcess(
            scenario, number: host, life: lives, setup: setup, database: database, truth: clock)
        hosts[host] = process
        planLease(process, at: clock.millis)
        planPollTurn(process, at: clock.millis)
        planDeliveryTurn(process, at: clock.millis)
    }

    func collect(_ process: HostProcess) {
        marks.merge(process.access.marks) { $0 + $1 }
    }

    func die(_ host: Int) {
        guard let process = hosts[host] else { return }
        chronicle.crashes += 1
        collect(process)
        watch.noteFault(of: process, .crash, at: clock.millis, database)
        hosts[host] = nil
        if hosts.allSatisfy({ $0 == nil }) { marks[.allHostsDown, default: 0] += 1 }
        let end = scenario.storm(at: clock.millis)?.span.upperBound ?? clock.millis
        let down = random.chance(0.5) ? 5 * Millis.second : random.millis(.minute...(20 * .minute))
        agenda.add(.start(host: host), at: max(clock.millis + .second, min(clock.millis + down, end)))
    }

    // MARK: - People

    private var anyHost: HostProcess? {
        hosts.compactMap(\.self).first { $0.frozenUntil <= clock.millis && !isCutOff($0.number) }
    }

    private func begin(_ silence: SimulatedSilence) async {
        guard let process = anyHost else { return }
        setWeather(process)
        let now = process.clock.now().wall
        let length = Duration.milliseconds(silence.span.upperBound - silence.span.lowerBound)
        let begun = try? await process.access.perform { store in
            try store.addSilence(
                silence.matchers, until: now.advanced(by: length), comment: "simulated", author: "li", at: now)
        }
        if begun != nil { chronicle.silences += 1 }
        noteRules(process)
    }

    private func acknowledge(_ share: Double) async {
        guard let process = anyHost else { return }
        setWeather(process)
        let now = process.clock.now().wall
        let open = try? await process.access.perform { store in
            try store.loadOpenEvents(since: now.advanced(by: .seconds(-7 * 86_400)))
        }
        let events = (open ?? []).filter { $0.acknowledgement == nil && random.chance(share) }.map(\.event)
        guard !events.isEmpty, !process.access.hasCrashed else { return }
        let names = events.map(\.id)
        let count = try? await process.access.perform {
            try $0.acknowledge(names, by: "li", comment: nil, at: now).count
        }
        if count == names.count { chronicle.acknowledged += events.map(\.seq) }
        noteRules(process)
    }

    private func noteRules(_ process: HostProcess) {
        database.noteRules()
        noteWait(process)
        process.notifying.noteChange()
        planDeliveryTurn(process, at: clock.millis)
    }

    // MARK: - Turns of the loops

    private func note(_ order: PollOrder, _ reply: VirtualAPI.Reply, _ sentAt: Millis, _ process: HostProcess) {
        // Of one that was cut off, or given up, nobody takes note.
        guard process.calls.removeValue(forKey: order.number) != nil else { return }
        process.results.append(PollResult(order, outcome: reply.outcome, at: process.clock.now()))
        planPollTurn(process, at: clock.millis)
        guard case .describeTask(let cluster, _) = order.call, let kind = reply.kind,
            database.owner(of: .scope(order.scope)) == process.owner
        else { return }
        process.answers.append(
            Chronicle.Answer(
                cluster: cluster, kind: kind, sentAt: sentAt, receivedAt: clock.millis, life: process.number,
                counted: false
            ))
    }

    private func poll(_ process: HostProcess) async {
        let now = clock.millis
        let results = process.results
        process.results = []
        let answers = process.answers
        process.answers = []
        let showsFailure = Dictionary(
            results.map { ($0.order.call.cluster, $0.showsFailure) }, uniquingKeysWith: { $0 || $1 })
        let failures = process.access.failures
        let refusals = database.refusals
        let givenUp = await process.monitor.settle(results)
        let counted: Bool? = process.access.failures == failures ? true : nil
        // What was refused is nobody's answer.
        if database.refusals == refusals {
            chronicle.answers += answers.map { answer in
                var answer = answer
                answer.counted = showsFailure[answer.cluster] == true ? nil : counted
                return answer
            }
        }
        for order in givenUp {
            guard let call = process.calls.removeValue(forKey: order.number), order.isPoll,
                let cluster = order.call.cluster
            else { continue }
            chronicle.answers.append(
                Chronicle.Answer(
                    cluster: cluster, kind: .failed, sentAt: call.sentAt, receivedAt: now, life: process.number,
                    counted: counted))
        }
        guard !process.access.hasCrashed else { return }
        noteWait(process)
        // It goes on once it knows what became of the commit.
        guard process.waitsUntil <= now else { return planPollTurn(process, at: process.waitsUntil) }
        for order in process.callsToMake() {
            chronicle.polls += 1
            watch.noteCall(order, process, hosts.compactMap(\.self), database, at: now)
            process.calls[order.number] = (order, now)
            let reply = api.answer(order, at: now)
            if case .log(.failure) = reply.outcome, let cluster = order.call.cluster {
                chronicle.failedLogs.insert(cluster)
            }
            agenda.add(
                .result(order, reply, sentAt: now, host: process.number, life: process.owner), at: now + reply.latency)
        }
        if !process.withheld.isEmpty { marks[.callWithheld, default: 0] += 1 }
        if !process.isFlushPlanned {
            process.isFlushPlanned = true
            agenda.add(.flush(host: process.number, life: process.owner), at: now + .minute)
        }
        if let wake = process.monitor.nextWake() { planPollTurn(process, at: process.clock.time(of: wake)) }
        if let woken = process.takeWoken() {
            process.outbox.wake(woken)
            process.notifying.noteEvents()
            planDeliveryTurn(process, at: now)
        }
        if process.isLeaving { planSharingTurn(process, at: now) }
    }

    private func deliver(_ process: HostProcess) async {
        let now = clock.millis
        let finished = process.finished
        process.finished = []
        await process.outbox.settle(finished)
        guard !process.access.hasCrashed else { return }
        noteWait(process)
        guard process.waitsUntil <= now else { return planDeliveryTurn(process, at: process.waitsUntil) }
        let (starts, areSomeWithheld) = await process.messagesToSend()
        guard !process.access.hasCrashed else { return }
        noteWait(process)
        for start in starts { await send(start, process) }
        if let wake = process.nextDeliveryWake() {
            let time = process.clock.time(of: wake)
            planDeliveryTurn(process, at: areSomeWithheld ? max(time, now + .second) : time)
        }
        if process.isLeaving { planSharingTurn(process, at: now) }
    }

    private func send(_ start: Start, _ process: HostProcess) async {
        let now = clock.millis
        watch.noteMessage(start, process, database, at: now)
        guard let settings = setup.targets[start.target], let attempt = await sender.attempt(start, to: settings) else {
            return
        }
        chronicle.attempts += 1
        process.sending.append(start)
        let latency = settings.kind == .systemd ? 0 : receivers.lastExchange().latency
        let finished = FinishedAttempt(
            start, startedAt: attempt.record.startedAt, duration: .milliseconds(latency),
            verdict: attempt.record.verdict)
        agenda.add(.attemptEnds(finished, host: process.number, life: process.owner), at: now + latency)
    }

    func planPollTurn(_ process: HostProcess, at time: Millis) {
        let time = max(time, clock.millis)
        if process.pollTurns.plan(at: time) {
            agenda.add(.pollTurn(host: process.number, life: process.owner), at: time)
        }
    }

    func planDeliveryTurn(_ process: HostProcess, at time: Millis) {
        let time = max(time, clock.millis)
        if process.deliveryTurns.plan(at: time) {
            agenda.add(.deliveryTurn(host: process.number, life: process.owner), at: time)
        }
    }

    func planSharingTurn(_ process: HostProcess, at time: Millis) {
        let time = max(time, clock.millis)
        if process.sharingTurns.plan(at: time) {
            agenda.add(.sharingTurn(host: process.number, life: process.owner), at: time)
        }
    }
}
