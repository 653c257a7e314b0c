import Model
import Monitor
import Testing

/// The progress of a run stays with it, whatever words its task says and however late its times are known.
struct KeptProgressTests {
    private static let start = Lab.start.wall.milliseconds / 1000

    private func settings(_ clusters: [WatchedCluster] = [cluster("a")]) -> MonitorSettings {
        var settings = MonitorTests.settings(clusters, schedule: .steady)
        settings.readsProgress = true
        return settings
    }

    private static func reply(_ word: String, _ started: Int64? = 0, _ completed: Int64? = nil) -> Reply {
        .run(word, started: started.map { start + $0 }, completed: completed.map { start + $0 })
    }

    /// Whether the curve of `a` begins anew with what is to be written.
    private func beginsAnew(_ lab: Lab) -> Bool {
        lab.monitor.unwrittenProgress().contains { $0.record.cluster == "a" && $0.startsAnew }
    }

    @Test(arguments: ["CHECKING", "PAUSED"], [false, true])
    func `an end that is seen after another word has the progress of its run`(word: String, restarts: Bool) {
        var lab = Lab(settings()) { _, at in
            switch at.inSeconds {
            case ..<1000: Self.reply("ACTIVATION")
            case ..<3000: Self.reply(word)
            default: Self.reply("FAILED", 0, 2990)
            }
        }
        lab.metrics = { _, at in .success(steps(min(800, Int(at.inSeconds)), of: 1000)) }
        lab.run(for: .seconds(1100))
        #expect(beginsAnew(lab))
        lab.saveProgress()
        let readings = lab.readings.count
        lab.run(for: .seconds(900))
        if restarts { lab.restart(after: .seconds(5)) } else { lab.reload(settings()) }
        lab.run(until: .seconds(5000))
        #expect(lab.readings.count == readings, "nothing is read while it is not training")
        let polls = lab.calls.map(\.at.inSeconds).filter { $0 > 1100 && $0 < 1990 }
        #expect(zip(polls, polls.dropFirst()).allSatisfy { $1 - $0 > 29 }, "nor is it polled faster")
        #expect(lab.kinds() == [.started, .changed, .failed])
        #expect(lab.events.last?.progress?.step == 800)
        #expect(lab.runs.map(\.outcome) == [.running, .failed])
        #expect(lab.runs.last?.steps == 800)
        #expect(lab.runs.last?.lastLoss == 10.0 / 800)
        #expect(!beginsAnew(lab))
        lab.saveProgress()
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test(arguments: [false, true])
    func `a run that pauses for hours goes on where it was, and its pause does not count as a stall`(restarts: Bool) {
        var lab = Lab(settings()) { _, at in
            Self.reply(.seconds(1000) <= at && at < .seconds(9000) ? "PAUSED" : "ACTIVATION")
        }
        // Its next step comes a while after the pause; then it stands still.
        lab.metrics = { _, at in .success(steps(at < .seconds(9900) ? min(800, Int(at.inSeconds)) : 801, of: 9000)) }
        lab.run(for: .seconds(1100))
        #expect(beginsAnew(lab))
        lab.saveProgress()
        lab.run(for: .seconds(4000))
        if restarts { lab.restart(after: .seconds(60)) }
        lab.run(until: .seconds(9500))
        if restarts {
            #expect(!beginsAnew(lab))
            lab.saveProgress()
            lab.restart(after: .seconds(60))
        }
        lab.run(until: .seconds(11_000))
        #expect(lab.kinds() == [.started, .changed, .changed])
        #expect(!beginsAnew(lab))
        lab.saveProgress()
        #expect(lab.storedProgress["a"]?.latest?.step == 801)
        #expect(lab.storedProgress["a"]?.firstStep.map { $0 < 800 } == true)
        #expect(lab.runs.map(\.outcome) == [.running])
        lab.run(until: .seconds(13_000))
        #expect(lab.kinds() == [.started, .changed, .changed, .stalled], "from its last step on, not from its pause")
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test(arguments: [false, true])
    func `a task that is gone for a while comes back with the progress of its run`(restarts: Bool) {
        var lab = Lab(settings([cluster("a"), cluster("b")])) { id, at in
            guard id == "a" else { return .activation }
            return .seconds(1000) <= at && at < .seconds(4000) ? .notFound : Self.reply("ACTIVATION")
        }
        lab.metrics = { id, at in
            .success(id == "a" ? steps(min(800, Int(at.inSeconds)), of: 9000) : ProgressReading(points: []))
        }
        lab.run(for: .seconds(1200))
        #expect(lab.kinds(of: "a") == [.started, .gone])
        lab.saveProgress()
        let readings = lab.readings.count { $0.cluster == "a" }
        if restarts { lab.restart() }
        lab.run(until: .seconds(4000))
        #expect(lab.readings.count { $0.cluster == "a" } == readings)
        lab.run(until: .seconds(6000))
        #expect(lab.kinds(of: "a") == [.started, .gone, .changed])
        #expect(lab.events.last { $0.cluster == "a" }?.progress?.step == 800)
        #expect(!beginsAnew(lab))
        lab.saveProgress()
        #expect(lab.storedProgress["a"]?.latest?.step == 800)
        #expect(lab.runs.filter { $0.cluster == "a" }.map(\.outcome) == [.running, .gone, .running])
    }

    @Test func `another run than that with which a task was gone has a progress of its own`() {
        var lab = Lab(settings([cluster("a"), cluster("b")])) { id, at in
            guard id == "a" else { return .activation }
            switch at.inSeconds {
            case ..<1000: return Self.reply("ACTIVATION")
            case ..<2000: return .notFound
            case ..<6000: return Self.reply("COMPLETED", 1500, 1900)
            default: return Self.reply("ACTIVATION", 5900)
            }
        }
        lab.metrics = { id, at in
            .success(id == "a" && at < .seconds(1000) ? steps(Int(at.inSeconds)) : ProgressReading(points: []))
        }
        lab.run(until: .seconds(9000))
        #expect(lab.kinds(of: "a") == [.started, .gone, .completed, .restarted])
        #expect(lab.events.filter { $0.cluster == "a" }.allSatisfy { $0.progress == nil })
        #expect(lab.runs.filter { $0.cluster == "a" && $0.outcome == .completed }.map(\.steps) == [nil])
    }

    @Test func `a start that comes late keeps the progress, and the steps of the run before are not among it`() {
        var lab = Lab(settings()) { _, at in
            switch at.inSeconds {
            case ..<60: Self.reply("FAILED", -2000, -1000)
            case ..<3000: Self.reply("ACTIVATION", -2000, -1000)
            default: Self.reply("ACTIVATION", 1700)
            }
        }
        // The log holds the run before, too, which was further.
        let old = ProgressPoint(at: Lab.start.wall.advanced(by: .seconds(-1100)), step: 5000, totalSteps: 9000)
        lab.metrics = { _, at in
            let own = steps(max(0, Int(at.inSeconds) - 1850), of: 9000, from: .seconds(1850))
            return .success(ProgressReading(points: [old] + own.points))
        }
        lab.run(for: .seconds(2900))
        #expect(lab.kinds() == [.failed, .restarted])
        #expect(beginsAnew(lab))
        lab.saveProgress()
        let first = lab.storedProgress["a"]?.firstStep
        #expect(first.map { $0 < 1000 } == true)
        lab.run(until: .seconds(3400))
        #expect(lab.kinds() == [.failed, .restarted])
        #expect(!beginsAnew(lab))
        lab.saveProgress()
        #expect(lab.storedProgress["a"]?.runStartedAt == Timestamp(milliseconds: (Self.start + 1700) * 1000))
        #expect(lab.storedProgress["a"]?.firstStep == first)
    }

    @Test func `a start that comes late stays with the run if its progress is read in the same moment`() throws {
        var isKnown = false
        var lab = Lab(settings()) { _, at in
            switch at.inSeconds {
            case ..<60: Self.reply("FAILED", -2000, -1000)
            default: isKnown ? Self.reply("ACTIVATION", 1700) : Self.reply("ACTIVATION", -2000, -1000)
            }
        }
        lab.metrics = { _, at in .success(steps(Int(at.inSeconds), of: 9000, from: .seconds(1850))) }
        lab.run(until: .seconds(3000))
        lab.saveProgress()
        let times = lab.readings.suffix(2).map(\.at)
        let next = try #require(times.last) + (#require(times.last) - #require(times.first))
        lab.run(until: next)
        isKnown = true
        let isPolled = lab.poll("a")
        #expect(isPolled)
        lab.run(for: .seconds(1))
        #expect(lab.readings.last?.at == next && lab.calls.last?.at == next, "both were asked for at once")
        lab.run(until: .seconds(3400))
        lab.saveProgress()
        #expect(lab.storedProgress["a"]?.runStartedAt == Timestamp(milliseconds: (Self.start + 1700) * 1000))
        #expect(lab.storedProgress["a"]?.firstStep != nil)
    }
}
