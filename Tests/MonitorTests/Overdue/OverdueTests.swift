import Model
import Monitor
import Testing

/// When a run is reported as overdue: once, while it runs.
struct OverdueTests {
    private static let start = Lab.start.wall

    private static func time(_ seconds: Double) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    /// One task under limits of its own; what the API says of it depends on the time since the lab's start.
    private func lab(
        _ limits: OverdueSettings, poll: Duration? = nil, _ api: @escaping (Duration) -> Reply
    ) -> Lab {
        var lab = Lab(Self.settings(limits, poll: poll)) { _, elapsed in api(elapsed) }
        lab.latency = { _ in .milliseconds(100) }
        return lab
    }

    private static func settings(_ limits: OverdueSettings, poll: Duration? = nil) -> MonitorSettings {
        var settings = settings(for: [cluster("a0", name: "nightly", poll: poll)])
        settings.overdue = OverdueRules(ofClusters: ["a0": limits])
        settings.prices = Prices(currency: "CNY", general: 36)
        return settings
    }

    private static func settings(for clusters: [WatchedCluster]) -> MonitorSettings {
        MonitorTests.settings(clusters, schedule: .steady)
    }

    private static func training(since seconds: Int64, word: String = "ACTIVATION") -> Reply {
        .run(word, started: start.milliseconds / 1000 + seconds)
    }

    private func overdue(_ lab: Lab) -> [Event] { lab.events.filter { $0.kind == .overdue } }

    @Test func `a run longer than its longest runtime is reported once, at that time, with what it has cost`() {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(3600)), poll: .seconds(600)) { _ in
            Self.training(since: -10)
        }
        lab.run(for: .seconds(3580))
        #expect(overdue(lab).isEmpty)
        lab.run(for: .seconds(30))
        let event = overdue(lab).first
        #expect(event?.observedAt.since(Self.time(3590)).inSeconds ?? 99 < 3)
        #expect(event?.cluster == "a0" && event?.name == "nightly")
        #expect(event?.from == .activation && event?.to == .activation && event?.sighting == .observed)
        #expect(event?.cost == Cost(amount: 36.01, currency: "CNY"))
        #expect(event?.reason == .longerThan(limit: .seconds(3600), runtime: .seconds(3601)))
        #expect(lab.stored["a0"]?.overdue == OverdueMark(limit: .maxRuntime, since: Self.time(3590)))
        lab.run(for: .seconds(20_000))
        lab.restart(after: .seconds(500))
        lab.run(for: .seconds(20_000))
        #expect(overdue(lab).count == 1)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a run that ends before its limit is never overdue, also if its end is seen after it`() {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(600))) { elapsed in
            elapsed < .seconds(595) ? Self.training(since: 0) : .completed
        }
        lab.run(for: .seconds(4000))
        #expect(overdue(lab).isEmpty)
        var silent = self.lab(OverdueSettings(maxRuntime: .seconds(600))) { elapsed in
            elapsed < .seconds(500) ? Self.training(since: 0) : elapsed < .seconds(5000) ? .server : .failed
        }
        silent.run(for: .seconds(8000))
        #expect(overdue(silent).isEmpty)
        #expect(silent.kinds().contains(.failed))
    }

    @Test func `the next run has its own time`() {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(600))) { elapsed in
            elapsed < .seconds(1000)
                ? Self.training(since: 0)
                : elapsed < .seconds(1200) ? Self.training(since: 0, word: "FAILED") : Self.training(since: 2900)
        }
        lab.run(for: .seconds(3400))
        #expect(overdue(lab).count == 1)
        #expect(lab.stored["a0"]?.overdue == nil)
        lab.run(for: .seconds(300))
        #expect(overdue(lab).count == 2)
    }

    @Test func `a task that is gone and comes back with its run is not reported again, also over a restart`() {
        for restarts in [false, true] {
            var settings = Self.settings(for: [cluster("a0"), cluster("a1")])
            settings.overdue = OverdueRules(ofClusters: ["a0": OverdueSettings(maxRuntime: .seconds(600))])
            var lab = Lab(settings) { id, elapsed in
                guard id == "a0" else { return .activation }
                return .seconds(1000) <= elapsed && elapsed < .seconds(2000) ? .notFound : Self.training(since: 0)
            }
            lab.run(for: .seconds(1500))
            #expect(lab.kinds(of: "a0") == [.started, .overdue, .gone])
            if restarts { lab.restart() }
            lab.run(until: .seconds(9000))
            #expect(lab.kinds(of: "a0") == [.started, .overdue, .gone, .changed], "restarts: \(restarts)")
            #expect(lab.stored["a0"]?.overdue?.since == Self.time(600))
        }
    }

    @Test func `a deadline holds for runs that began before it`() {
        let limits = OverdueSettings(deadline: Self.time(1000))
        var early = lab(limits) { _ in Self.training(since: 900) }
        early.run(for: .seconds(5000))
        #expect(overdue(early).map(\.observedAt).map { $0.since(Self.time(1000)) < .seconds(35) } == [true])
        #expect(early.stored["a0"]?.overdue?.limit == .deadline)
        if case .afterDeadline(let deadline, let runtime)? = overdue(early).first?.reason {
            #expect(deadline == Self.time(1000))
            #expect(runtime >= .seconds(100) && runtime < .seconds(140))
        } else {
            Issue.record("\(String(describing: overdue(early).first?.reason))")
        }
        var late = lab(limits) { _ in Self.training(since: 1000) }
        late.run(for: .seconds(5000))
        #expect(overdue(late).isEmpty)
    }

    @Test func `a run is compared with the last completed one, not with a failed one`() {
        let (a, b) = (Self.start.milliseconds / 1000, Self.start.milliseconds / 1000 + 3000)
        var lab = lab(OverdueSettings(slowerThan: 1.5)) { elapsed in
            switch elapsed {
            case ..<(.seconds(100)): .run("COMPLETED", started: a - 900, completed: a - 100)
            case ..<(.seconds(2000)): .run("FAILED", started: a + 50, completed: a + 60)
            default: .run("ACTIVATION", started: b)
            }
        }
        lab.run(for: .seconds(4190))
        #expect(overdue(lab).isEmpty)
        lab.run(for: .seconds(60))
        #expect(overdue(lab).count == 1)
        #expect(lab.stored["a0"]?.overdue == OverdueMark(limit: .slowerThan, since: Self.time(4200)))
        lab.restart()
        lab.run(for: .seconds(1000))
        #expect(overdue(lab).count == 1)
    }

    @Test func `without a completed run there is nothing to compare with`() {
        var lab = lab(OverdueSettings(slowerThan: 1.01)) { _ in Self.training(since: -900_000) }
        lab.run(for: .seconds(900))
        #expect(overdue(lab).isEmpty)
    }

    @Test func `without a StartTime the time counts from the first ACTIVATION that was seen, also over a restart`() {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(3000))) { elapsed in
            elapsed < .seconds(100) ? .status("CREATING") : .activation
        }
        lab.run(for: .seconds(2000))
        lab.restart(after: .seconds(60))
        lab.run(until: .seconds(3080))
        #expect(overdue(lab).isEmpty)
        lab.run(until: .seconds(3200))
        #expect(overdue(lab).count == 1)
        #expect(overdue(lab).first?.cost == nil)
    }

    @Test func `it is sent at the first answer too`() {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(60))) { _ in Self.training(since: -3600) }
        lab.run(for: .seconds(5))
        #expect(lab.kinds() == [.started, .overdue])
        #expect(overdue(lab).map(\.sighting) == [.firstSeen])
    }

    @Test func `a limit that is passed while nobody looks is reported late, and only if the run goes on`() {
        for goesOn in [true, false] {
            var lab = lab(OverdueSettings(maxRuntime: .seconds(1000))) { elapsed in
                goesOn || elapsed < .seconds(1500) ? Self.training(since: 0) : .completed
            }
            lab.run(for: .seconds(500))
            lab.restart(after: .seconds(1500))
            lab.run(for: .seconds(60))
            #expect(overdue(lab).map(\.sighting) == (goesOn ? [.late] : []))
        }
    }

    @Test func `a raised limit ends it at once, and passing the new one reports it once more`() {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(600))) { _ in Self.training(since: 0) }
        lab.run(for: .seconds(1000))
        #expect(overdue(lab).count == 1)
        // Still overdue: no news.
        lab.reload(Self.settings(OverdueSettings(maxRuntime: .seconds(700))))
        lab.run(for: .seconds(100))
        #expect(lab.stored["a0"]?.overdue?.since == Self.time(700))
        lab.reload(Self.settings(OverdueSettings(deadline: Self.time(800))))
        lab.run(for: .seconds(100))
        #expect(lab.stored["a0"]?.overdue?.limit == .deadline)
        #expect(overdue(lab).count == 1)
        // The API need not answer for that.
        lab.api = { _, _ in .server }
        lab.run(for: .seconds(100))
        lab.reload(Self.settings(OverdueSettings(maxRuntime: .seconds(3000))))
        lab.run(for: .seconds(1))
        #expect(lab.stored["a0"]?.overdue == nil)
        lab.api = { _, _ in Self.training(since: 0) }
        lab.run(until: .seconds(2990))
        #expect(overdue(lab).count == 1)
        lab.run(until: .seconds(3100))
        #expect(overdue(lab).count == 2)
        // Taken out altogether.
        lab.reload(Self.settings(OverdueSettings()))
        lab.run(for: .seconds(5))
        #expect(lab.stored["a0"]?.overdue == nil)
    }

    @Test func `a limit that a reload brings is looked at at once, however rarely the task is polled`() {
        var lab = lab(OverdueSettings(), poll: .seconds(7200)) { _ in Self.training(since: 0) }
        lab.run(for: .seconds(1000))
        lab.reload(Self.settings(OverdueSettings(maxRuntime: .seconds(500)), poll: .seconds(7200)))
        lab.run(for: .seconds(10))
        #expect(overdue(lab).count == 1)
        lab.reload(Self.settings(OverdueSettings(maxRuntime: .seconds(2000)), poll: .seconds(7200)))
        lab.run(until: .seconds(2010))
        #expect(overdue(lab).count == 2)
    }

    @Test(arguments: [-86_400.0, 86_400]) func `this host's clock does not count if the API gives the time`(
        step: Double
    ) {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(4000))) { elapsed in
            .run("ACTIVATION", started: Self.start.milliseconds / 1000, completed: elapsed < .seconds(5) ? 1 : nil)
        }
        lab.serverTime = { Self.start.advanced(by: $0) }
        lab.stepWallClock(by: .seconds(step))
        lab.run(for: .seconds(3900))
        #expect(overdue(lab).isEmpty)
        lab.run(for: .seconds(200))
        #expect(overdue(lab).count == 1)
        lab.stepWallClock(by: .seconds(-2 * step))
        lab.restart()
        lab.run(for: .seconds(900))
        #expect(overdue(lab).count == 1)
        #expect(lab.stored["a0"]?.overdue?.since == Self.time(4000))
    }

    @Test func `what the disk does not take is reported by the next poll, once`() {
        var lab = lab(OverdueSettings(maxRuntime: .seconds(600))) { _ in Self.training(since: 0) }
        lab.disk = { !(.seconds(590)...(.seconds(1500))).contains($0) }
        lab.run(for: .seconds(4000))
        #expect(overdue(lab).count == 1)
        #expect(lab.failedCommits > 0)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a task whose list stands in for polls is polled when its limit comes`() {
        let instance = WatchedInstance(key: InstanceKey(id: "pc-1", scope: home))
        var settings = MonitorSettings(clusters: [], instances: [instance], quotas: [home: QuotaSettings()])
        settings.schedule = .steady
        settings.overdue = OverdueRules(general: OverdueSettings(maxRuntime: .seconds(2000)))
        var lab = Lab(settings) { _, _ in Self.training(since: 0) }
        lab.lists = { _, _, _ in
            .success(TaskListPage(tasks: [ListedTask(id: "pm-1", status: .activation, startedAt: Self.time(0))]))
        }
        lab.run(for: .seconds(1990))
        #expect(overdue(lab).isEmpty)
        lab.run(for: .seconds(40))
        #expect(overdue(lab).count == 1)
    }

    @Test func `numbers that no run has are no limit, and none of them ends the program`() {
        for limits in [
            OverdueSettings(maxRuntime: .seconds(Int64.max / 2)), OverdueSettings(slowerThan: .infinity),
            OverdueSettings(slowerThan: .nan), OverdueSettings(slowerThan: 1e300),
            OverdueSettings(deadline: Timestamp(milliseconds: .max)),
        ] {
            var lab = lab(limits) { elapsed in
                elapsed < .seconds(100)
                    ? .run("COMPLETED", started: -62_135_596_800, completed: 253_402_300_799)
                    : Self.training(since: 0)
            }
            lab.run(for: .seconds(7000))
            #expect(overdue(lab).isEmpty, "\(limits)")
        }
    }
}
