import Model
import PolarDB
import Testing

struct ClockOffsetTests {
    private let host = Timestamp(milliseconds: 1_795_500_000_000)

    @Test func `each other amount is news, and that the clock is right again`() {
        let clock = ClockOffset()
        #expect(clock.learn(serverTime: host.advanced(by: .seconds(3600)), hostTime: host))
        #expect(clock.takeNotice()?.words?.contains("1h behind") == true)
        #expect(!clock.learn(serverTime: host.advanced(by: .seconds(3620)), hostTime: host))
        #expect(clock.takeNotice() == nil)
        #expect(clock.learn(serverTime: host.advanced(by: .seconds(-7200)), hostTime: host))
        #expect(clock.current == .seconds(-7200))
        #expect(clock.takeNotice()?.words?.contains("2h ahead of") == true)
        #expect(clock.takeNotice() == nil)
        // The host's clock was set: the offset goes.
        #expect(clock.learn(serverTime: host.advanced(by: .seconds(2)), hostTime: host))
        #expect(clock.current == .zero)
        #expect(clock.takeNotice() == .right)
        #expect(clock.takeNotice() == nil)
        #expect(clock.learn(serverTime: host.advanced(by: .seconds(-1000)), hostTime: host))
        #expect(clock.takeNotice()?.words?.contains("ahead of") == true)
    }

    @Test func `of several that are refused at once all may try again`() {
        let clock = ClockOffset()
        let server = host.advanced(by: .seconds(3600))
        #expect(clock.learn(serverTime: server, hostTime: host, used: .zero))
        #expect(clock.learn(serverTime: server, hostTime: host, used: .zero))
        // Dated right and refused all the same: nothing to try.
        #expect(!clock.learn(serverTime: server, hostTime: host, used: clock.current))
        #expect(clock.takeNotice() != nil)
        #expect(clock.takeNotice() == nil)
    }

    @Test func `believes a server within a month`() {
        let clock = ClockOffset()
        #expect(!clock.learn(serverTime: host.advanced(by: ClockOffset.bound + .seconds(1)), hostTime: host))
        #expect(clock.serverTime(host) == host)
        #expect(clock.learn(serverTime: host.advanced(by: ClockOffset.bound), hostTime: host))
        #expect(clock.serverTime(host) == host.advanced(by: ClockOffset.bound))
    }

    @Test(arguments: [
        (0, 0), (29, 0), (-29, 0), (40, 40), (-300, -300), (86_400, 86_400), (50 * 86_400, 50 * 86_400),
        (-900 * 86_400, -900 * 86_400),
    ])
    func `what answers say of the time is measured, and requests are not dated by it`(ahead: Int, measured: Int) {
        let offset = ClockOffset()
        let sent = Timestamp(milliseconds: 1_795_507_200_000)
        let date = sent.advanced(by: .milliseconds(500) + .seconds(ahead))
        offset.observe(sentAt: sent, receivedAt: sent.advanced(by: .seconds(2))) { date }
        #expect(offset.measured == .seconds(measured))
        #expect(offset.current == .zero)
    }

    @Test func `a poll reads the time of an answer every few seconds only, also after the clock was set back`() {
        let offset = ClockOffset()
        let start = Timestamp(milliseconds: 1_795_507_200_000)
        var reads = 0
        for step in [0, 1, 4, 5, 6, 10, -3600, -3599] {
            let now = start.advanced(by: .seconds(step))
            offset.observe(sentAt: now, receivedAt: now) {
                reads += 1
                return now
            }
        }
        #expect(reads == 4)
    }
}

extension ClockNotice {
    var words: String? {
        if case .off(let words) = self { words } else { nil }
    }
}
