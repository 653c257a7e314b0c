import Model
import TestSupport
import Testing

@testable import Alerts

/// A target that nobody answers for costs the same however much waits for it.
struct AwayTargetTests {
    private let hook = TargetPlan(name: "chat", concurrency: 4)

    /// Lets `seconds` pass in steps of a tenth, and ends every attempt as `outcome` says.
    ///
    /// - Returns: how many attempts were made.
    private func run(
        _ bench: inout OutboxBench, seconds: Int, _ outcome: (Start) -> DeliveryOutcome
    ) -> Int {
        var attempts = 0
        for _ in 0..<seconds * 10 {
            for start in bench.start() {
                attempts += 1
                bench.finish(start, outcome(start))
            }
            bench.pass(.milliseconds(100))
        }
        return attempts
    }

    @Test(arguments: [300, 3000])
    func `a target that is away gets its attempts a second apart, however many alerts wait`(waiting: Int) {
        var bench = OutboxBench(hook)
        for number in 0..<waiting { bench.record("c\(number)") }
        _ = run(&bench, seconds: 5) { _ in .tryAgain(retryAfter: nil) }
        #expect(run(&bench, seconds: 20) { _ in .tryAgain(retryAfter: nil) } == 4 * 20)
    }

    @Test func `once it answers, everything goes at once`() {
        var bench = OutboxBench(hook)
        for number in 0..<300 { bench.record("c\(number)") }
        _ = run(&bench, seconds: 30) { _ in .tryAgain(retryAfter: nil) }
        _ = run(&bench, seconds: 10) { _ in .delivered }
        #expect((1...300).allSatisfy { bench.row($0)?.state == .delivered })
    }

    @Test func `a message that the target cannot digest holds up no other`() {
        var bench = OutboxBench(hook)
        for number in 0..<400 { bench.record("c\(number)") }
        // Every tenth makes the server fail, and none of them twenty times in a row.
        let attempts = run(&bench, seconds: 12) {
            $0.alerts[0].event.seq % 10 == 0 ? .tryAgain(retryAfter: nil) : .delivered
        }
        #expect(attempts >= 400)
        #expect((1...400).allSatisfy { $0 % 10 == 0 || bench.row($0)?.state == .delivered })
    }

    @Test func `an operator's retry does not wait for the rest`() {
        var bench = OutboxBench(hook)
        for number in 0..<100 { bench.record("c\(number)") }
        _ = run(&bench, seconds: 10) { _ in .tryAgain(retryAfter: nil) }
        while !bench.start().isEmpty {}
        for start in bench.outbox.underWay { bench.finish(start, .tryAgain(retryAfter: nil)) }
        #expect(bench.start().isEmpty)
        bench.outbox.repair(["chat"], drains: true, at: bench.now)
        #expect(bench.start().count == 4)
    }
}
