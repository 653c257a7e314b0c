import Model
import Testing

@testable import Monitor

struct ScopeHealthTests {
    @Test func `an answer after the failures began clears the account`() {
        var health = ScopeHealth()
        health.noteFailure(of: TaskIndex(0))
        health.noteFailure(of: TaskIndex(1))
        #expect(health.verdict(clusters: 2, failingFrom: .seconds(10)) == .down)
        health.noteAnswer(at: .seconds(20))
        #expect(health.verdict(clusters: 2, failingFrom: .seconds(10)) == .answers)
        #expect(health.verdict(clusters: 2, failingFrom: .seconds(20)) == .unknown)
        #expect(health.lastGood == nil, "an answer that is not a good one proves nothing for GONE")
    }

    @Test(arguments: [(1, 1), (2, 2), (4, 4), (5, 5), (6, 5), (10_000, 5)])
    func `all have to fail, of many five`(clusters: Int, needed: Int) {
        var health = ScopeHealth()
        for place in 0..<needed {
            #expect(health.verdict(clusters: clusters, failingFrom: .seconds(1)) == .unknown)
            health.noteFailure(of: TaskIndex(place))
            health.noteFailure(of: TaskIndex(place))
        }
        #expect(health.verdict(clusters: clusters, failingFrom: .seconds(1)) == .down)
    }

    @Test func `a reported task is unobserved until the next look, and the recovery starts the count anew`() {
        var health = ScopeHealth()
        #expect(!health.wasUnobserved(since: .seconds(5)))
        health.beginFailing(at: Moment(monotonic: .seconds(10), wall: Timestamp(milliseconds: 77)))
        #expect(health.failingSince == Timestamp(milliseconds: 77))
        #expect(health.wasUnobserved(since: .seconds(5)))
        #expect(!health.wasUnobserved(since: .seconds(11)))
        health.endFailing(at: .seconds(30))
        #expect(health.failingSince == nil)
        #expect(health.wasUnobserved(since: .seconds(5)), "its clusters were not looked at yet")
        #expect(health.sinceRecovery(.seconds(5)) == .seconds(30))
        #expect(health.sinceRecovery(.seconds(31)) == .seconds(31))
    }
}
