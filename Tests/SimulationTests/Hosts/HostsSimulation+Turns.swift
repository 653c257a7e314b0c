import Alerts
import Daemon
import Model
import Monitor
import Sharing

/// The turns of the loops of polling and of delivery.
extension HostsSimulation {
    func note(_ order: PollOrder, _ reply: VirtualAPI.Reply, _ sentAt: Millis, _ process: HostProcess) {
        // The result of one that was cut off, or given up, is ignored.
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

    func poll(_ process: HostProcess) async {
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
            chronicle.note(reply, to: order, at: now)
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

    func deliver(_ process: HostProcess) async {
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
