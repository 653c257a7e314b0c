import Alerts
import Daemon
import Model
import Notifying
import Store
import Systemd
import TestSupport
import Testing

/// A night, by the real database and the drivers that the daemon's loop drives.
final class NotifyDriverTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let store: EventStore
    private let disk: FailingDisk
    private let journal: JournalFile
    private var notifier = Notifier([], targets: [], firstSeenEvents: [.failed])
    private var driver: NotifyDriver
    private var outbox: OutboxDriver
    private let plans = [TargetPlan(name: "chat", digestCapacity: 50), TargetPlan(name: "oncall")]

    init() throws {
        folder = try TemporaryFolder()
        store = try EventStore(path: folder.file("test.db"), at: clock.now().wall)
        disk = FailingDisk(store)
        journal = try JournalFile(folder.file("journal"))
        (driver, outbox) = Self.drivers(notifier, plans, disk, journal, clock, records: [])
    }

    private static func drivers(
        _ notifier: Notifier, _ plans: [TargetPlan], _ disk: FailingDisk, _ journal: JournalFile, _ clock: ManualClock,
        records: [TargetRecord]
    ) -> (NotifyDriver, OutboxDriver) {
        let announcer = Announcer(output: journal.output, notifier: SystemdNotifier(send: nil))
        return (
            NotifyDriver(
                notifier: notifier, capacities: ["chat": 50], store: disk, announcer: announcer, clock: clock),
            OutboxDriver(
                outbox: Outbox(plans: plans, records: records, at: clock.now().wall), routes: EventRouting(notifier),
                store: disk, announcer: announcer, clock: clock, random: SeededGenerator(seed: 7))
        )
    }

    /// A new process, with a config of its own.
    private func start(_ routes: RouteSettings..., summaries: [SummarySettings] = []) throws {
        notifier = Notifier(
            routes,
            targets: [RoutedTarget(name: "chat", kind: .dingtalk), RoutedTarget(name: "oncall", kind: .webhook)],
            firstSeenEvents: [.failed], summaries: summaries)
        try restart()
    }

    private func restart() throws {
        (driver, outbox) = Self.drivers(notifier, plans, disk, journal, clock, records: try store.loadTargets())
    }

    @discardableResult
    private func record(_ kind: EventKind, of cluster: String) throws -> Int64 {
        let now = clock.now().wall
        let event = Event(
            kind: kind, cluster: ClusterID(cluster), account: "default", region: "cn-beijing", from: .activation,
            to: .failed, observedAt: now)
        let silences = Silences(try store.loadSilences(endedSince: now))
        let stored = try store.record(
            Recording(events: [RoutedEvent(event: event, alerts: notifier.decide(event, silences: silences, at: now))]),
            at: now)
        driver.noteEvents()
        return stored[0].seq
    }

    /// What the loop does, until nothing is due.
    private func turn() async -> [Start] {
        for _ in 0..<20 {
            outbox.wake(await driver.turn())
            guard let wake = driver.nextWake(), wake <= clock.now().monotonic else { break }
        }
        outbox.wake(["chat", "oncall"])
        var starts: [Start] = []
        // A first look may only find that it has to look further.
        for _ in 0..<4 { starts += await outbox.takeDue() }
        return starts
    }

    private func finish(_ starts: [Start]) async {
        await outbox.settle(
            starts.map {
                FinishedAttempt(
                    $0, startedAt: clock.now().wall, duration: .milliseconds(20), verdict: Verdict(.delivered))
            })
    }

    private func states() throws -> [String: AlertState] {
        var states: [String: AlertState] = [:]
        try HistoryReader(path: store.path).alerts(AlertFilter(states: Set(AlertState.allCases))) {
            states["\($0.seq) \($0.target)"] = $0.state
        }
        return states
    }

    private func silence(_ matchers: SilenceMatchers = SilenceMatchers(targets: ["chat"]), for seconds: Int64) throws
        -> Silence
    {
        defer { driver.noteChange() }
        return try store.addSilence(
            matchers, until: clock.now().wall.advanced(by: .seconds(seconds)), comment: "host moves", author: "li",
            at: clock.now().wall)
    }

    @Test func `a silenced night is one digest in the morning, failures first, without what is over`() async throws {
        try start(RouteSettings(targets: ["chat"]))
        let silence = try silence(for: 8 * 3600)
        try record(.completed, of: "pm-1")
        try record(.stalled, of: "pm-2")
        try record(.failed, of: "pm-3")
        try record(.stallEnded, of: "pm-2")
        #expect(await turn().isEmpty)
        #expect(driver.nextWake() == clock.now().monotonic.advanced(by: .seconds(8 * 3600)))
        clock.advance(by: .seconds(8 * 3600 - 1))
        #expect(await turn().isEmpty)
        clock.advance(by: .seconds(1))
        // Killed between the release and the attempt, and once more in the middle of the attempt.
        _ = await driver.turn()
        try restart()
        let first = await turn()
        try restart()
        let again = await turn()
        #expect(first.map(\.message) == again.map(\.message))
        guard case .digest(let digest)? = again.first?.message else {
            Issue.record("\(again)")
            return
        }
        #expect(again.count == 1)
        #expect(digest.heldBy == [.silence(id: silence.id, comment: "host moves")])
        #expect(digest.byUrgency.map(\.event.kind) == [.failed, .completed])
        #expect(digest.id.hasSuffix("-1..3"))
        await finish(again)
        #expect(
            try states() == [
                "1 chat": .digested, "2 chat": .suppressed, "3 chat": .digested, "4 chat": .suppressed,
            ])
        #expect(await turn().isEmpty)
    }

    @Test func `one that is held alone is sent as itself, with what held it`() async throws {
        try start(RouteSettings(targets: ["chat"]))
        let silence = try silence(for: 3600)
        try record(.failed, of: "pm-1")
        #expect(await turn().isEmpty)
        _ = try store.endSilence(silence.id, at: clock.now().wall)
        driver.noteChange()
        let starts = await turn()
        guard case .alert(let stored)? = starts.first?.message else {
            Issue.record("\(starts)")
            return
        }
        #expect(stored.heldBy == [.silence(id: silence.id, comment: "host moves")])
    }

    @Test func `hours that a reload takes out release what they hold`() async throws {
        let from = try #require(TimeOfDay("01:00"))
        let to = try #require(TimeOfDay("02:00"))
        let hours = WeeklyHours(zone: .utc, windows: [.init(days: .everyDay, from: from, to: to)])
        try start(RouteSettings(targets: ["chat"], hours: hours))
        try record(.failed, of: "pm-1")
        #expect(await turn().isEmpty)
        #expect(try states() == ["1 chat": .held])
        let open = Notifier(
            [RouteSettings(targets: ["chat"])], targets: [RoutedTarget(name: "chat", kind: .dingtalk)],
            firstSeenEvents: [])
        driver.adopt(open, capacities: ["chat": 50])
        #expect(await turn().count == 1)
    }

    @Test func `a clock that was set back holds nothing longer than its hours`() async throws {
        let from = try #require(TimeOfDay("01:00"))
        let to = try #require(TimeOfDay("02:00"))
        let hours = WeeklyHours(zone: .utc, windows: [.init(days: .everyDay, from: from, to: to)])
        try start(RouteSettings(targets: ["chat"], hours: hours))
        clock.step(by: .seconds(300 * 86_400))
        try record(.failed, of: "pm-1")
        #expect(await turn().isEmpty)
        clock.step(by: .seconds(-300 * 86_400))
        #expect(await turn().isEmpty)
        let wake = try #require(driver.nextWake())
        #expect(wake <= clock.now().monotonic.advanced(by: .seconds(86_400)))
        clock.advance(by: wake.since(clock.now().monotonic))
        #expect(await turn().count == 1)
    }

    @Test func `nobody acknowledges: reminded and escalated, over restarts; an acknowledgement stops both`()
        async throws
    {
        try start(
            RouteSettings(
                targets: ["chat"], remind: .seconds(4 * 3600),
                escalate: EscalationSettings(after: .seconds(1800), targets: ["oncall"])))
        _ = await turn()
        try record(.failed, of: "pm-1")
        await finish(await turn())
        var sent: [String] = []
        for _ in 0..<(2 * 9) {
            clock.advance(by: .seconds(1800))
            try restart()
            let starts = await turn()
            for start in starts {
                guard case .alert(let stored) = start.message else { continue }
                sent.append("\(stored.event.kind.rawValue) \(start.target)")
            }
            await finish(starts)
        }
        #expect(sent == ["escalated oncall", "reminder chat", "reminder chat"])

        try record(.restarted, of: "pm-1")
        let failure = try record(.failed, of: "pm-1")
        await finish(await turn())
        _ = try store.acknowledge(
            [store.numbering.id(failure).description], by: "li", comment: nil, at: clock.now().wall)
        driver.noteChange()
        clock.advance(by: .seconds(5 * 3600))
        #expect(await turn().isEmpty)

        try record(.restarted, of: "pm-1")
        try record(.failed, of: "pm-1")
        await finish(await turn())
        clock.advance(by: .seconds(1800))
        let last = await turn()
        #expect(last.map(\.target) == ["oncall"], "the next failure needs its own acknowledgement")
    }

    @Test func `a summary comes at its time, once, also after the disk refused it`() async throws {
        let nine = try #require(TimeOfDay("09:00"))
        try start(
            RouteSettings(targets: ["chat"]),
            summaries: [SummarySettings(at: DailyTime(time: nine, zone: .utc), targets: ["oncall"])])
        #expect(await turn().isEmpty)
        let wake = try #require(driver.nextWake())
        clock.advance(by: wake.since(clock.now().monotonic))
        disk.fails(true)
        #expect(await turn().isEmpty)
        disk.fails(false)
        clock.advance(by: .seconds(2))
        let starts = await turn()
        guard case .alert(let stored)? = starts.first?.message, case .summary(let figures)? = stored.event.content
        else {
            Issue.record("\(starts)")
            return
        }
        #expect(starts.map(\.target) == ["oncall"])
        #expect(figures.until.since(figures.since) == .seconds(86_400))
        await finish(starts)
        try restart()
        #expect(await turn().isEmpty)
        #expect(journal.text.contains("0 completed, 0 failed, 0 running"))
    }
}
