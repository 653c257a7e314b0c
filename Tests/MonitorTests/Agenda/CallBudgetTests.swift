import Model
import TestSupport
import Testing

@testable import Monitor

struct CallBudgetTests {
    private static let quota = QuotaSettings(callsPerSecond: 2, burst: 5)

    /// Calls as often as the budget allows, each answered by `isThrottled`; the times of the calls in seconds.
    private func calls(
        _ budget: inout CallBudget, from start: Double, to end: Double, isThrottled: (Double) -> Bool = { _ in false }
    ) -> [Double] {
        var now = MonotonicInstant.seconds(start)
        var times: [Double] = []
        while now < .seconds(end) {
            if budget.spend(at: now) {
                let time = now.since(.seconds(0)).inSeconds
                times.append(time)
                if isThrottled(time) { budget.slowDown(retryAfter: nil, at: now) }
            } else {
                now = budget.nextCall(after: now)
            }
        }
        return times
    }

    @Test func `a budget that another host has spent begins with what it left`() {
        for (left, burst) in [(nil, 5), (0, 0), (2.5, 2), (99, 5), (-3, 0), (.nan, 0)] as [(Double?, Int)] {
            var budget = CallBudget(Self.quota, tokens: left, at: .seconds(0))
            #expect(calls(&budget, from: 0, to: 0.001).count == burst, "\(String(describing: left))")
        }
    }

    @Test func `no call is made before its token is whole, nor during a pause`() {
        var budget = CallBudget(Self.quota, at: .seconds(0))
        let granted = [0, 0, 0, 0, 0, 0, 0.49, 0.5, 0.9, 1].map { budget.spend(at: .seconds($0)) }
        #expect(granted == [true, true, true, true, true, false, false, true, false, true])
        budget.slowDown(retryAfter: .seconds(10), at: .seconds(5))
        let whilePaused = budget.spend(at: .seconds(14))
        #expect(!whilePaused)
    }

    @Test func `a burst at first, then the rate`() {
        var budget = CallBudget(Self.quota, at: .seconds(0))
        let times = calls(&budget, from: 0, to: 100)
        #expect(times.prefix(5).allSatisfy { $0 == 0 })
        #expect(times.count == 204 || times.count == 205)
    }

    @Test(arguments: [0.05, 0.5, 2, 30, 1000])
    func `no stretch of time holds more than burst and rate allow`(rate: Double) {
        var budget = CallBudget(QuotaSettings(callsPerSecond: rate, burst: 3), at: .seconds(0))
        let times = calls(&budget, from: 0, to: 200 / rate)
        for (index, time) in times.enumerated() {
            let until = times.dropFirst(index).prefix { $0 - time <= 20 / rate }.count
            #expect(until <= 3 + 20 + 1)
        }
    }

    @Test func `the next call is reported so that waking then suffices`() {
        var budget = CallBudget(QuotaSettings(callsPerSecond: 3, burst: 1), at: .seconds(0))
        var now = MonotonicInstant.seconds(0)
        for _ in 0..<1000 {
            let first = budget.spend(at: now)
            let second = budget.spend(at: now)
            #expect(first && !second)
            now = budget.nextCall(after: now)
        }
        #expect(abs(now.since(.seconds(0)).inSeconds - 1000.0 / 3) < 0.01)
    }

    @Test func `throttled, the rate halves, once for a burst, and the burst is gone`() {
        var budget = CallBudget(Self.quota, at: .seconds(-20))
        _ = calls(&budget, from: -20, to: 10)
        budget.slowDown(retryAfter: nil, at: .seconds(10))
        budget.slowDown(retryAfter: nil, at: .seconds(10.5))
        #expect(abs(budget.rate(at: .seconds(10)) - 1) < 0.1)
        let slowed = budget.isSlowed(at: .seconds(10.5))
        #expect(slowed)
        let spent = budget.spend(at: .seconds(10.5))
        #expect(!spent)
        budget.slowDown(retryAfter: nil, at: .seconds(11))
        #expect(budget.rate(at: .seconds(11)) < 0.51)
    }

    @Test(arguments: [2.0, 0.05, 100])
    func `it never falls to nothing`(rate: Double) {
        var budget = CallBudget(QuotaSettings(callsPerSecond: rate, burst: 5), at: .seconds(0))
        for second in 0..<1000 { budget.slowDown(retryAfter: nil, at: .seconds(Double(second))) }
        #expect(budget.rate(at: .seconds(999)) >= min(rate, 0.05))
    }

    @Test func `the configured rate is back within two minutes`() {
        var budget = CallBudget(Self.quota, at: .seconds(0))
        for second in 0..<60 { budget.slowDown(retryAfter: nil, at: .seconds(Double(second))) }
        #expect(budget.rate(at: .seconds(60)) < 0.2)
        #expect(budget.rate(at: .seconds(59 + 76)) == 2)
        let slowed = budget.isSlowed(at: .seconds(59 + 76))
        #expect(!slowed)
        let times = calls(&budget, from: 60, to: 60 + 120)
        #expect(times.count { $0 > 150 } >= 58)
    }

    @Test func `a pause is kept, and bounded`() {
        var budget = CallBudget(Self.quota, at: .seconds(0))
        budget.slowDown(retryAfter: .seconds(40), at: .seconds(0))
        budget.slowDown(retryAfter: .seconds(2), at: .seconds(1))
        #expect(budget.nextCall(after: .seconds(5)) == .seconds(40))
        let early = budget.spend(at: .seconds(39.9))
        let later = budget.spend(at: .seconds(40))
        #expect(!early)
        #expect(later)
        budget.slowDown(retryAfter: .seconds(1_000_000), at: .seconds(50))
        #expect(budget.nextCall(after: .seconds(50)) == .seconds(950))
        budget.slowDown(retryAfter: .seconds(-5), at: .seconds(2000))
        #expect(budget.nextCall(after: .seconds(2001)) < .seconds(2004))
    }

    /// Servers that grant 12 calls a minute, and how.
    enum Server: CaseIterable {
        case bucket, window, luck
    }

    @Test(arguments: Server.allCases)
    func `calls drop to what the server grants within a minute`(server: Server) {
        var budget = CallBudget(Self.quota, at: .seconds(0))
        var random = SeededGenerator(seed: 7)
        var tokens = 1.0
        var last = 0.0
        var inWindow: [Int: Int] = [:]
        let times = calls(&budget, from: 0, to: 600) { time in
            switch server {
            case .bucket:
                tokens = min(1, tokens + (time - last) * 0.2)
                last = time
                guard tokens >= 1 else { return true }
                tokens -= 1
                return false
            case .window:
                inWindow[Int(time) / 60, default: 0] += 1
                return inWindow[Int(time) / 60, default: 0] > 12
            case .luck:
                return Double.random(in: 0..<1, using: &random) < 0.9
            }
        }
        for minute in 1..<10 {
            let count = times.count { Int($0) / 60 == minute }
            // A window's limit shows only when it is met; four calls a minute meet it.
            #expect(count <= (server == .window ? 17 : 12), "minute \(minute): \(count)")
            #expect(count >= 4, "minute \(minute): \(count)")
        }
    }

    @Test func `a new quota takes effect without losing a slow-down or a pause`() {
        var budget = CallBudget(Self.quota, at: .seconds(0))
        budget.slowDown(retryAfter: .seconds(30), at: .seconds(0))
        budget.change(to: QuotaSettings(callsPerSecond: 10, burst: 20), at: .seconds(1))
        #expect(budget.nextCall(after: .seconds(1)) == .seconds(30))
        #expect(budget.rate(at: .seconds(1)) < 1.1)
        #expect(budget.rate(at: .seconds(80)) == 10)

        var plain = CallBudget(Self.quota, at: .seconds(0))
        plain.change(to: QuotaSettings(callsPerSecond: 10, burst: 20), at: .seconds(1))
        #expect(plain.rate(at: .seconds(1)) == 10)
        plain.change(to: QuotaSettings(callsPerSecond: 1, burst: 1), at: .seconds(100))
        #expect(plain.rate(at: .seconds(100)) == 1)
        let times = calls(&plain, from: 100, to: 110)
        #expect(times.count <= 12)
    }

    @Test(arguments: [(1000.0, 40.0), (1000, 4), (100, 25), (20, 20)])
    func `a cut counts from what was used and not from the ceiling`(ceiling: Double, used: Double) {
        var budget = CallBudget(QuotaSettings(callsPerSecond: ceiling, burst: 1000), at: .seconds(0))
        for call in 0..<Int(used * 20) {
            let granted = budget.spend(at: .seconds(Double(call) / used))
            #expect(granted)
        }
        budget.slowDown(retryAfter: nil, at: .seconds(20))
        let cut = budget.rate(at: .seconds(20))
        #expect(abs(cut - used / 2) < used / 10, "\(cut)")
        // Whoever calls as often as may be makes no more calls than before, until the throttling has long been over.
        for second in stride(from: 20.0, to: 95, by: 0.5) { #expect(budget.rate(at: .seconds(second)) <= used + 0.001) }
        #expect(budget.rate(at: .seconds(96)) == ceiling)
    }

    @Test func `throttled all the time it makes fewer calls than before, down to one in ten seconds`() {
        var budget = CallBudget(QuotaSettings(callsPerSecond: 1000, burst: 50), at: .seconds(0))
        var demand = 0
        for tick in 0..<800 where budget.spend(at: .seconds(Double(tick) / 40)) { demand += 1 }
        #expect(demand == 800)
        let throttled = calls(&budget, from: 20, to: 620) { _ in true }
        let early = throttled.count { $0 < 24 }
        #expect(early <= 4 * 40, "\(early)")
        let late = throttled.count { $0 >= 60 }
        #expect((50...120).contains(late), "560 seconds at about a tenth of a call: \(late)")
    }

    @Test(
        arguments: [
            0, -1, 1e-300, 1e300, .infinity, -.infinity, .nan, 9.3e18,
        ] as [Double])
    func `no number of a config makes a rate that cannot be reckoned with`(rate: Double) {
        for burst in [0, -1, Int.max, Int.min] {
            var budget = CallBudget(QuotaSettings(callsPerSecond: rate, burst: burst), at: .seconds(0))
            for second in [1.0, 1.5, 400, 1e9] {
                _ = budget.spend(at: .seconds(second))
                budget.slowDown(retryAfter: .seconds(Int64.max), at: .seconds(second))
                let allowed = budget.rate(at: .seconds(second))
                #expect(allowed > 0 && allowed.isFinite)
                #expect(budget.nextCall(after: .seconds(second)) > .seconds(second))
            }
            budget.change(to: QuotaSettings(callsPerSecond: rate, burst: burst), at: .seconds(2e9))
            _ = budget.spend(at: .seconds(3e9))
        }
    }
}
