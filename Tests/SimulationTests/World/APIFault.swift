import Model
import Monitor

/// A span of time in which the virtual API does not answer as it should, for one cluster or for a whole account.
struct APIFault {
    enum Kind: CaseIterable {
        case server, timeout, malformed, network, tls, credentials, permission, unknownCode
        /// "No such cluster"; for an account: for every cluster of it, as with a wrong region.
        case notFound
        case throttled
        /// Two calls a minute are granted, the others throttled.
        case scarce
        /// No call ends, or only when nobody waits for it any more.
        case hanging
        /// Now this, now that, now a good answer.
        case flapping
    }

    let scope: AccountRegion
    /// Nil: the whole account.
    let cluster: ClusterID?
    let kind: Kind
    let span: Range<Millis>

    func concerns(_ task: WatchedCluster) -> Bool {
        scope == task.scope && (cluster == nil || cluster == task.id)
    }

    /// No answer is a good one.
    var isTotal: Bool { kind != .flapping && kind != .throttled && kind != .scarce }

    /// Faults of one account never touch one another: each has a slot of time of its own.
    static func plan(_ tasks: [SimulatedTask], _ swarm: Swarm, random: SeededRandom) -> [APIFault] {
        guard !swarm.apiFaults.isEmpty else { return [] }
        var random = random
        var faults: [APIFault] = []
        let slot = 14 * Millis.hour
        for scope in Set(tasks.map(\.cluster.scope)).sorted(by: { $0.account < $1.account }) {
            let clusters = tasks.map(\.cluster).filter { $0.scope == scope }
            for start in stride(from: Millis.hour, to: Scenario.quietFrom - slot, by: Int(slot)) {
                guard random.chance(swarm.apiFaultShare) else { continue }
                let from = start + random.millis(0...(3 * .hour))
                let span = from..<(from + random.millis((30 * .second)...(8 * .hour)))
                let cluster = random.chance(0.5) ? nil : random.pick(clusters).id
                let usual = [.notFound, .flapping, .malformed].filter(swarm.apiFaults.contains)
                let kind = random.pick(
                    cluster == nil || usual.isEmpty || random.chance(0.7) ? swarm.apiFaults : usual)
                faults.append(APIFault(scope: scope, cluster: cluster, kind: kind, span: span))
            }
        }
        return faults
    }
}
