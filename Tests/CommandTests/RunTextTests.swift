import Model
import Testing

@testable import polarai_daemon

struct RunTextTests {
    private func run(
        _ outcome: RunRecord.Outcome, from start: Int64? = nil, to end: Int64? = nil, steps: Int? = nil,
        loss: Double? = nil
    ) -> RunRecord {
        RunRecord(
            cluster: ClusterID("pm-1"), scope: AccountRegion(account: "default", region: "cn-beijing"),
            startedAt: start.map { Timestamp(milliseconds: $0 * 1000) },
            endedAt: end.map { Timestamp(milliseconds: $0 * 1000) }, outcome: outcome, steps: steps, lastLoss: loss)
    }

    @Test func `a run is its end, how long it took, its pace and its loss`() {
        #expect(
            RunText.summary(run(.completed, from: 0, to: 5400, steps: 120, loss: 0.3125))
                == "completed after 1h30m, 120 steps, 80 steps/h, loss 0.3125")
        #expect(RunText.summary(run(.failed, from: 10, to: 70)) == "failed after 1m")
        #expect(RunText.summary(run(.running, from: 10, steps: 7)) == "running, 7 steps")
        #expect(RunText.summary(run(.gone, from: 10)) == "end not known")
    }

    @Test func `without a time there is no pace`() {
        #expect(RunText.stepsPerHour(run(.completed, to: 50, steps: 7)) == nil)
        #expect(RunText.stepsPerHour(run(.completed, from: 50, to: 50, steps: 7)) == nil)
        #expect(RunText.stepsPerHour(run(.completed, from: 0, to: 1, steps: Int.max)) == Int64.max)
    }
}
