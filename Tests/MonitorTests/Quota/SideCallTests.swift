import Model
import Monitor
import Testing

/// Calls beside the polls are paid from the same budget.
struct SideCallTests {
    @Test func `a side call takes the token that the next poll would have had`() {
        var monitor = TaskMonitor(settings(clusters(10)), at: Lab.start)
        let start = Lab.start.monotonic
        let scope = monitor.takeDue(at: start).first?.scope ?? AccountRegion(account: "", region: "")
        let paid = monitor.payForSideCall(in: scope, aheadOfPolls: false, at: start)
        #expect(!paid, "the polls have spent the burst")
        let ahead = monitor.payForSideCall(in: scope, aheadOfPolls: true, at: start)
        #expect(ahead)
        // Two calls a second: the token after the one that was taken ahead is whole after one second, not after half.
        let half = monitor.takeDue(at: start.advanced(by: .milliseconds(600))).count
        let whole = monitor.takeDue(at: start.advanced(by: .milliseconds(1100))).count
        #expect(half == 0)
        #expect(whole == 1)
        #expect(monitor.nextToken(in: scope, after: start.advanced(by: .seconds(2))) != nil)
    }

    @Test func `where nothing is watched nothing is paid`() {
        var monitor = TaskMonitor(settings(clusters(1)), at: Lab.start)
        let elsewhere = AccountRegion(account: "other", region: "cn-beijing")
        let paid = monitor.payForSideCall(in: elsewhere, aheadOfPolls: true, at: Lab.start.monotonic)
        #expect(!paid)
        #expect(monitor.nextToken(in: elsewhere, after: Lab.start.monotonic) == nil)
    }
}
