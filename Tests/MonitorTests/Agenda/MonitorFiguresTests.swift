import Model
import TestSupport
import Testing

@testable import Monitor

struct MonitorFiguresTests {
    @Test func `the lag is that of the most overdue poll, and none is late while the quota suffices`() {
        var calm = Lab(settings(clusters(3), schedule: .steady)) { _, _ in .status("ACTIVATION") }
        calm.run(for: .seconds(300))
        #expect(calm.monitor.figures(at: calm.now.monotonic).lag < .seconds(1))

        // 100 tasks each 30 s want more than three calls a second.
        var busy = Lab(
            settings(clusters(100), quota: QuotaSettings(callsPerSecond: 1, burst: 1), schedule: .steady)
        ) { _, _ in .status("ACTIVATION") }
        busy.run(for: .seconds(600))
        let lag = busy.monitor.figures(at: busy.now.monotonic).lag
        #expect(lag > .seconds(60) && lag < .seconds(75))
    }

    @Test func `the budget is what an account may call`() {
        let quota = QuotaSettings(callsPerSecond: 2, burst: 5)
        let monitor = TaskMonitor(
            settings([cluster("a"), cluster("b", in: abroad)], quota: quota), at: Lab.start)
        let budgets = monitor.figures(at: Lab.start.monotonic).budgets
        #expect(Set(budgets.keys) == [home, abroad])
        #expect(budgets[home]?.callsPerSecond == 2)
        #expect(budgets[home]?.available == 5)

        var budget = CallBudget(quota, at: .seconds(0))
        for _ in 0..<3 { _ = budget.spend(at: .seconds(0)) }
        #expect(budget.available(at: .seconds(0)) == 2)
        #expect(budget.available(at: .seconds(0.5)) == 3)
        #expect(budget.available(at: .seconds(100)) == 5)
        budget.slowDown(retryAfter: .seconds(10), at: .seconds(100))
        #expect(budget.available(at: .seconds(105)) == 0)
        #expect(budget.rate(at: .seconds(105)) < 2)
    }
}
