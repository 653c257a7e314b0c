import Model
import Monitor
import TestSupport

/// How long it takes until the end of a training is known, in virtual time, with more trainings than the quota can poll
/// as often as it should.
package struct DetectionTrial: Sendable {
    /// Who chooses the calls.
    package enum Way: String, CaseIterable, Sendable {
        /// Each task in turn, and nothing else: what everything is measured against.
        case roundRobin = "round robin"
        /// The monitor, if the list of their instance contains statuses.
        case listed = "lists with statuses"
        /// The monitor, by the ends it expects.
        case expected = "expected ends"
    }

    package var tasks = 1000
    package var callsPerSecond = 2.0
    /// The share of runs that fail at a time that cannot be predicted.
    package var failing = 0.05
    package var seed: UInt64 = 1

    package init() {}

    /// The ends that are measured begin when what is known of the runs has settled.
    private static let warmUp = 2 * 3600.0
    private static let measured = 3600.0
    /// So long after it everything that ended must be known.
    private static let patience = 1800.0
    /// The trainings end, one like the other, within so long from the warm-up's end: most go on all the time.
    private static let spread = 6 * 3600.0
    private static let callTime = 0.2

    package func run(_ way: Way) -> DetectionFigures {
        let world = TrialWorld(
            tasks: tasks, ends: Self.warmUp...(Self.warmUp + Self.spread), failing: failing, seed: seed)
        var figures = way == .roundRobin ? roundRobin(world) : monitored(world, way)
        let ended = world.tasks.filter { (Self.warmUp...(Self.warmUp + Self.measured)).contains($0.end) }
        for task in ended {
            // Never seen counts as long as it was waited for.
            let seen = figures.seen[task.id] ?? Self.warmUp + Self.measured + Self.patience
            if task.fails {
                figures.failures.append(seen - task.end)
            } else {
                figures.completions.append(seen - task.end)
            }
        }
        return figures
    }

    private func roundRobin(_ world: TrialWorld) -> DetectionFigures {
        var figures = DetectionFigures()
        let last = Self.warmUp + Self.measured + Self.patience
        var call = 0
        while Double(call) / callsPerSecond < last {
            let sent = Double(call) / callsPerSecond
            let task = world.tasks[call % world.tasks.count]
            if figures.seen[task.id] == nil, task.status(at: sent).isSettled {
                figures.seen[task.id] = sent + Self.callTime
            }
            count(.describeTask(task.id, known: nil), at: sent, in: &figures)
            call += 1
        }
        return figures
    }

    private func count(_ call: PollCall, at time: Double, in figures: inout DetectionFigures) {
        guard (Self.warmUp...(Self.warmUp + Self.measured)).contains(time) else { return }
        switch call {
        case .describeTask: figures.polls += 1
        case .listTasks: figures.pages += 1
        case .readProgress: figures.readings += 1
        case .readLog: figures.logs += 1
        }
    }

    private func monitored(_ world: TrialWorld, _ way: Way) -> DetectionFigures {
        let scope = AccountRegion(account: "default", region: "cn-beijing")
        let instance = WatchedInstance(key: InstanceKey(id: "pc-trial", scope: scope))
        let settings = MonitorSettings(
            clusters: way == .listed ? [] : world.tasks.map { WatchedCluster(id: $0.id, scope: scope) },
            instances: way == .listed ? [instance] : [],
            quotas: [scope: QuotaSettings(callsPerSecond: callsPerSecond, burst: 5)])
        var random = SeededGenerator(seed: seed &+ 1)
        var now = Moment(monotonic: MonotonicInstant(nanoseconds: 0), wall: TrialWorld.begin)
        var monitor = TaskMonitor(settings, at: now)
        var figures = DetectionFigures()
        var underWay: [(at: Double, result: PollResult)] = []
        func seconds(_ instant: MonotonicInstant) -> Double { Double(instant.nanoseconds) / 1e9 }
        let last = Self.warmUp + Self.measured + Self.patience

        while seconds(now.monotonic) < last {
            let time = seconds(now.monotonic)
            // No call of this world is late; asked all the same, as whoever drives a monitor must.
            let overdue = monitor.overdueCalls(at: now)
            let arrived = underWay.filter { $0.at <= time }
            if !arrived.isEmpty || !overdue.isEmpty {
                underWay.removeAll { $0.at <= time }
                let results = arrived.map { PollResult($0.result.order, outcome: $0.result.outcome, at: now) } + overdue
                let decision = monitor.decide(results, using: &random)
                _ = monitor.noteCalls(of: decision, at: now.monotonic)
                for event in decision.events where event.to?.isSettled ?? false {
                    if let cluster = event.cluster, figures.seen[cluster] == nil { figures.seen[cluster] = time }
                }
                monitor.apply(decision, at: now.monotonic)
            }
            for order in monitor.takeDue(at: now.monotonic) {
                count(order.call, at: time, in: &figures)
                underWay.append(
                    (time + Self.callTime, PollResult(order, outcome: answer(order.call, world, at: time), at: now)))
            }
            let next = min(
                underWay.first?.at ?? last, monitor.nextWake(after: now.monotonic).map(seconds) ?? last, last)
            // A nanosecond at least: times are counted in them.
            let instant = MonotonicInstant(
                nanoseconds: max(now.monotonic.nanoseconds + 1, Int64((next * 1e9).rounded(.up))))
            now = Moment(monotonic: instant, wall: TrialWorld.time(seconds(instant)))
        }
        return figures
    }

    private func answer(_ call: PollCall, _ world: TrialWorld, at time: Double) -> CallOutcome {
        switch call {
        case .listTasks(_, let page): return .list(.success(world.page(page, at: time)))
        case .describeTask(let id, let known):
            guard let index = world.indexOfTask[id] else { break }
            return .task(world.observation(world.tasks[index], at: time, known: known))
        case .readProgress(let id, _, _):
            guard let index = world.indexOfTask[id] else { break }
            return .progress(.success(world.reading(world.tasks[index], at: time)))
        case .readLog: return .log(.success([]))
        }
        return .failed(PollFailure(reason: .unknown, message: "no such task"), call)
    }
}

/// What a trial measured. Latencies are seconds from the end of a run until it was known.
package struct DetectionFigures: Sendable {
    /// Of runs that came to their end.
    package internal(set) var completions: [Double] = []
    /// Of runs that failed, at times that nothing announced.
    package internal(set) var failures: [Double] = []
    /// Calls within the hour that is measured.
    package internal(set) var polls = 0
    package internal(set) var pages = 0
    package internal(set) var readings = 0
    package internal(set) var logs = 0
    var seen: [ClusterID: Double] = [:]

    package var calls: Int { polls + pages + readings + logs }
    package var all: [Double] { completions + failures }

    /// Puts the figures of several trials together.
    package static func + (left: DetectionFigures, right: DetectionFigures) -> DetectionFigures {
        var sum = left
        sum.completions += right.completions
        sum.failures += right.failures
        sum.polls += right.polls
        sum.pages += right.pages
        sum.readings += right.readings
        sum.logs += right.logs
        return sum
    }

    package static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// The 99th percentile: the nearest rank.
    package static func p99(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int((Double(sorted.count) * 0.99).rounded(.up)) - 1)]
    }
}
