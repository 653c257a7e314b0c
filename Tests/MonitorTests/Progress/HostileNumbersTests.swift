import Model
import Monitor
import Testing

/// Steps and their times are what a training's own script wrote: no number of it may end the daemon, or make an event.
struct HostileNumbersTests {
    private static let numbers: [Int] = [
        0, -1, 1, 1 << 31, 1 << 53, (1 << 53) + 1, 1_000_000_000_000, .max - 1, .max, .min, .min + 1,
    ]

    private func lab(_ schedule: ScheduleSettings = .steady) -> Lab {
        var settings = settings([cluster("a")], schedule: schedule)
        settings.readsProgress = true
        return Lab(settings) { _, _ in .run("ACTIVATION", started: Lab.start.wall.milliseconds / 1000 - 40_000) }
    }

    @Test(arguments: numbers)
    func `no step and no total ends it`(number: Int) {
        for other in Self.numbers {
            var lab = lab()
            lab.metrics = { _, at in
                let points = [(0, 5), (Int(at.inSeconds), number), (Int(at.inSeconds) + 1, other)].map { second, step in
                    ProgressPoint(
                        at: Lab.start.wall.advanced(by: .seconds(second)), step: step,
                        totalSteps: number == step ? other : number)
                }
                return .success(ProgressReading(points: points))
            }
            lab.run(for: .seconds(700))
            lab.saveProgress()
            lab.restart(after: .seconds(10))
            lab.run(for: .seconds(700))
            #expect(!lab.kinds().contains { $0 != .started })
            #expect(lab.faults.isEmpty, "\(number), \(other): \(lab.faults)")
            lab.saveProgress()
            if let end = lab.storedProgress["a"]?.expectedEnd {
                #expect(end.since(Lab.start.wall) < .seconds(400 * 86_400))
            }
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, .max])
    func `no time of a step does`(milliseconds: Int64) {
        for answered in [nil, Lab.start.wall] {
            var lab = lab()
            lab.metrics = { _, at in
                var reading = ProgressReading(points: [
                    ProgressPoint(at: Timestamp(milliseconds: milliseconds), step: 1, totalSteps: 100),
                    ProgressPoint(at: Timestamp(milliseconds: .max), step: 2, totalSteps: 100),
                ])
                reading.answeredAt = answered?.advanced(by: at)
                return .success(reading)
            }
            lab.run(for: .seconds(1000))
            #expect(lab.faults.isEmpty)
            #expect(lab.kinds() == [.started])
        }
    }

    @Test func `an enormous number of steps makes no estimate, and a plain one does`() {
        for (total, isKnown) in [(9_223_372_036_854_775_807, false), (1 << 53, false), (2000, true)] {
            var lab = lab()
            lab.metrics = { _, at in .success(steps(Int(at.inSeconds), of: total)) }
            lab.run(for: .seconds(500))
            lab.saveProgress()
            #expect((lab.storedProgress["a"]?.expectedEnd != nil) == isKnown, "\(total)")
            #expect((lab.storedProgress["a"]?.latest?.step ?? 0) > 300)
        }
    }

    // MARK: - Clocks

    private func dated(_ reading: ProgressReading, _ at: Duration) -> ProgressReading {
        var reading = reading
        reading.answeredAt = Lab.start.wall.advanced(by: at)
        return reading
    }

    @Test(arguments: [6 * 60, 3600, 86_400, 400 * 86_400])
    func `a step that is dated ahead hides none that follows it`(ahead: Int) {
        var lab = lab()
        lab.metrics = { _, at in
            let now = Int(at.inSeconds)
            let bogus = ProgressPoint(
                at: Lab.start.wall.advanced(by: .seconds(ahead)), step: 77, totalSteps: 100_000)
            return .success(dated(ProgressReading(points: steps(now, of: 100_000).points + [bogus]), at))
        }
        lab.run(for: .seconds(4000))
        #expect(lab.kinds() == [.started], "no stall is made up")
        lab.saveProgress()
        #expect((lab.storedProgress["a"]?.latest?.step ?? 0) > 3500)
    }

    @Test func `one that was taken for true hides none either, and no stall is hidden by it`() {
        var lab = lab()
        lab.metrics = { _, at in
            let now = Int(at.inSeconds)
            // Four minutes ahead: within what clocks differ by.
            let early = ProgressPoint(at: Lab.start.wall.advanced(by: .seconds(300)), step: 60, totalSteps: 100_000)
            let made = steps(min(now, 2000), of: 100_000).points
            return .success(
                dated(ProgressReading(points: (made + (now >= 60 ? [early] : [])).sorted { $0.at < $1.at }), at))
        }
        lab.run(for: .seconds(400))
        lab.saveProgress()
        #expect((lab.storedProgress["a"]?.latest?.step ?? 0) > 240, "further steps count, whatever their time")
        lab.run(for: .seconds(6000))
        #expect(lab.kinds() == [.started, .stalled])
    }

    @Test func `a training whose host's clock is ahead is alive while it makes steps`() {
        var lab = lab()
        lab.metrics = { _, at in
            .success(dated(steps(min(5000, Int(at.inSeconds)), of: 100_000, from: .seconds(7200)), at))
        }
        lab.run(for: .seconds(4900))
        #expect(lab.kinds() == [.started])
        lab.run(for: .seconds(3000))
        #expect(lab.kinds() == [.started, .stalled])
    }

    @Test(arguments: [-4.0, -0.5, 0.5, 4])
    func `a host's clock that was set while the daemon was down makes no stall`(days: Double) {
        var lab = lab()
        lab.metrics = { _, at in .success(dated(steps(min(300, Int(at.inSeconds)), of: 100_000), at)) }
        lab.run(for: .seconds(400))
        lab.saveProgress()
        lab.stepWallClock(by: .seconds(days * 86_400))
        lab.restart(after: .seconds(60))
        lab.run(for: .seconds(900))
        #expect(lab.kinds() == [.started], "twenty minutes without a step, of thirty")
        lab.run(for: .seconds(1200))
        #expect(lab.kinds() == [.started, .stalled])
    }
}
