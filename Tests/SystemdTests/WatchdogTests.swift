import Systemd
import Testing

struct WatchdogIntervalTests {
    @Test func `the interval comes from the environment`() {
        let interval = WatchdogInterval(environment: ["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"], pid: 7)
        #expect(interval?.timeout == .seconds(60))
        #expect(interval?.beat == .seconds(20))
        #expect(WatchdogInterval(environment: ["WATCHDOG_USEC": "3000000"], pid: 7)?.timeout == .seconds(3))
    }

    @Test(arguments: [
        [:], ["WATCHDOG_USEC": ""], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "-5"], ["WATCHDOG_USEC": "soon"],
        ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "8"], ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "x"],
    ])
    func `no watchdog is kept that nobody asked of this process`(environment: [String: String]) {
        #expect(WatchdogInterval(environment: environment, pid: 7) == nil)
    }
}

struct ProgressWatchTests {
    private func watch(_ loops: String...) -> ProgressWatch {
        var watch = ProgressWatch()
        for loop in loops { watch.watch(loop, deadline: .seconds(30), now: .zero) }
        return watch
    }

    @Test func `nobody watched is nobody late`() {
        #expect(ProgressWatch().overdue(now: .seconds(1_000_000)).isEmpty)
    }

    @Test func `a working loop must report within its deadline`() {
        var watch = watch("polls")
        #expect(watch.overdue(now: .seconds(30)).isEmpty)
        #expect(watch.overdue(now: .seconds(31)).map(\.loop) == ["polls"])
        watch.progressed("polls", now: .seconds(31))
        #expect(watch.overdue(now: .seconds(61)).isEmpty)
        let overdue = watch.overdue(now: .seconds(62))
        #expect(overdue.first?.silentFor == .seconds(31))
        #expect(overdue.first?.lateBy == .seconds(1))
    }

    @Test func `a waiting loop must be back after its time`() {
        var watch = watch("polls")
        watch.waits("polls", until: .seconds(1800), now: .zero)
        #expect(watch.overdue(now: .seconds(1830)).isEmpty)
        #expect(watch.overdue(now: .seconds(1831)).map(\.loop) == ["polls"])
    }

    @Test func `a time gone by gives no less than the deadline`() {
        var watch = watch("polls")
        watch.waits("polls", until: .seconds(-100), now: .seconds(10))
        #expect(watch.overdue(now: .seconds(40)).isEmpty)
        #expect(!watch.overdue(now: .seconds(41)).isEmpty)
    }

    @Test func `an idle loop owes nothing until it works again`() {
        var watch = watch("delivery")
        watch.idle("delivery", now: .seconds(1))
        #expect(watch.overdue(now: .seconds(100_000)).isEmpty)
        watch.progressed("delivery", now: .seconds(100_000))
        #expect(watch.overdue(now: .seconds(100_031)).map(\.loop) == ["delivery"])
    }

    @Test func `one frozen loop is enough, and the latest stands first`() {
        var watch = watch("polls", "delivery", "writer")
        watch.progressed("polls", now: .seconds(100))
        watch.progressed("writer", now: .seconds(20))
        #expect(watch.overdue(now: .seconds(100)).map(\.loop) == ["delivery", "writer"])
    }

    @Test func `a loop that ended is not missed, nor is one never watched`() {
        var watch = watch("polls")
        watch.forget("polls")
        watch.progressed("somebody", now: .zero)
        #expect(watch.overdue(now: .seconds(1000)).isEmpty)
    }
}
