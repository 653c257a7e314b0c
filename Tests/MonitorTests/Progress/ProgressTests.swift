import Model
import Monitor
import Testing

struct ProgressTests {
    private func reading(
        _ clusters: [WatchedCluster] = [cluster("a")], schedule: ScheduleSettings = .steady,
        quota: QuotaSettings = QuotaSettings()
    ) -> MonitorSettings {
        var settings = settings(clusters, quota: quota, schedule: schedule)
        settings.readsProgress = true
        return settings
    }

    private func known(_ lab: inout Lab) -> ProgressRecord? {
        lab.saveProgress()
        return lab.storedProgress["a"]
    }

    @Test func `progress of trainings is read, of others not`() {
        var lab = Lab(reading([cluster("a"), cluster("done"), cluster("odd")])) { id, _ in
            id == "a" ? .activation : id == "done" ? .completed : .status("QUEUED")
        }
        lab.metrics = { _, at in .success(steps(Int(at.inSeconds))) }
        lab.run(for: .seconds(500))
        #expect(Set(lab.readings.map(\.cluster)) == ["a"])
        #expect((4...6).contains(lab.readings.count), "every two minutes: \(lab.readings)")
        let record = known(&lab)
        #expect((record?.latest?.step ?? 0) > 370)
        #expect(record?.latest?.totalSteps == 1000)
        #expect(record?.latest?.metrics["loss"] != nil)
        let end = record?.expectedEnd.map { $0.since(Lab.start.wall).inSeconds } ?? 0
        #expect(abs(end - 1000) < 2, "at a step a second a thousand take a thousand: \(end)")
        #expect(lab.commits == 1, "progress alone is not a commit")
        #expect(lab.faults.isEmpty)
    }

    @Test func `no step for too long is a stall, and the next step ends it`() {
        var lab = Lab(reading()) { _, _ in .activation }
        lab.metrics = { _, at in
            .success(steps(at < .seconds(600) ? Int(at.inSeconds) : at < .seconds(6000) ? 600 : 601, of: 9000))
        }
        lab.run(for: .seconds(2300))
        #expect(lab.kinds() == [.started])
        lab.run(for: .seconds(300))
        #expect(lab.kinds() == [.started, .stalled])
        let reported = lab.events.last
        #expect(reported?.from == .activation && reported?.to == .activation)
        #expect(reported?.progress?.step == 600)
        #expect(lab.stored["a"]?.isStalled ?? false, "in the same commit")
        lab.run(for: .seconds(3000))
        #expect(lab.kinds() == [.started, .stalled], "once")
        lab.run(for: .seconds(600))
        #expect(lab.kinds() == [.started, .stalled, .stallEnded])
        #expect(lab.events.last?.progress?.step == 601)
        #expect(!(lab.stored["a"]?.isStalled ?? true))
        #expect(lab.faults.isEmpty)
    }

    private struct Quiet: Sendable {
        let name: String
        let metrics: @Sendable (Duration) -> Result<ProgressReading, PollFailure>
        var stallAfter: Duration? = .seconds(1800)
    }

    private static let quiet: [Quiet] = [
        Quiet(name: "no metrics at all", metrics: { _ in .success(ProgressReading(points: [])) }),
        Quiet(
            name: "unreadable from the first step on",
            metrics: {
                $0 < .seconds(300) ? .success(steps(10)) : .failure(PollFailure(reason: .server, message: "ill"))
            }),
        Quiet(name: "may not", metrics: { _ in .failure(PollFailure(reason: .permission, message: "may not")) }),
        Quiet(name: "off", metrics: { _ in .success(steps(10)) }, stallAfter: nil),
        Quiet(name: "goes on slowly", metrics: { .success(steps(1 + Int($0.inSeconds) / 1500)) }),
    ]

    @Test(arguments: 0..<5)
    func `what is not known to stand still does not stall`(number: Int) {
        let quiet = Self.quiet[number]
        var schedule = ScheduleSettings.steady
        schedule.stallAfter = quiet.stallAfter
        var lab = Lab(reading(schedule: schedule)) { _, _ in .activation }
        lab.metrics = { _, at in quiet.metrics(at) }
        lab.run(for: .seconds(20_000))
        #expect(lab.kinds() == [.started], "\(quiet.name)")
        #expect(lab.readings.count > 5)
        #expect(!lab.kinds().contains(.pollFailing))
    }

    @Test func `what may not be read is reported once and hardly asked for`() {
        var lab = Lab(reading(clusters(5))) { _, _ in .activation }
        lab.metrics = { _, at in
            at < .seconds(7000) ? .failure(PollFailure(reason: .permission, message: "may not")) : .success(steps(5))
        }
        lab.run(for: .seconds(6900))
        #expect(lab.notices.count { if case .progressUnreadable = $0 { true } else { false } } == 1)
        #expect(lab.readings.count <= 25)
        lab.run(for: .seconds(3000))
        lab.saveProgress()
        #expect(lab.storedProgress.count == 5)
    }

    @Test(arguments: [FailureReason.credentials, .clock, .server])
    func `a key that was wrong for a moment hides no stall`(reason: FailureReason) {
        var lab = Lab(reading()) { _, _ in .activation }
        lab.metrics = { _, at in
            (.seconds(500)..<(.seconds(760))).contains(at)
                ? .failure(PollFailure(reason: reason, message: "not now")) : .success(steps(40))
        }
        lab.run(for: .seconds(2400))
        #expect(lab.kinds() == [.started, .stalled])
    }

    @Test func `a stall is reported over a restart, and not again`() {
        var lab = Lab(reading()) { _, _ in .activation }
        lab.metrics = { _, at in .success(steps(min(200, Int(at.inSeconds)))) }
        lab.run(for: .seconds(900))
        lab.saveProgress()
        lab.restart(after: .seconds(600))
        lab.run(for: .seconds(900))
        #expect(lab.kinds() == [.started, .stalled])
        lab.saveProgress()
        lab.restart(after: .seconds(60))
        lab.run(for: .seconds(4000))
        #expect(lab.kinds() == [.started, .stalled])
    }

    @Test func `an end says all that the end of a stall would, with the progress it came to`() {
        var lab = Lab(reading()) { _, at in
            at < .seconds(4000)
                ? .run("ACTIVATION", started: 1_795_507_200)
                : at < .seconds(8000)
                    ? .run("FAILED", started: 1_795_507_200, completed: 1_795_511_200)
                    : .run("ACTIVATION", started: 1_795_515_200)
        }
        lab.metrics = { _, at in
            .success(at < .seconds(8000) ? steps(min(100, Int(at.inSeconds))) : steps(100))
        }
        lab.run(for: .seconds(20_000))
        #expect(lab.kinds() == [.started, .stalled, .failed, .restarted])
        #expect(lab.events[2].progress?.step == 100)
        #expect(lab.events[3].progress == nil)
        #expect(!(lab.stored["a"]?.isStalled ?? true), "the steps of the run before are none of this one's")
        #expect(lab.faults.isEmpty)
    }

    @Test(arguments: [-3.0, -0.1, 0.1, 5])
    func `a wall clock that steps by days makes no stall`(days: Double) {
        var lab = Lab(reading()) { _, _ in .activation }
        lab.metrics = { _, at in .success(steps(Int(at.inSeconds), of: 100_000)) }
        lab.run(for: .seconds(1000))
        lab.stepWallClock(by: .seconds(days * 86_400))
        lab.run(for: .seconds(5000))
        #expect(lab.kinds() == [.started])
    }

    @Test func `a server that gives the oldest steps first is read on until now`() {
        // An hour of steps, a hundred a page from where the reader stands.
        var cursor = 0
        var lab = Lab(reading()) { _, _ in .activation }
        lab.metrics = { _, _ in
            let points = (cursor + 1...cursor + 100).filter { $0 <= 3600 }.map { step in
                ProgressPoint(
                    at: Lab.start.wall.advanced(by: .seconds(step - 3600)), step: step, totalSteps: 9000,
                    metrics: ["loss": .number(1)])
            }
            cursor = min(3600, cursor + 100)
            return .success(ProgressReading(points: points, isFull: points.count == 100))
        }
        lab.run(for: .seconds(60))
        #expect(known(&lab)?.latest?.step ?? 0 > 3200)
    }

    @Test func `polls come closer together near the expected end, and not otherwise`() {
        var lab = Lab(reading()) { _, at in at < .seconds(4030) ? .activation : .completed }
        lab.metrics = { _, at in .success(steps(Int(min(at.inSeconds, 4000)), of: 4000)) }
        lab.run(for: .seconds(5000))
        let times = lab.calls.map(\.at.inSeconds)
        let gaps = zip(times, times.dropFirst()).map { (at: $0, gap: $1 - $0) }
        #expect(gaps.filter { $0.at < 3000 }.allSatisfy { $0.gap > 29 && $0.gap < 31 })
        #expect(gaps.filter { $0.at > 3950 && $0.at < 4029 }.allSatisfy { $0.gap < 6 })
        let end = lab.events.last
        #expect(end?.kind == .completed)
        #expect(end.map { $0.observedAt.since(Lab.start.wall) < .seconds(4037) } ?? false)

        var schedule = ScheduleSettings.steady
        schedule.adaptive = false
        lab = Lab(reading(schedule: schedule)) { _, _ in .activation }
        lab.metrics = { _, at in .success(steps(Int(min(at.inSeconds, 4000)), of: 4000)) }
        lab.run(for: .seconds(5000))
        let plain = lab.calls.map(\.at.inSeconds)
        #expect(zip(plain, plain.dropFirst()).allSatisfy { $1 - $0 > 29 })
    }

    @Test func `a run is expected to take as long as the one before`() {
        var lab = Lab(reading()) { _, at in
            switch at.inSeconds {
            case ..<100: .run("COMPLETED", started: 1_795_500_000, completed: 1_795_502_000)
            case ..<4000: .run("ACTIVATION", started: 1_795_507_300)
            default: .run("COMPLETED", started: 1_795_507_300, completed: 1_795_511_200)
            }
        }
        lab.run(for: .seconds(50))
        _ = lab.poll("a")
        lab.run(for: .seconds(1900))
        lab.forget()
        // Begun after 100 s, and the run before took 2,000.
        lab.run(for: .seconds(100))
        #expect(lab.calls.count >= 12, "\(lab.calls.count)")
    }

    @Test func `readings give way to polls and are not starved by them`() {
        var lab = Lab(reading(clusters(200))) { _, _ in .activation }
        lab.metrics = { _, at in .success(steps(Int(at.inSeconds), of: 1_000_000)) }
        lab.run(for: .seconds(6000))
        let share = Double(lab.readings.count) / Double(lab.readings.count + lab.calls.count)
        #expect(share > 0.08 && share < 0.3, "\(share)")
        #expect(Set(lab.readings.map(\.cluster)).count == 200)
        #expect(lab.faults.isEmpty)
    }

    @Test func `progress goes on over a reload`() {
        var lab = Lab(reading(clusters(3))) { _, _ in .activation }
        lab.metrics = { _, at in .success(steps(min(50, Int(at.inSeconds)))) }
        lab.latency = { _ in .seconds(2) }
        for _ in 0..<120 {
            lab.run(for: .seconds(20))
            lab.reload(reading(clusters(3).reversed()))
        }
        #expect(lab.kinds().count { $0 == .stalled } == 3)
        #expect(lab.readings.count < 90, "\(lab.readings.count)")
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }
}
