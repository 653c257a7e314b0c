import Model
import Monitor

/// Holds what a run left in its database and at its receivers against what the world was like.
struct Checks {
    let scenario: Scenario
    let chronicle: Chronicle
    let record: Record
    /// Also what the database knows nothing of, because a backup took its place.
    let everTaken: [VirtualReceivers.Taken]
    /// Without it.
    let taken: [VirtualReceivers.Taken]

    init(scenario: Scenario, chronicle: Chronicle, record: Record, everTaken: [VirtualReceivers.Taken]) {
        self.scenario = scenario
        self.chronicle = chronicle
        self.record = record
        self.everTaken = everTaken
        let lost = chronicle.restored?.lost
        taken = everTaken.filter { !(lost?.contains($0.at) ?? false) }
    }

    /// The longest exchange with the API.
    static let longestAnswer: Millis = 10 * .second
    private static let mostEventsADay = 150
    /// For rounding, turns, and waiting for the quota.
    static let slack: Millis = 10 * .minute

    /// - Returns: a sentence for each promise that was broken.
    func breaches() -> [String] {
        var breaches = chronicle.breaches
        if record.integrity != "ok" { breaches.append("integrity_check: \(record.integrity)") }
        for (index, event) in record.events.enumerated() where event.seq != Int64(index) + 1 {
            breaches.append("event \(event.seq) stands in the place of \(index + 1)")
        }
        if record.lastSeq != Int64(record.events.count) {
            breaches.append("the last number given is \(record.lastSeq), and there are \(record.events.count) events")
        }
        // The other checks find events by their numbers, and would take hours over a flood of them.
        guard breaches.isEmpty else { return breaches }
        let most = Self.mostEventsADay * Int(Scenario.length / .day)
        guard record.events.count <= most else { return ["\(record.events.count) events, which is a flood"] }
        breaches += historyBreaches() + silenceBreaches() + alertBreaches() + notifyingBreaches() + overdueBreaches()
        breaches += runBreaches() + hoursBreaches() + silencedBreaches() + summaryBreaches() + identityBreaches()
        return breaches
    }

    var settled: Millis { scenario.schedule.settled.millis }

    /// The interval that is promised for a cluster in this status.
    func interval(_ cluster: WatchedCluster, _ status: ClusterStatus?) -> Millis {
        if let status, status.isSettled || status.isGone { return settled }
        return (cluster.poll ?? scenario.schedule.running).millis
    }

    func silenceLimit(_ cluster: WatchedCluster, _ status: ClusterStatus?) -> Millis {
        max(scenario.schedule.failingAfter.millis, 5 * interval(cluster, status))
    }

    /// Whether nothing kept the daemon from seeing this cluster.
    func wasVisible(_ cluster: WatchedCluster, in span: Range<Millis>) -> Bool {
        chronicle.wasWell(span, in: scenario)
            && !scenario.apiFaults.contains { $0.concerns(cluster) && $0.span.overlaps(span) }
    }
}
