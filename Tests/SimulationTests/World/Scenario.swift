import Model
import Monitor

/// All that a run's seed decides before it begins: what is watched, how it lives, and what goes wrong when.
struct Scenario {
    static var length: Millis { Period.current.length }
    /// From here on nothing goes wrong any more, so that all that waits must come to its end.
    static var quietFrom: Millis { length - 14 * .hour }
    static var weeks: Int { max(1, Int(length / (7 * .day))) }

    let seed: UInt64
    let swarm: Swarm
    let schedule: ScheduleSettings
    let tasks: [SimulatedTask]
    let quotas: [AccountRegion: QuotaSettings]
    /// Of the accounts whose tasks are on the list of an instance, too.
    let lists: [SimulatedList]
    let apiFaults: [APIFault]
    let receiverFaults: [ReceiverFault]
    let diskFailures: [Range<Millis>]
    /// When the daemon is stopped cleanly, and started again.
    let stops: [Range<Millis>]
    /// When the database is put back from a backup; nil if it is not.
    let restore: SimulatedRestore?
    /// When the host's wall clock is set, and by how much it is ahead of the true time from then on.
    let clockSteps: [(at: Millis, ahead: Millis)]
    /// How long an alert for the target that fails is tried.
    let giveUpAfter: Duration
    /// When `steady` may be disturbed; nil is always.
    let hours: SimulatedHours?
    /// When `flaky` may be.
    let flakyHours: SimulatedHours?
    let silences: [SimulatedSilence]
    /// When somebody acknowledges, and which share of what is open.
    let acknowledgements: [(at: Millis, share: Double)]
    let remind: Duration
    let escalateAfter: Duration
    let summaryTime: SimulatedDaily
    /// How long a run of each task may take.
    let longestRuns: [ClusterID: Duration]

    /// How long it may take until the host that serves a target hears of an alert that another one has stored.
    let newsTakes: Millis

    /// - Parameter hasHosts: several hosts share a database, of which each fails in ways of its own: there is no disk that is
    ///   full, no daemon that everything stops with, and no clock of a host that matters.
    init(seed: UInt64, hasHosts: Bool = false) {
        self.seed = seed
        newsTakes = hasHosts ? HostsScenario.newsTakes : 0
        let swarm = Swarm(seed: seed)
        self.swarm = swarm
        var random = SeededRandom(seed: seed, stream: 1)
        let settled = random.pick([40, 60]) * Millis.minute
        let running = random.pick([5, 10]) * Millis.minute
        schedule = ScheduleSettings(
            running: .milliseconds(running), settled: .milliseconds(settled), jitter: 0.1,
            failingAfter: .milliseconds(random.pick([5, 20, 40]) * Millis.minute))
        let scopes = [
            AccountRegion(account: "default", region: "cn-beijing"),
            AccountRegion(account: "second", region: "cn-shanghai"),
        ]
        var tasks: [SimulatedTask] = []
        for (scope, count) in zip(scopes, swarm.tasks) {
            for number in 0..<count {
                let id = "pm-\(scope == scopes[0] ? "a" : "b")\(number)"
                let life = TaskLife(
                    description: "task \(id)", isPresent: !swarm.life.vanishes || random.chance(0.85),
                    swarm.life,
                    random: SeededRandom(seed: seed, stream: 100 + UInt64(tasks.count)))
                let cluster = WatchedCluster(
                    id: ClusterID(id), name: random.chance(0.5) ? "name of \(id)" : nil, scope: scope,
                    poll: tasks.isEmpty ? .seconds(60) : nil)
                tasks.append(SimulatedTask(cluster: cluster, phases: life.phases))
            }
        }
        self.tasks = tasks
        // Leases of several hosts last long: what is to be seen over a hand-over must come back slowly, too.
        let rates = hasHosts ? [2, 0.05, 0.003] : [2, 2, 0.05]
        let quota = QuotaSettings(callsPerSecond: random.pick(rates), burst: random.pick([5, 1]))
        quotas = [scopes[0]: quota]
        lists = SimulatedList.plan(seed: seed, quota.callsPerSecond < 1 ? [scopes[1]] : scopes)
        apiFaults = APIFault.plan(tasks, swarm, random: SeededRandom(seed: seed, stream: 2))
        receiverFaults = ReceiverFault.plan(swarm, random: SeededRandom(seed: seed, stream: 3))
        diskFailures = Self.windows(
            swarm.hasDiskFailures && !hasHosts ? 2 * Self.weeks : 0, of: (.minute)...(40 * .minute),
            random: SeededRandom(seed: seed, stream: 4))
        stops = Self.windows(
            swarm.hasStops && !hasHosts ? 3 * Self.weeks : 0, of: (5 * .second)...(8 * .hour),
            random: SeededRandom(seed: seed, stream: 5))
        restore = hasHosts ? nil : SimulatedRestore(seed: seed)
        // What happened when is known by the numbers of events, which are given again.
        clockSteps =
            swarm.hasClockSteps && !hasHosts && restore == nil
            ? Self.clockSteps(during: receiverFaults, SeededRandom(seed: seed, stream: 10)) : []
        giveUpAfter = random.pick([.seconds(72 * 3600), .seconds(20 * 3600)])
        var people = SeededRandom(seed: seed, stream: 11)
        hours = swarm.hasHours ? Self.hours(&people) : nil
        flakyHours = swarm.hasFlakyHours ? Self.hours(&people) : nil
        silences = swarm.hasSilences ? Self.silences(&people) : []
        acknowledgements = (0..<(swarm.hasAcknowledgements ? 12 : 0) * Self.weeks).map { _ in
            (people.millis(0...Self.quietFrom), people.pick([0.3, 1]))
        }
        remind = people.pick([.seconds(3600), .seconds(4 * 3600)])
        escalateAfter = people.pick([.seconds(1800), .seconds(2 * 3600)])
        summaryTime = SimulatedDaily(
            zone: Period.current.place, time: people.pick(["08:30", "17:05", "00:10", "01:45", "02:00", "02:30"]))
        var limits = SeededRandom(seed: seed, stream: 12)
        longestRuns = Dictionary(
            uniqueKeysWithValues: tasks.map {
                ($0.cluster.id, .milliseconds(limits.pick([20, 60, 150] as [Millis]) * .minute))
            })
    }

    var scopes: [AccountRegion] { Array(Set(tasks.map(\.cluster.scope))).sorted { $0.account < $1.account } }

    func isListed(_ scope: AccountRegion) -> Bool { lists.contains { $0.key.scope == scope } }

    func tasks(in scope: AccountRegion) -> [SimulatedTask] {
        tasks.filter { $0.cluster.scope == scope }
    }

    /// A few times; half of them while a receiver asks for pauses, if one does.
    private static func clockSteps(
        during faults: [ReceiverFault], _ random: SeededRandom
    ) -> [(at: Millis, ahead: Millis)] {
        var random = random
        let sizes = [.second, 5 * .minute, 3 * .hour, 4 * .day] as [Millis]
        let slot = quietFrom / 3
        return (0..<3).map { number in
            let size = random.pick(sizes)
            let begin = slot * Millis(number)
            let at = begin + random.millis(0...(20 * .hour))
            let ahead = random.chance(0.5) ? size : -size
            let pauses = faults.filter { fault in
                fault.kind == .busy && fault.span.lowerBound >= begin && fault.span.upperBound < begin + slot
            }
            guard !pauses.isEmpty, random.chance(0.5) else { return (at, ahead) }
            let span = random.pick(pauses).span
            return (random.millis(span.lowerBound...span.upperBound), ahead)
        }
    }

    private static func windows(
        _ most: Int, of length: ClosedRange<Millis>, random: SeededRandom
    ) -> [Range<Millis>] {
        var random = random
        let slot = quietFrom / Millis(max(1, most))
        return (0..<Millis(most)).compactMap { number in
            guard random.chance(0.6) else { return nil }
            let start = number * slot + random.millis(0...(slot - length.upperBound - .hour))
            return start..<(start + random.millis(length))
        }
    }
}
