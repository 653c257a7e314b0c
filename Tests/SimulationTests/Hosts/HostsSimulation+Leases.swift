import Alerts
import Daemon
import Model
import Monitor
import Sharing

/// How leases are asked for, taken and given back.
extension HostsSimulation {
    // MARK: - Questions

    func planLease(_ process: HostProcess, at time: Millis) {
        let time = max(time, clock.millis)
        if process.leaseTurns.plan(at: time) {
            agenda.add(.lease(host: process.number, life: process.owner), at: time)
        }
    }

    func askForLeases(_ process: HostProcess) {
        let now = clock.millis
        guard !process.isAsking else { return }
        if process.needsConnection {
            guard !isCutOff(process.number) else { return planLease(process, at: now + HostsScenario.pause) }
            process.needsConnection = false
            process.keeper.connected(at: process.clock.now().monotonic)
        }
        let due = process.keeper.due(at: process.clock.now().monotonic)
        guard !due.isNothing else { return planNextLease(process) }
        let question = Question(
            life: process.owner, due: due, named: process.keeper.named, tokens: process.tokens, sentAt: now,
            // As long there as back, so that the clock is known well.
            latency: random.millis(1...100))
        process.isAsking = true
        agenda.add(.leaseArrives(question, host: process.number), at: now + question.latency)
    }

    /// What reaches the database is done there, whatever has become of its host.
    func arrive(_ question: Question, _ host: Int) throws {
        let now = clock.millis
        guard !isCutOff(host) else {
            // After the limit of a statement.
            let limit = Millis(2 * HostsScenario.factor) * .second
            return agenda.add(.leaseFails(host: host, life: question.life), at: now + limit)
        }
        var confirmed: Set<Share> = []
        if let leases = question.due.renew {
            for share in leases.keys where database.rows[share].map({ $0.expires < now }) ?? false {
                if database.rows[share]?.owner == question.life { marks[.renewedAfterItRanOut, default: 0] += 1 }
            }
            database.beat(question.life, question.named, at: now)
            confirmed = database.renew(leases, question.life, at: now)
        }
        if !question.due.giveBack.isEmpty {
            database.giveBack(question.due.giveBack, tokens: question.tokens, question.life)
        }
        let answer = Answer(
            confirmed: confirmed, view: database.view(at: now), changes: try database.changes(), at: now)
        agenda.add(.leaseAnswer(question, answer, host: host), at: now + question.latency)
    }

    func take(_ question: Question, _ answer: Answer, _ process: HostProcess) {
        let now = clock.millis
        guard !isCutOff(process.number) else {
            marks[.renewalArrivesAnswerLost, default: 0] += 1
            return agenda.add(
                .leaseFails(host: process.number, life: process.owner),
                at: now + Millis(2 * HostsScenario.factor) * .second)
        }
        process.isAsking = false
        let moment = process.clock.now().monotonic
        process.clock.measured(answer.at.timestamp, sent: question.sentAt, received: now)
        let sent = process.clock.monotonic(at: question.sentAt)
        for share in question.due.giveBack.keys { process.tokens[share] = nil }
        process.keeper.gaveBack(question.due.giveBack.keys)
        if let asked = question.due.renew {
            let lost = process.keeper.renewed(asked, confirmed: answer.confirmed, sent: sent, using: &process.random)
            watch.noteLost(lost, process, at: now)
            watch.noteServed(answer.confirmed)
        }
        if question.due.look {
            let picks = process.keeper.picks(answer.view, at: moment, using: &process.random)
            if !picks.isEmpty {
                let grants = database.take(picks, process.owner, at: now)
                process.keeper.took(grants, sent: moment)
                for grant in grants { noteTaken(grant.share, answer.view.leases[grant.share]?.owner, process) }
            }
        }
        if process.note(answer.changes) { planDeliveryTurn(process, at: now) }
        planSharingTurn(process, at: now)
        if process.keeper.isFinished {
            database.leave(process.owner)
            collect(process)
            hosts[process.number] = nil
            return agenda.add(.start(host: process.number), at: now + random.millis(.second...(.minute)))
        }
        planNextLease(process)
    }

    private func planNextLease(_ process: HostProcess) {
        let now = clock.millis
        let next = process.keeper.nextTurn.map { process.clock.time(of: $0) } ?? now + .second
        let isUrgent = !process.keeper.due(at: process.clock.now().monotonic).giveBack.isEmpty
        planLease(process, at: isUrgent ? now + 1 : max(next, now + 100))
    }

    private func noteTaken(_ share: Share, _ before: String?, _ process: HostProcess) {
        guard let before, before != process.owner else {
            if before == nil { marks[.handOver, default: 0] += 1 }
            return
        }
        let now = clock.millis
        guard let old = hosts.compactMap(\.self).first(where: { $0.owner == before }) else {
            marks[.takeOverAfterCrash, default: 0] += 1
            return
        }
        if old.frozenUntil > now { marks[.takeOverAfterFreeze, default: 0] += 1 }
        if isCutOff(old.number) { marks[.takeOverAfterCut, default: 0] += 1 }
        if old.waitsUntil > now { marks[.takeOverWithCommitUnanswered, default: 0] += 1 }
        switch share {
        case .scope(let scope):
            if old.calls.values.contains(where: { $0.order.scope == scope }) {
                marks[.takeOverWithCallUnderWay, default: 0] += 1
            }
            let faults = scenario.world.apiFaults.filter { $0.scope == scope && $0.span.contains(now) }
            if faults.contains(where: { $0.cluster == nil }) { marks[.takeOverWhileAccountFails, default: 0] += 1 }
        case .targets(let name):
            if old.sending.contains(where: { $0.target == name }) {
                marks[.takeOverWithMessageUnderWay, default: 0] += 1
            }
        case .upkeep: break
        }
    }

    // MARK: - Sharing

    func share(_ process: HostProcess) async {
        let now = clock.millis
        let patience = Millis(12 * HostsScenario.factor) * .second
        let steps = await process.share(patience, at: now)
        guard !process.access.hasCrashed else { return }
        noteWait(process)
        for share in steps.begun {
            watch.noteBegun(share, process, at: now)
            if case .scope(let scope) = share { chronicle.tenures[scope, default: []].append(now) }
        }
        for share in steps.leaves.subtracting(steps.left) {
            if case .scope = share { marks[.handOverWaitsForCall, default: 0] += 1 }
            if case .targets = share { marks[.handOverWaitsForMessage, default: 0] += 1 }
        }
        if steps.wasCut, !steps.left.isEmpty { marks[.handOverCutOff, default: 0] += 1 }
        if !steps.begun.isEmpty || !steps.lost.isEmpty || !steps.left.isEmpty {
            planPollTurn(process, at: now)
            planDeliveryTurn(process, at: now)
        }
        if !steps.left.isEmpty || process.isStopping { planLease(process, at: now) }
        // What was lost may have been given anew, and what is finished may be given back.
        let looksAgain = !steps.lost.isEmpty || process.isLeaving
        let soonest = [process.nextChange, looksAgain ? now + .second : nil].compactMap(\.self).min()
        if let soonest { planSharingTurn(process, at: soonest) }
    }
}
