import Model
import TestSupport
import Testing

@testable import Monitor

struct PollIntervalTests {
    private let intervals = PollInterval(ScheduleSettings())

    @Test func `a running cluster's own interval overrides the schedule, a settled one's does not`() {
        #expect(intervals.plain(own: .seconds(7), status: nil) == .seconds(7))
        #expect(intervals.plain(own: .seconds(7), status: .activation) == .seconds(7))
        #expect(intervals.plain(own: nil, status: ClusterStatus("QUEUED")) == .seconds(30))
        for status in [ClusterStatus.completed, .failed, .gone, ClusterStatus("completed")] {
            #expect(intervals.plain(own: .seconds(7), status: status) == .seconds(1800))
        }
    }

    @Test(arguments: [0.0, 0.1, 0.5, 1, 3], [1, 30, 1800])
    func `jitter stays within its bounds and uses them`(jitter: Double, seconds: Int) {
        let intervals = PollInterval(ScheduleSettings(jitter: jitter))
        var random = SeededGenerator(seed: 3)
        let plain = Duration.seconds(seconds)
        let waits = (0..<2000).map { _ in intervals.jittered(plain, using: &random) / plain }
        let bound = min(jitter, 1)
        #expect(waits.allSatisfy { $0 >= 1 - bound - 1e-9 && $0 <= 1 + bound + 1e-9 })
        #expect((waits.min() ?? 1) <= 1 - bound * 0.98)
        #expect((waits.max() ?? 0) >= 1 + bound * 0.98)
    }

    @Test func `waits double with failures up to five minutes, and never undercut the interval`() {
        let waits = (1...9).map { intervals.afterFailures($0, plain: .seconds(30)) }
        #expect(waits == [30, 60, 120, 240, 300, 300, 300, 300, 300].map { Duration.seconds($0) })
        #expect(intervals.afterFailures(9, plain: .seconds(1)) == .seconds(10))
        #expect(intervals.afterFailures(9, plain: .seconds(1800)) == .seconds(1800))
        #expect(intervals.afterFailures(0, plain: .seconds(30)) == .seconds(30))
        #expect(intervals.afterFailures(.max, plain: .seconds(30)) == .seconds(300))
    }

    @Test func `silence is borne for failing_after or five intervals`() {
        #expect(intervals.silenceLimit(plain: .seconds(30)) == .seconds(300))
        #expect(intervals.silenceLimit(plain: .seconds(90)) == .seconds(450))
        #expect(intervals.silenceLimit(plain: .seconds(1)) == .seconds(300))
    }
}
