import Daemon
import Model
import Monitor

/// How a process of the daemon begins and ends.
extension Simulation {
    func start() async {
        let now = clock.millis
        life += 1
        do {
            let process = try await DaemonProcess(
                scenario, setup: setup, disk: disk, clock: clock, life: UInt64(life))
            self.process = process
            chronicle.lives.append(Chronicle.Life(start: now, end: .max))
            planPollTurn(process, at: now)
            planDeliveryTurn(process, at: now)
        } catch {
            // As systemd does.
            agenda.add(.start, at: now + 5 * .second)
        }
    }

    func die(_ process: DaemonProcess) throws {
        chronicle.crashes += 1
        if let start = chronicle.lives.last?.start, clock.millis - start < .minute, chronicle.crashes > 1 {
            ownMarks.note(.crashSoonAfterCrash)
        }
        endLife()
        passUnseenTime()
        // A new process over the same connection costs nothing; one over the abandoned files is the real thing.
        if random.chance(0.4) {
            ownMarks.note(.filesLeftBehind)
            try disk.abandon()
        }
        let down = random.chance(0.8) ? 5 * Millis.second : random.millis(.minute...(6 * .hour))
        agenda.add(.start, at: min(clock.millis + down, Scenario.quietFrom))
    }

    func endLife() {
        if process != nil, let last = chronicle.lives.indices.last { chronicle.lives[last].end = clock.millis }
        process = nil
        underWay = [:]
        waits = []
        blockedUntil.merge(unstored) { $1 }
        unstored = [:]
        sending = 0
    }

    /// What may come between sending and storing what became of it.
    func disturb(during attempt: Range<Millis>) {
        let time = random.millis(attempt.lowerBound...attempt.upperBound)
        if random.chance(scenario.swarm.deathRate) {
            agenda.add(.die(life: life), at: time)
        } else if scenario.swarm.hasStops, random.chance(0.005) {
            agenda.add(.stop(until: time + random.millis(.second...(10 * .minute))), at: time)
        } else if scenario.swarm.hasDiskFailures, random.chance(0.005),
            !chronicle.diskFailures.contains(where: { $0.upperBound > time && $0.lowerBound < time + 30 * .minute })
        {
            let failure = time..<(time + random.millis(.second...(20 * .minute)))
            chronicle.diskFailures.append(failure)
            agenda.add(.disk(isFailing: true), at: failure.lowerBound)
            agenda.add(.disk(isFailing: false), at: failure.upperBound)
        }
    }

    func noteStep(to ahead: Millis) {
        let before = clock.now().wall.milliseconds - clock.millis.timestamp.milliseconds
        let isBack = ahead < before
        unseenStep += ahead - before
        if process == nil { passUnseenTime() }
        if blockedUntil.values.contains(where: { $0 > clock.millis }) {
            ownMarks.note(isBack ? .clockBackWithPause : .clockForwardWithPause)
        }
        if disk.holdsAlerts { ownMarks.note(isBack ? .clockBackWithHolds : .clockForwardWithHolds) }
    }

    /// Nobody was there to notice that the clock was set forward, or died before that could be stored: by the only clock there
    /// is, so much of each pause has passed.
    private func passUnseenTime() {
        if unseenStep > 0 { blockedUntil = blockedUntil.mapValues { $0 - unseenStep } }
        unseenStep = 0
    }

    /// Calls that did not end in time are answers that failed.
    func noteGivenUp(_ orders: [PollOrder], counted: Bool?) {
        for order in orders {
            guard let sentAt = underWay.removeValue(forKey: order.number), order.isPoll,
                let cluster = order.call.cluster
            else { continue }
            chronicle.answers.append(
                Chronicle.Answer(
                    cluster: cluster, kind: .failed, sentAt: sentAt, receivedAt: clock.millis, life: life,
                    counted: counted))
        }
    }

    /// Notes of the latest answers whether they counted.
    func note(_ counted: [Bool?]) {
        for (index, counted) in zip(chronicle.answers.indices.suffix(counted.count), counted) {
            chronicle.answers[index].counted = counted
        }
    }
}

extension PollOrder {
    /// Whether it asks for a task's status.
    var isPoll: Bool {
        if case .describeTask = call { true } else { false }
    }
}

extension PollResult {
    var showsFailure: Bool {
        if case .task(.answer(let observation)) = outcome { observation.status.isFailed } else { false }
    }
}
