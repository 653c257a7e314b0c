import Daemon
import Model
import Store

/// What people do, from any host that reaches the database.
extension HostsSimulation {
    private var anyHost: HostProcess? {
        hosts.compactMap(\.self).first { $0.frozenUntil <= clock.millis && !isCutOff($0.number) }
    }

    func begin(_ silence: SimulatedSilence) async {
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

    func acknowledge(_ share: Double) async {
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
}
