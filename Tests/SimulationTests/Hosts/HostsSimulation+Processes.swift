import Model
import Sharing

/// How processes begin and end, and what goes wrong with them.
extension HostsSimulation {
    func start(_ host: Int) throws {
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

    func begin(_ fault: HostsScenario.Fault, _ host: Int, _ length: Millis) {
        let now = clock.millis
        let end = now + length
        switch fault {
        case .databaseAway:
            awayUntil = max(awayUntil, end)
            marks[.databaseAwayForAll, default: 0] += 1
            for process in hosts.compactMap(\.self) { process.troubledUntil = max(process.troubledUntil, end) }
            watch.noteOutage()
        case .allCrash: for host in hosts.indices { die(host) }
        case .crash: die(host)
        case .freeze, .cut, .stop:
            guard let process = hosts[host], !process.isStopping else { return }
            watch.noteFault(of: process, fault, at: now, database)
            if fault == .stop {
                process.isStopping = true
                process.keeper.stop(at: process.clock.now().monotonic)
                planSharingTurn(process, at: now)
                // As systemd does to one that does not end.
                agenda.add(.die(host: host, life: process.owner), at: now + 10 * .minute)
            } else {
                process.troubledUntil = max(process.troubledUntil, end)
                if fault == .cut { cutUntil[host] = max(cutUntil[host], end) }
                if fault == .freeze { process.frozenUntil = max(process.frozenUntil, end) }
            }
        }
    }
}
