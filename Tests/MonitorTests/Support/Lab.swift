import Model
import Monitor
import TestSupport

/// A monitor under a virtual clock, with a scripted API and a store in memory.
///
/// It carries orders out as the daemon's loop does, and keeps what came of it.
struct Lab {
    private(set) var monitor: TaskMonitor
    private(set) var settings: MonitorSettings
    private(set) var now: Moment
    var random: SeededGenerator
    /// What the API answers to a poll of a cluster that arrives at a time since the lab's start.
    var api: (ClusterID, Duration) -> Reply
    /// What it answers to a page of an instance's list, and to a reading of progress.
    var lists: (String, Int, Duration) -> Result<TaskListPage, PollFailure> = { _, _, _ in
        .success(TaskListPage(tasks: []))
    }
    var metrics: (ClusterID, Duration) -> Result<ProgressReading, PollFailure> = { _, _ in
        .success(ProgressReading(points: []))
    }
    /// The last lines of the log of a training that failed.
    var logs: (ClusterID, Duration) -> Result<[String], PollFailure> = { _, _ in .success([]) }
    /// The server's own time in its answers at a time since the lab's start; nil if it gives none.
    var serverTime: (Duration) -> Timestamp? = { _ in nil }
    /// Whether a call made at a time since the lab's start never ends.
    var hangs: (PollCall, Duration) -> Bool = { _, _ in false }
    /// How long a call takes.
    var latency: (inout SeededGenerator) -> Duration = { _ in .milliseconds(100) }
    /// Whether a commit at a time since the start succeeds.
    var disk: (Duration) -> Bool = { _ in true }

    private(set) var events: [Event] = []
    /// Those of them that nobody was alerted of.
    private(set) var unalerted: [Event] = []
    private(set) var storedInstances: [InstanceRecord] = []
    private var givenUp: Set<UInt64> = []
    private(set) var notices: [Notice] = []
    private(set) var calls: [Call] = []
    private(set) var pages: [(at: Duration, instance: String, page: Int)] = []
    private(set) var readings: [(at: Duration, cluster: ClusterID)] = []
    private(set) var logReads: [(at: Duration, cluster: ClusterID)] = []
    private(set) var retired: [ClusterID] = []
    private(set) var commits = 0
    private(set) var failedCommits = 0
    private(set) var stored: [ClusterID: ClusterRecord] = [:]
    private(set) var storedScopes: [AccountRegion: ScopeRecord] = [:]
    private(set) var answers: [AnswerRecord] = []
    /// What was written of runs.
    private(set) var runs: [RunRecord] = []
    /// What went against the rules that hold at any time; empty in a sound run.
    private(set) var faults: [String] = []
    private(set) var storedProgress: [ClusterID: ProgressRecord] = [:]
    private var underWay: [(at: MonotonicInstant, order: PollOrder, outcome: CallOutcome)] = []

    struct Call {
        let at: Duration
        let cluster: ClusterID
        let reply: Reply
    }

    private static let forever = Duration.seconds(1_000_000_000)

    static let start = Moment(
        monotonic: MonotonicInstant(nanoseconds: 5_000_000_000),
        wall: Timestamp(milliseconds: 1_795_507_200_000))

    init(_ settings: MonitorSettings, seed: UInt64 = 1, api: @escaping (ClusterID, Duration) -> Reply) {
        self.settings = settings
        self.api = api
        now = Self.start
        random = SeededGenerator(seed: seed)
        monitor = TaskMonitor(settings, at: now)
    }

    /// Time since the lab's start.
    var elapsed: Duration { now.monotonic.since(Self.start.monotonic) }

    /// Kinds of the events so far, of one cluster where it is named.
    func kinds(of cluster: ClusterID? = nil) -> [EventKind] {
        events.filter { cluster == nil || $0.cluster == cluster }.map(\.kind)
    }

    /// Events of silence, without those of status.
    var silences: [Event] { events.filter { $0.kind == .pollFailing || $0.kind == .pollRecovered } }

    mutating func forget() {
        events = []
        unalerted = []
        notices = []
        calls = []
        pages = []
        readings = []
        logReads = []
        commits = 0
    }

    mutating func run(for duration: Duration) {
        run(until: elapsed + duration)
    }

    mutating func run(until end: Duration) {
        let end = Self.start.monotonic.advanced(by: end)
        var idle = 0
        while true {
            turn()
            let next =
                [monitor.nextWake(after: now.monotonic), underWay.map(\.at).min()].compactMap { $0 }.min() ?? end
            guard next < end else { break }
            idle = next > now.monotonic ? 0 : idle + 1
            guard idle < 100 else {
                faults.append("\(elapsed): the loop is asked to wake at once again and again")
                return
            }
            advance(to: max(next, now.monotonic))
        }
        advance(to: end)
    }

    /// The process ends and starts again after a while; what is not stored is lost.
    mutating func restart(after downtime: Duration = .zero) {
        underWay = []
        advance(to: now.monotonic.advanced(by: downtime))
        monitor = TaskMonitor(
            settings, restored: stored, progress: storedProgress, failingScopes: openScopes,
            listed: storedInstances, at: now)
    }

    /// Watches less from now on, by what the monitor knows alone.
    mutating func leave(for settings: MonitorSettings) {
        self.settings = settings
        monitor = monitor.restricted(to: settings, at: now)
    }

    mutating func reload(_ settings: MonitorSettings) {
        self.settings = settings
        monitor = monitor.reconfigured(
            settings, restored: stored, progress: storedProgress, failingScopes: openScopes,
            listed: storedInstances, at: now)
    }

    /// The wall clock is set, forward or back; the monotonic one goes on.
    mutating func stepWallClock(by step: Duration) {
        now = Moment(monotonic: now.monotonic, wall: now.wall.advanced(by: step))
    }

    mutating func poll(_ cluster: ClusterID) -> Bool {
        monitor.bringForward(cluster, at: now.monotonic)
    }

    mutating func savePollTimes() -> [PollTimes] {
        let times = monitor.unsavedPollTimes()
        monitor.markSaved(times)
        return times
    }

    private var openScopes: [ScopeRecord] { storedScopes.values.filter { $0.failingSince != nil } }

    private mutating func advance(to instant: MonotonicInstant) {
        now = Moment(monotonic: instant, wall: now.wall.advanced(by: instant.since(now.monotonic)))
    }

    private mutating func turn() {
        let arrived = underWay.filter { $0.at <= now.monotonic }.sorted { $0.at < $1.at }
        underWay.removeAll { $0.at <= now.monotonic }
        let overdue = monitor.overdueCalls(at: now).filter { late in
            !arrived.contains { $0.order.number == late.order.number }
        }
        givenUp.formUnion(overdue.map(\.order.number))
        let results = arrived.map { PollResult($0.order, outcome: $0.outcome, at: now) } + overdue
        if !results.isEmpty {
            monitor.noteServerTime(of: results)
            carryOut(monitor.decide(results, using: &random))
        }
        let silences = monitor.decideSilences(at: now)
        if silences.isDurable { carryOut(silences) }
        let raised = monitor.decideRaisedLimits(at: now)
        if raised.isDurable { carryOut(raised) }
        for order in monitor.takeDue(at: now.monotonic) {
            let isDouble = underWay.contains {
                $0.order.call.subject == order.call.subject && !givenUp.contains($0.order.number)
            }
            if isDouble {
                faults.append("\(elapsed): two calls for \(order.call.subject) at once")
            }
            let wait = hangs(order.call, elapsed) ? Self.forever : latency(&random)
            underWay.append((now.monotonic.advanced(by: wait), order, answer(order)))
        }
    }

    private mutating func answer(_ order: PollOrder) -> CallOutcome {
        switch order.call {
        case .describeTask(let cluster, let known):
            let reply = api(cluster, elapsed)
            calls.append(Call(at: elapsed, cluster: cluster, reply: reply))
            var outcome = reply.outcome(known: known)
            if case .answer(var observation) = outcome {
                observation.answeredAt = serverTime(elapsed)
                outcome = .answer(observation)
            }
            return .task(outcome)
        case .listTasks(let instance, let page):
            pages.append((elapsed, instance, page))
            return .list(lists(instance, page, elapsed))
        case .readProgress(let cluster, _, _):
            readings.append((elapsed, cluster))
            return .progress(metrics(cluster, elapsed))
        case .readLog(let cluster, _):
            logReads.append((elapsed, cluster))
            return .log(logs(cluster, elapsed))
        }
    }

    /// Writes how far trainings are, as the daemon does once a minute.
    mutating func saveProgress() {
        let updates = monitor.unwrittenProgress()
        for update in updates { storedProgress[update.record.cluster] = update.record }
        monitor.markSaved(updates)
    }

    private mutating func carryOut(_ decided: Decision) {
        var decision = decided
        notices += monitor.noteCalls(of: decision, at: now.monotonic)
        guard decision.isDurable else {
            notices += decision.notices
            monitor.apply(decision, at: now.monotonic)
            return
        }
        guard disk(elapsed) else {
            failedCommits += 1
            monitor.reject(decision, at: now.monotonic)
            return
        }
        decision.recall(
            decision.newcomers.compactMap { stored[$0] }, progress: decision.newcomers.compactMap { storedProgress[$0] }
        )
        let recording = decision.recording { _ in [AlertDecision(target: "chat")] }
        if recording.isEmpty { faults.append("\(elapsed): an empty commit") }
        commits += 1
        for entry in recording.discovered where stored[entry.id] == nil {
            stored[entry.id] = ClusterRecord(id: entry.id, scope: entry.scope, instance: entry.instance)
        }
        retired += recording.retired
        for record in recording.clusters { stored[record.id] = record }
        for record in recording.scopes { storedScopes[record.scope] = record }
        answers += recording.answers
        runs += recording.runs
        storedInstances += recording.listed
        for routed in recording.events {
            checkChain(routed.event)
            events.append(routed.event)
            if routed.alerts.isEmpty { unalerted.append(routed.event) }
        }
        notices += decision.notices
        monitor.apply(decision, at: now.monotonic)
    }

    /// Each change of a cluster starts where the one before it ended.
    private mutating func checkChain(_ event: Event) {
        guard event.kind.isStatusChange else { return }
        let before = events.last { $0.cluster == event.cluster && $0.kind.isStatusChange }
        if let before, before.to != event.from {
            faults.append("\(elapsed): \(event.kind) from \(String(describing: event.from)) after \(before)")
        }
    }
}

extension PollCall {
    /// What there may be one call for at a time.
    fileprivate var subject: String {
        switch self {
        case .describeTask(let cluster, _): "the status of \(cluster)"
        case .listTasks(let instance, _): "the list of \(instance)"
        case .readProgress(let cluster, _, _): "the progress of \(cluster)"
        case .readLog(let cluster, _): "the log of \(cluster)"
        }
    }
}
