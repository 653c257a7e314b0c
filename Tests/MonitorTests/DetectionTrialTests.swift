import DetectionTrial
import Testing

/// What the monitor's choice of calls is worth where the quota is scarce. Virtual time and one seed: the same on every
/// machine.
struct DetectionTrialTests {
    private func figures(_ way: DetectionTrial.Way) -> DetectionFigures {
        DetectionTrial().run(way)
    }

    @Test func `lists with statuses tell ends in a tenth of the time`() {
        let (base, ours) = (figures(.roundRobin), figures(.listed))
        #expect(base.all.count > 100)
        #expect(DetectionFigures.mean(ours.all) <= 0.1 * DetectionFigures.mean(base.all))
        #expect(DetectionFigures.p99(ours.all) <= 0.1 * DetectionFigures.p99(base.all))
        #expect(ours.calls <= base.calls + 6)
    }

    @Test func `without them ends are known in half of the time`() {
        let (base, ours) = (figures(.roundRobin), figures(.expected))
        #expect(DetectionFigures.mean(ours.all) <= 0.5 * DetectionFigures.mean(base.all))
        #expect(DetectionFigures.p99(ours.completions) <= 0.5 * DetectionFigures.p99(base.completions))
        #expect(ours.calls <= base.calls + 6)
    }
}
