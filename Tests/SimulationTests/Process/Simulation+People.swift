import Daemon
import Model
import Store

/// What people do meanwhile.
extension Simulation {
    /// As the control socket does: over the daemon's own connection. Nobody answers while it is down.
    func begin(_ silence: SimulatedSilence) async {
        guard let process else { return }
        let now = clock.now().wall
        let length = Duration.milliseconds(silence.span.upperBound - silence.span.lowerBound)
        disk.begin(.people)
        let begun = try? await disk.perform { store in
            try store.addSilence(
                silence.matchers, until: now.advanced(by: length), comment: "simulated", author: "li", at: now)
        }
        if begun != nil { chronicle.silences += 1 }
        guard !disk.hasCrashed else { return }
        process.notifying.noteChange()
        planDeliveryTurn(process, at: clock.millis)
    }

    /// Somebody takes a part of what is open in hand.
    func acknowledge(_ share: Double) async {
        guard let process else { return }
        let now = clock.now().wall
        disk.begin(.people)
        let open = try? await disk.perform { try $0.loadOpenEvents(since: now.advanced(by: .seconds(-7 * 86_400))) }
        let events = (open ?? []).filter { $0.acknowledgement == nil && random.chance(share) }.map(\.event)
        guard !events.isEmpty, !disk.hasCrashed else { return }
        let names = events.map(\.id)
        let count = try? await disk.perform { try $0.acknowledge(names, by: "li", comment: nil, at: now).count }
        if count == names.count { chronicle.acknowledged += events.map(\.seq) }
        guard !disk.hasCrashed else { return }
        process.notifying.noteChange()
        planDeliveryTurn(process, at: clock.millis)
    }
}
