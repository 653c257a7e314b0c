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
