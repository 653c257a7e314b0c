import Model
import Monitor
import Testing

/// Which runs the monitor writes for what it sees.
struct RunTests: RunCourse {
    let prices = Prices()

    @Test func `a run that is seen from its start to its end`() {
        var lab = lab(
            [(0, reply("CREATING")), (60, reply("ACTIVATION", 45)), (600, reply("FAILED", 45, 590))],
            prices: Prices(currency: "EUR", general: 36))
        lab.run(for: .seconds(300))
        #expect(runs(lab).map(\.outcome) == [.running])
        #expect(runs(lab)[0].startedAt == time(45))
        #expect(runs(lab)[0].price == HourlyPrice(perHour: 36, currency: "EUR"))
        #expect(lab.stored["a0"]?.isRunning == true)
        lab.run(for: .seconds(900))
        let end = runs(lab)[1]
        #expect(end.outcome == .failed && end.source == .observed)
        #expect(end.startedAt == time(45) && end.endedAt == time(590))
        #expect(end.cost == Cost(amount: 5.45, currency: "EUR"))
        #expect(runs(lab).count == 2)
        #expect(lab.stored["a0"]?.isRunning == false)
        #expect(lab.events.first { $0.kind == .failed }?.cost == Cost(amount: 5.45, currency: "EUR"))
    }

    @Test func `without the API's times a run is from the first sight of it to the last, and has no cost`() {
        var lab = lab([(0, reply("ACTIVATION")), (600, reply("COMPLETED"))], prices: Prices(general: 10))
        lab.run(for: .seconds(1200))
        let runs = runs(lab)
        #expect(runs.map(\.outcome) == [.running, .completed])
        #expect(runs[0].startedAt == runs[1].startedAt)
        #expect(runs[0].price == nil && runs[1].cost == nil)
        let duration = runs[1].duration.map(\.inSeconds) ?? 0
        #expect(duration > 590 && duration < 640)
        #expect(lab.stored["a0"]?.lastRun == runs[1].duration)
    }

    @Test func `a start that comes late is the run's own, not another run`() {
        var lab = lab([
            (0, reply("FAILED", -900, -800)), (60, reply("ACTIVATION", -900, -800)), (2400, reply("ACTIVATION", 50)),
            (3000, reply("COMPLETED", 50, 580)),
        ])
        lab.run(for: .seconds(6000))
        #expect(runs(lab).map(\.outcome) == [.failed, .running, .running, .completed])
        #expect(runs(lab).map(\.startedAt).last == time(50))
        #expect(lab.stored["a0"]?.lastRun == .seconds(530))
    }

    @Test func `a run that is first seen between its training and its end is a run of its own`() {
        var lab = lab([
            (0, reply("COMPLETED", -900, -800)), (100, reply("CHECKING", 40, -800)), (4000, reply("FAILED", 40, 3990)),
        ])
        lab.run(for: .seconds(8000))
        #expect(runs(lab).map(\.outcome) == [.completed, .failed])
        #expect(runs(lab).map(\.startedAt) == [time(-900), time(40)])
        #expect(runs(lab).map(\.endedAt) == [time(-800), time(3990)])
        #expect(lab.stored["a0"]?.lastRun == .seconds(100))
    }

    @Test func `a run that ended unseen is closed without an outcome before the next one`() {
        var lab = lab([(0, reply("ACTIVATION", -50)), (100, reply("COMPLETED", 60, 95))])
        lab.run(for: .seconds(400))
        #expect(runs(lab).map(\.outcome) == [.running, .gone, .completed])
        #expect(runs(lab).map(\.startedAt) == [time(-50), time(-50), time(60)])
        #expect(runs(lab).map(\.endedAt) == [nil, nil, time(95)])
    }

    @Test func `an end that becomes known later is written once more`() {
        var lab = lab([(0, reply("ACTIVATION", -10)), (90, reply("FAILED", -10)), (2000, reply("FAILED", -10, 88))])
        lab.run(for: .seconds(8000))
        #expect(runs(lab).map(\.outcome) == [.running, .failed, .failed])
        #expect(runs(lab).last?.endedAt == time(88))
    }

    @Test func `a task that is gone ends its run, and goes on with it if it comes back`() {
        var lab = lab([(0, reply("ACTIVATION", -10)), (60, .notFound), (4000, reply("ACTIVATION", -10))])
        lab.run(for: .seconds(9000))
        #expect(runs(lab).map(\.outcome) == [.running, .gone, .running])
        #expect(runs(lab)[1].endedAt.map { $0 > time(60) } == true)
        #expect(runs(lab)[2].startedAt == time(-10))
    }

    @Test func `a run after one that has ended has a time of its own, also if the API still gives the old one`() {
        for between in [reply("PAUSED", -10, 90), .notFound, reply("COMPLETED", -10, 90)] {
            var lab = lab([
                (0, reply("ACTIVATION", -10)), (90, reply("COMPLETED", -10, 90)), (3700, between),
                (15_000, reply("ACTIVATION", -10, 90)), (20_000, reply("COMPLETED", -10, 90)),
            ])
            lab.run(for: .seconds(30_000))
            let runs = runs(lab)
            #expect(runs.map(\.outcome) == [.running, .completed, .running, .completed], "\(between)")
            let start = runs[2].startedAt
            #expect(start.map { $0 > time(15_000) } == true, "\(between)")
            #expect(runs[3].startedAt == start)
        }
    }

    @Test func `a run that pauses goes on`() {
        var lab = lab([(0, reply("ACTIVATION", -10)), (60, reply("PAUSED", -10)), (4000, reply("ACTIVATION", -10))])
        lab.run(for: .seconds(9000))
        #expect(runs(lab).map(\.outcome) == [.running])
    }

    @Test func `nothing is written again by a restart, or by an answer that says the same`() {
        var lab = lab([
            (0, reply("COMPLETED", -500, -100)),
            (
                5000,
                .status(
                    "COMPLETED",
                    TaskFacts(
                        description: "new", startedAt: time(-500), completedAt: time(-100)))
            ),
        ])
        lab.run(for: .seconds(100))
        lab.restart(after: .seconds(60))
        lab.run(for: .seconds(9000))
        #expect(runs(lab).count == 1)
        #expect(runs(lab)[0].source == .observed)
        #expect(lab.stored["a0"]?.lastRun == .seconds(400))
    }

    @Test func `a run from before that its instance's list contains is marked and alerts nobody`() {
        let instance = WatchedInstance(key: InstanceKey(id: "pc-1", scope: home))
        var settings = MonitorSettings(clusters: [], instances: [instance], quotas: [home: QuotaSettings()])
        settings.prices = Prices(general: 1, ofInstances: [instance.key: 3.6])
        var lab = Lab(settings) { _, _ in .status("COMPLETED") }
        let listed = ListedTask(
            id: "old", status: .completed, startedAt: time(-9000), completedAt: time(-5000))
        lab.lists = { _, _, _ in .success(TaskListPage(tasks: [listed])) }
        lab.run(for: .seconds(120))
        #expect(lab.runs.map(\.source) == [.listed, .listed])
        #expect(lab.runs[0].startedAt == time(-9000) && lab.runs[0].endedAt == time(-5000))
        #expect(lab.runs[0].cost == Cost(amount: 4, currency: "CNY"))
        #expect(lab.events.map(\.kind) == [.completed])
        #expect(lab.unalerted.count == 1)
    }

    @Test func `own prices go before the general one`() {
        let key = InstanceKey(id: "pc-1", scope: home)
        let prices = Prices(currency: "USD", general: 1, ofClusters: ["a0": 2], ofInstances: [key: 3])
        let cluster = ClusterRecord(id: "a0", scope: home, instance: "pc-1")
        #expect(prices.price(of: cluster) == HourlyPrice(perHour: 2, currency: "USD"))
        #expect(prices.price(of: ClusterRecord(id: "a1", scope: home, instance: "pc-1"))?.perHour == 3)
        #expect(prices.price(of: ClusterRecord(id: "a1", scope: abroad, instance: "pc-1"))?.perHour == 1)
        #expect(Prices().price(of: cluster) == nil)
    }
}
