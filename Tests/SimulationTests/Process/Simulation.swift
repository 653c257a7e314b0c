import Alerts
import Daemon
import Model
import Monitor
import Store
import Synchronization
import TestSupport

/// One run: virtual days or weeks of one daemon, its crashes, and the world around it.
final class Simulation {
    enum Action {
        case start
        case stop(until: Millis)
        case disk(isFailing: Bool)
        case silence(SimulatedSilence)
        case acknowledge(share: Double)
        case clock(ahead: Millis)
        case backup
        case restore(SimulatedRestore)
        case restart(life: Int)
        case die(life: Int)
        case pollTurn(life: Int)
        case result(PollOrder, VirtualAPI.Reply, sentAt: Millis, life: Int)
        case flush(life: Int)
        case deliveryTurn(life: Int)
        case attemptEnds(FinishedAttempt, retryAfter: Millis?, life: Int)
    }

    let scenario: Scenario
    let receivers: VirtualReceivers
    var chronicle = Chronicle()
    let clock = VirtualClock()
    let disk: SimulatedDisk
    let setup: Setup
    private let sender: Sender
    private var api: VirtualAPI
    var random: SeededRandom
    var agenda = Agenda<Action>()
    var process: DaemonProcess?
    var life = 0
    /// When the calls of this life that are under way were made, by the numbers of their orders.
    var underWay: [UInt64: Millis] = [:]
    /// By target: nothing may be sent before.
    var blockedUntil: [String: Millis] = [:]
    /// By target: what stood there before something that the disk has not taken yet. It is all that a next life can know.
    var unstored: [String: Millis] = [:]
    /// By how much the clock was set forward since the last turn of the deliveries, which notices it.
    var unseenStep: Millis = 0
    private var actionsAtOnce = 0
    var waits: [(target: String, until: Millis)] = []
    private var actions = 0
    /// Attempts of this life that are under way.
    var sending = 0
    /// What is known of the backup that was made.
    var backup: Backup?
    var ownMarks = Marks()

    init(seed: UInt64, folder: TemporaryFolder) throws {
        scenario = Scenario(seed: seed)
        setup = try Setup(scenario)
        receivers = VirtualReceivers(scenario, clock: clock)
        disk = SimulatedDisk(scenario, folder: folder, clock: clock)
        api = VirtualAPI(scenario)
        random = SeededRandom(seed: seed, stream: 9)
        sender = Sender(client: receivers, read: Setup.read, now: { [clock] in clock.now().wall })
    }

    /// What the run was like, as far as its end does not show it.
    var marks: Marks { ownMarks.adding(disk.marks).adding(api.marks) }

    /// - Returns: the path of the database, closed.
    func run() async throws -> String {
        agenda.add(.start, at: 0)
        chronicle.diskFailures = scenario.diskFailures
        for stop in scenario.stops { agenda.add(.stop(until: stop.upperBound), at: stop.lowerBound) }
        for failure in scenario.diskFailures {
            agenda.add(.disk(isFailing: true), at: failure.lowerBound)
            agenda.add(.disk(isFailing: false), at: failure.upperBound)
        }
        for silence in scenario.silences { agenda.add(.silence(silence), at: silence.span.lowerBound) }
        for ack in scenario.acknowledgements { agenda.add(.acknowledge(share: ack.share), at: ack.at) }
        for step in scenario.clockSteps { agenda.add(.clock(ahead: step.ahead), at: step.at) }
        if let restore = scenario.restore {
            agenda.add(.backup, at: restore.backupAt)
            agenda.add(.restore(restore), at: restore.at)
        }
        while let (time, action) = agenda.popFirst(), time <= Scenario.length {
            try count(action, at: time)
            clock.set(time)
            try await carryOut(action)
            if let trouble = disk.trouble {
                throw Chronicle.Breach(description: "seed \(scenario.seed): the database refuses a write: \(trouble)")
            }
            if let process, disk.hasCrashed { try die(process) }
        }
        clock.set(Scenario.length)
        endLife()
        try disk.close()
        return disk.path
    }

    private static let mostActionsADay = 10_000
    private static let mostAttemptsADay = 500

    /// A loop that wakes and wakes without anything to do would burn a processor in real life.
    private func count(_ action: Action, at time: Millis) throws {
        actions += 1
        let days = Int(Scenario.length / .day)
        guard actions < Self.mostActionsADay * days, chronicle.attempts < Self.mostAttemptsADay * days else {
            throw Chronicle.Breach(description: "seed \(scenario.seed) is busy without an end at \(time): \(action)")
        }
        actionsAtOnce = time == clock.millis ? actionsAtOnce + 1 : 0
        guard actionsAtOnce < 1000 else {
            throw Chronicle.Breach(description: "seed \(scenario.seed) goes round and round at \(time): \(action)")
        }
    }

    private func carryOut(_ action: Action) async throws {
        let now = clock.millis
        switch action {
        case .start:
            if process == nil { await start() }
        case .stop(let until):
            guard let process else { return }
            // A clean stop: what is under way is cut off, poll times are written, the database is closed.
            if sending > 0 { ownMarks.note(.stopWhileSending) }
            disk.begin(.times)
            await process.monitor.flushPollTimes()
            guard !disk.hasCrashed else { return }
            endLife()
            try disk.close()
            agenda.add(.start, at: until)
        case .disk(let isFailing):
            disk.setFailing(isFailing)
            // A process may end while it cannot write, too.
            if isFailing, random.chance(scenario.swarm.deathRate * 5) {
                agenda.add(.die(life: life), at: now + random.millis(.second...(.minute)))
            }
        case .silence(let silence):
            await begin(silence)
        case .acknowledge(let share):
            await acknowledge(share)
        case .clock(let ahead):
            chronicle.clockSteps.append(Chronicle.ClockStep(lastSeq: try disk.lastSeq(), ahead: ahead))
            noteStep(to: ahead)
            clock.setAhead(ahead)
            // The loop looks at the clock every few seconds.
            if let process { planDeliveryTurn(process, at: now + random.millis(0...(5 * .second))) }
        case .backup: try makeBackup()
        case .restore(let restore): try await putBack(restore)
        case .restart(let life):
            guard process != nil, life == self.life else { return }
            endLife()
            try disk.close()
            agenda.add(.start, at: now + 5 * .second)
        case .die(let life):
            guard let process, life == self.life else { return }
            if sending > 0 { ownMarks.note(.deathWhileSending) }
            try die(process)
        case .pollTurn(let life):
            if let process, life == self.life { await pollTurn(process) }
        case .result(let order, let reply, let sentAt, let life):
            guard let process, life == self.life else { return }
            process.results.append(PollResult(order, outcome: reply.outcome, at: clock.now()))
            planPollTurn(process, at: now)
            // The result of a call that was given up is ignored.
            guard underWay.removeValue(forKey: order.number) != nil else {
                return ownMarks.note(.answerAfterItsCallWasGivenUp)
            }
            guard case .describeTask(let cluster, _) = order.call, let kind = reply.kind else { return }
            chronicle.answers.append(
                Chronicle.Answer(
                    cluster: cluster, kind: kind, sentAt: sentAt, receivedAt: now, life: life,
                    counted: false))
        case .flush(let life):
            guard let process, life == self.life else { return }
            process.isFlushPlanned = false
            disk.begin(.times)
            await process.monitor.flushPollTimes()
        case .deliveryTurn(let life):
            if let process, life == self.life { await deliveryTurn(process) }
        case .attemptEnds(let attempt, let retryAfter, let life):
            guard let process, life == self.life else { return }
            process.finished.append(attempt)
            sending -= 1
            if let retryAfter { waits.append((attempt.start.target, now + retryAfter)) }
            planDeliveryTurn(process, at: now)
        }
    }

    // MARK: - Turns

    private func pollTurn(_ process: DaemonProcess) async {
        let now = clock.millis
        guard process.pollTurns.isDue(at: now) else { return }
        let results = process.results
        process.results = []
        let failures = disk.failures
        disk.begin(.recording)
        let polls = results.filter { $0.order.isPoll && process.isAwaited($0.order) }
        let givenUp = await process.monitor.settle(results)
        let counted: Bool? = disk.failures == failures ? true : nil
        // A failure may wait for its log: whether its answer counts is decided later.
        note(polls.map { $0.showsFailure ? nil : counted })
        noteGivenUp(givenUp, counted: counted)
        process.forget(results.map(\.order) + givenUp)
        guard !disk.hasCrashed else { return }
        for order in process.monitor.takeDue() {
            chronicle.polls += 1
            underWay[order.number] = now
            process.awaited.insert(order.number)
            let reply = api.answer(order, at: now)
            chronicle.note(reply, to: order, at: now)
            agenda.add(.result(order, reply, sentAt: now, life: life), at: now + reply.latency)
        }
        if !process.isFlushPlanned {
            process.isFlushPlanned = true
            agenda.add(.flush(life: life), at: now + 10 * .minute)
        }
        if let wake = process.monitor.nextWake() { planPollTurn(process, at: Self.millis(wake)) }
        let woken = process.takeWoken()
        if let woken {
            process.outbox.wake(woken)
            process.notifying.noteEvents()
            planDeliveryTurn(process, at: now)
        }
    }

    private func deliveryTurn(_ process: DaemonProcess) async {
        let now = clock.millis
        guard process.deliveryTurns.isDue(at: now) else { return }
        let finished = process.finished
        process.finished = []
        disk.begin(.settling)
        await process.outbox.settle(finished)
        if !finished.isEmpty, disk.hasCrashed { ownMarks.note(.crashBetweenSendingAndSettlement) }
        guard !disk.hasCrashed else { return }
        // What a receiver asked for holds from the moment its answer was read.
        if !disk.isFailing { unstored = [:] }
        for wait in waits {
            if disk.isFailing, unstored[wait.target] == nil { unstored[wait.target] = blockedUntil[wait.target] ?? 0 }
            blockedUntil[wait.target] = max(blockedUntil[wait.target] ?? 0, wait.until)
        }
        waits = []
        for start in await process.takeDue() { await send(start, process) }
        guard !disk.hasCrashed else { return }
        if !disk.isFailing { unseenStep = 0 }
        if let wake = process.nextDeliveryWake() { planDeliveryTurn(process, at: Self.millis(wake)) }
    }

    private func send(_ start: Start, _ process: DaemonProcess) async {
        let now = clock.millis
        // Steps of the wall clock by seconds pass for its drift.
        let drift = scenario.clockSteps.isEmpty ? 0 : 2 * Millis.second
        if let until = blockedUntil[start.target], now + drift < until {
            chronicle.breaches.append(
                "\(start.message.id) went to \(start.target) at \(now), which was to be left alone until \(until)")
        }
        guard let settings = setup.targets[start.target], let attempt = await sender.attempt(start, to: settings) else {
            return
        }
        chronicle.attempts += 1
        sending += 1
        let (latency, retryAfter) = settings.kind == .systemd ? (0, nil) : receivers.lastExchange()
        let finished = FinishedAttempt(
            start, startedAt: attempt.record.startedAt, duration: .milliseconds(latency),
            verdict: attempt.record.verdict)
        agenda.add(.attemptEnds(finished, retryAfter: retryAfter, life: life), at: now + latency)
        if now < Scenario.quietFrom - .day { disturb(during: now..<(now + max(latency, 2))) }
    }

    func planPollTurn(_ process: DaemonProcess, at time: Millis) {
        if process.pollTurns.plan(at: time) { agenda.add(.pollTurn(life: life), at: time) }
    }

    func planDeliveryTurn(_ process: DaemonProcess, at time: Millis) {
        if process.deliveryTurns.plan(at: time) { agenda.add(.deliveryTurn(life: life), at: time) }
    }

    /// Rounded up, so that a turn never comes too early.
    private static func millis(_ instant: MonotonicInstant) -> Millis {
        (instant.nanoseconds + 999_999) / 1_000_000 - 5_000_000
    }
}
