import Model
import Monitor
import TestSupport
import Testing

struct ThrottlingTests {
    /// How many calls arrived in a minute of the run.
    private func calls(_ lab: Lab, minute: Int) -> Int {
        lab.calls.count { Int($0.at.inSeconds) / 60 == minute }
    }

    @Test func `throttling slows the account and starves nobody`() {
        var random = SeededGenerator(seed: 5)
        var lab = Lab(settings(clusters(60))) { _, time in
            time > .seconds(300) && time < .seconds(900) && Int.random(in: 0..<10, using: &random) > 0
                ? .throttled : .activation
        }
        lab.run(for: .seconds(900))
        for minute in 6..<15 {
            #expect(calls(lab, minute: minute) <= 12, "minute \(minute): \(calls(lab, minute: minute))")
        }
        lab.run(for: .seconds(90))
        let polled = Set(lab.calls.filter { $0.at > .seconds(900) && $0.reply.isGood }.map(\.cluster))
        #expect(polled.count == 60, "everybody within 3 intervals of its end")
        lab.run(for: .seconds(60))
        #expect(calls(lab, minute: 16) + calls(lab, minute: 17) >= 100, "and the rate is back")
        #expect(lab.faults.isEmpty)
    }

    @Test func `under a server's quota of a tenth everybody is polled in turn`() {
        var tokens = 1.0
        var last = Duration.zero
        var lab = Lab(settings(clusters(60))) { _, time in
            guard time > .seconds(300), time < .seconds(4000) else { return .activation }
            tokens = min(1, tokens + (time - last).inSeconds * 0.2)
            last = time
            guard tokens >= 1 else { return .throttled }
            tokens -= 1
            return .activation
        }
        lab.run(for: .seconds(4000))
        for minute in 7..<60 { #expect(calls(lab, minute: minute) <= 14) }
        for id in clusters(60).map(\.id) {
            let good = lab.calls.filter { $0.cluster == id && $0.reply.isGood }.map(\.at.inSeconds)
            let gaps = zip(good, good.dropFirst()).map { $1 - $0 }
            #expect((gaps.max() ?? .infinity) < 1500, "\(id)")
        }
    }

    @Test func `what the server asks for is kept: nothing is sent before`() {
        var lab = Lab(settings(clusters(30), schedule: .steady)) { _, time in
            time > .seconds(100) && time < .seconds(101) ? .failure(.throttled, retryAfter: .seconds(45)) : .activation
        }
        lab.run(for: .seconds(300))
        let first = lab.calls.first { $0.reply == .failure(.throttled, retryAfter: .seconds(45)) }?.at ?? .zero
        #expect(first > .zero)
        let during = lab.calls.count { $0.at > first + .milliseconds(100) && $0.at < first + .seconds(45) }
        #expect(during == 0)
    }

    @Test(arguments: [FailureReason.server, .configuration])
    func `a retry-after with any refusal pauses the account`(reason: FailureReason) {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            id == "a0" && time > .seconds(20) && time < .seconds(40)
                ? .failure(reason, retryAfter: .seconds(100)) : .activation
        }
        lab.run(for: .seconds(400))
        #expect(lab.calls.count { $0.at > .seconds(35) && $0.at < .seconds(130) } == 0)
        #expect(lab.notices.contains { if case .slowedDown = $0 { true } else { false } })
    }

    @Test func `another account keeps its pace`() {
        var lab = Lab(settings(clusters(20) + [cluster("x", in: abroad)])) { id, time in
            id != "x" && time > .seconds(60) ? .throttled : .activation
        }
        lab.run(for: .seconds(660))
        #expect(lab.calls.count { $0.cluster == "x" && $0.at > .seconds(60) } >= 18)
    }

    @Test(arguments: [FailureReason.server, .timeout, .malformed, .network])
    func `a sick cluster is backed off alone`(reason: FailureReason) {
        var lab = Lab(settings(clusters(10))) { id, _ in id == "a0" ? .failure(reason) : .activation }
        lab.run(for: .seconds(3600))
        #expect(!lab.notices.contains { if case .slowedDown = $0 { true } else { false } })
        #expect(lab.calls.count { $0.cluster == "a0" } < 22)
        for number in 1..<10 {
            #expect(lab.calls.count { $0.cluster.rawValue == "a\(number)" } > 110)
        }
    }

    @Test func `half of the calls failing slows the account`() {
        var lab = Lab(settings(clusters(40))) { _, time in time > .seconds(60) ? .server : .activation }
        lab.run(for: .seconds(300))
        let slowed = lab.notices.filter { if case .slowedDown = $0 { true } else { false } }
        #expect(!slowed.isEmpty)
        #expect(slowed.count < 4, "said when it begins, not at every cut")
    }

    @Test func `answers that cannot be read slow down no other task`() {
        var lab = Lab(settings(clusters(40))) { id, time in
            id != "a0" && time > .seconds(60) ? .failure(.malformed) : .activation
        }
        lab.run(for: .seconds(600))
        #expect(!lab.notices.contains { if case .slowedDown = $0 { true } else { false } })
        #expect(lab.calls.count { $0.cluster == "a0" } >= 18)
    }

    @Test func `throttling does not count against a cluster's own waits`() {
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, time in
            time < .seconds(20)
                ? .activation : time < .seconds(200) ? .throttled : time < .seconds(300) ? .server : .activation
        }
        lab.run(for: .seconds(1000))
        let server = lab.calls.filter { $0.reply == .server }.map(\.at)
        #expect(server.count >= 2)
        #expect(server.count > 1 && server[1] - server[0] < .seconds(31))
        #expect(
            !lab.notices.contains {
                if case .failing(_, _, let failure) = $0 { failure.reason == .throttled } else { false }
            })
    }

    @Test(arguments: [(40, 1000.0), (200, 1000), (12, 100)])
    func `a throttled account never makes more calls than before, however high its ceiling is`(
        count: Int, ceiling: Double
    ) {
        let schedule = ScheduleSettings(running: .seconds(5), jitter: 0.1)
        let quota = QuotaSettings(callsPerSecond: ceiling, burst: 5)
        var lab = Lab(settings(clusters(count), quota: quota, schedule: schedule)) { _, time in
            time > .seconds(60) && time < .seconds(360) ? .throttled : .activation
        }
        lab.run(for: .seconds(600))
        let before = lab.calls.count { $0.at > .seconds(20) && $0.at <= .seconds(60) } / 4
        for start in stride(from: 60, to: 360, by: 10) {
            let during = lab.calls.count { $0.at > .seconds(start) && $0.at <= .seconds(start + 10) }
            #expect(during <= before + before / 10 + 1, "\(during) from \(start) on, \(before) before")
        }
        #expect(lab.calls.count { $0.at > .seconds(180) && $0.at < .seconds(360) } >= 10, "it goes on trying")
        let after = lab.calls.count { $0.at > .seconds(500) && $0.at <= .seconds(540) } / 4
        #expect(abs(after - before) <= before / 10 + 1, "and is back: \(after)")
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `a settled cluster that was throttled is asked again soon, not at its next turn`() {
        var lab = Lab(settings(clusters(3), schedule: .steady)) { _, time in
            time > .seconds(1700) && time < .seconds(1900) ? .throttled : .completed
        }
        lab.run(for: .seconds(2400))
        let good = lab.calls.filter { $0.at > .seconds(1900) && $0.reply.isGood }
        #expect(Set(good.map(\.cluster)).count == 3)
    }
}
