import Daemon
import Model
import Monitor
import Testing

/// When a heartbeat is sent, and whether the API answers.
struct HeartbeatPlanTests {
    private static func at(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1_000_000_000))
    }

    /// Looks whenever a look is due.
    private func course(
        every: Duration, until end: Double, trouble: (Double) -> String?
    ) -> [(at: Double, act: HeartbeatPlan.Act)] {
        var plan = HeartbeatPlan(every: every, at: Self.at(0))
        var acts: [(at: Double, act: HeartbeatPlan.Act)] = []
        var now = 0.0
        while now < end {
            let act = plan.act(on: trouble(now), at: Self.at(now))
            if act != .nothing { acts.append((now, act)) }
            #expect(plan.due > Self.at(now))
            now = Double(plan.due.nanoseconds) / 1e9
        }
        return acts
    }

    @Test func `while all is well one is sent every time, from the start on`() {
        let acts = course(every: .seconds(60), until: 200) { _ in nil }
        #expect(acts.map(\.at) == [0, 60, 120, 180])
        #expect(acts.allSatisfy { $0.act == .beat })
    }

    @Test func `trouble is said once, then nothing until it is over`() {
        let acts = course(every: .seconds(60), until: 1000) { $0 > 100 && $0 < 700 ? "no answers" : nil }
        #expect(acts.prefix(3).map(\.at) == [0, 60, 120])
        #expect(acts[2].act == .fail("no answers"))
        #expect(acts[3].at >= 700 && acts[3].at <= 702)
        #expect(acts.dropFirst(3).allSatisfy { $0.act == .beat })
    }

    @Test func `a start has the time of one heartbeat until the API must have answered`() {
        #expect(course(every: .seconds(60), until: 58) { _ in "no answers" }.isEmpty)
        let slow = course(every: .seconds(60), until: 100) { $0 < 20 ? "no answers" : nil }
        #expect(slow.map(\.at) == [20, 80])
        let never = course(every: .seconds(60), until: 500) { _ in "no answers" }
        #expect(never.map(\.act) == [.fail("no answers")])
        #expect(never[0].at == 60)
    }

    @Test func `a look that comes late is not made up for`() {
        var plan = HeartbeatPlan(every: .seconds(10), at: Self.at(0))
        #expect(plan.act(on: nil, at: Self.at(35)) == .beat)
        #expect(plan.due == Self.at(45))
    }

    @Test func `a heartbeat that was sent a little late puts the failure after it off by nothing`() {
        var plan = HeartbeatPlan(every: .seconds(10), at: Self.at(0))
        #expect(plan.act(on: nil, at: Self.at(0.2)) == .beat)
        #expect(plan.due == Self.at(10))
        #expect(plan.act(on: "no answers", at: Self.at(10)) == .fail("no answers"))
    }

    // MARK: - Answers

    private static let home = AccountRegion(account: "default", region: "cn-beijing")
    private static let abroad = AccountRegion(account: "other", region: "cn-beijing")

    private func order(_ number: UInt64, in scope: AccountRegion = home) -> PollOrder {
        PollOrder(number: number, scope: scope, call: .describeTask(ClusterID("pm-\(number)"), known: nil))
    }

    @Test func `before the first answer there is none, and a failed call is none`() {
        let answers = APIAnswers()
        #expect(!answers.come(within: .seconds(10), at: Self.at(0)))
        answers.note(call: order(1), at: Self.at(0))
        answers.note(end: order(1), isAnswer: false, at: Self.at(1))
        #expect(!answers.come(within: .seconds(10), at: Self.at(1)))
        answers.note(call: order(2), at: Self.at(2))
        answers.note(end: order(2), isAnswer: true, at: Self.at(2.5))
        #expect(answers.come(within: .seconds(10), at: Self.at(3)))
        #expect(answers.roundTrip == .milliseconds(500))
        // Nothing was asked: nothing is missing.
        #expect(answers.come(within: .seconds(10), at: Self.at(9000)))
    }

    @Test(arguments: [true, false]) func `calls that fail, or hang, are missed after the limit`(hangs: Bool) {
        let answers = APIAnswers()
        answers.note(call: order(1), at: Self.at(0))
        answers.note(end: order(1), isAnswer: true, at: Self.at(1))
        answers.note(call: order(2), at: Self.at(100))
        if !hangs { answers.note(end: order(2), isAnswer: false, at: Self.at(101)) }
        answers.note(call: order(3), at: Self.at(105))
        #expect(answers.come(within: .seconds(10), at: Self.at(109)))
        #expect(!answers.come(within: .seconds(10), at: Self.at(110)))
        answers.note(end: order(3), isAnswer: true, at: Self.at(115))
        #expect(answers.come(within: .seconds(10), at: Self.at(116)))
        // The one that hangs counts from then on.
        #expect(answers.come(within: .seconds(10), at: Self.at(126)) == !hangs)
    }

    @Test func `one account of two is enough, and one that left does not count`() {
        let answers = APIAnswers()
        for (number, scope) in [(1, Self.home), (2, Self.abroad)] {
            answers.note(call: order(UInt64(number), in: scope), at: Self.at(0))
            answers.note(end: order(UInt64(number), in: scope), isAnswer: true, at: Self.at(0))
        }
        answers.note(call: order(3), at: Self.at(1))
        #expect(answers.come(within: .seconds(10), at: Self.at(100)))
        answers.keep([Self.home])
        #expect(!answers.come(within: .seconds(10), at: Self.at(100)))
        // That a task is still gone proves that the API serves the account.
        answers.note(answer: Self.at(101), in: Self.home)
        answers.note(end: order(3), isAnswer: false, at: Self.at(102))
        #expect(answers.come(within: .seconds(10), at: Self.at(105)))
    }
}
