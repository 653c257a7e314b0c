import Daemon
import Model
import Testing

/// Calls beside the polls get one token in four where polls wait for them.
struct SideCallsTests {
    private let scope = AccountRegion(account: "default", region: "cn-beijing")
    private let now = MonotonicInstant(nanoseconds: 1_000_000_000)

    @Test func `the first may go ahead, the next after three polls`() {
        var calls = SideCalls()
        #expect(calls.mayGoAhead(in: scope))
        calls.noteCall(in: scope)
        for _ in 0..<2 {
            calls.notePoll(in: scope)
            #expect(!calls.mayGoAhead(in: scope))
        }
        calls.notePoll(in: AccountRegion(account: "other", region: "cn-beijing"))
        #expect(!calls.mayGoAhead(in: scope))
        calls.notePoll(in: scope)
        #expect(calls.mayGoAhead(in: scope))
    }

    @Test func `no more than four are under way at once in an account and region`() {
        var calls = SideCalls()
        let begun = (0..<5).map { _ in calls.begin(in: scope) }
        #expect(begun == [true, true, true, true, false])
        let elsewhere = calls.begin(in: AccountRegion(account: "default", region: "cn-shanghai"))
        #expect(elsewhere)
        calls.end(in: scope)
        let again = calls.begin(in: scope)
        #expect(again)
    }

    @Test func `a throttling stops them for a minute, or for what the server asks`() {
        var calls = SideCalls()
        calls.pause(in: scope, for: nil, at: now)
        #expect(calls.arePaused(in: scope, at: now.advanced(by: .seconds(59))))
        #expect(!calls.arePaused(in: scope, at: now.advanced(by: .seconds(60))))
        calls.pause(in: scope, for: .seconds(120), at: now)
        #expect(calls.arePaused(in: scope, at: now.advanced(by: .seconds(119))))
        calls.pause(in: scope, for: .seconds(86_400), at: now)
        #expect(!calls.arePaused(in: scope, at: now.advanced(by: .seconds(900))))
    }
}
