import Model
import Monitor
import TestSupport
import Testing

struct ScheduleTests {
    private func gaps(_ lab: Lab, _ id: ClusterID) -> [Double] {
        let times = lab.calls.filter { $0.cluster == id }.map(\.at.inSeconds)
        return zip(times, times.dropFirst()).map { $1 - $0 }
    }

    @Test func `running clusters are polled by their interval, settled ones rarely`() {
        var lab = Lab(settings([cluster("fast", poll: .seconds(10)), cluster("plain"), cluster("done")])) { id, _ in
            id == "done" ? .completed : .activation
        }
        lab.run(for: .seconds(36_000))
        for (id, interval) in [("fast", 10.0), ("plain", 30), ("done", 1800)] {
            let gaps = gaps(lab, ClusterID(id))
            #expect(gaps.allSatisfy { $0 >= interval * 0.9 && $0 <= interval * 1.1 + 0.2 }, "\(id)")
            #expect(abs(gaps.reduce(0, +) / Double(gaps.count) - interval) < interval * 0.05)
        }
        #expect(lab.commits == 1, "no write for a poll that changed nothing")
        #expect(lab.faults.isEmpty)
    }

    @Test func `the quota is kept whatever is due`() {
        var lab = Lab(settings(clusters(500), quota: QuotaSettings(callsPerSecond: 3, burst: 4))) { _, _ in .activation
        }
        lab.run(for: .seconds(1000))
        #expect(lab.calls.count <= 3004)
        #expect(lab.calls.count >= 2990)
        for (index, call) in lab.calls.enumerated().dropFirst(14) {
            #expect(call.at - lab.calls[index - 14].at >= .seconds(3.3))
        }
    }

    @Test func `overloaded, everybody is polled in turn, settled ones too`() {
        var lab = Lab(settings(clusters(300))) { id, _ in
            (Int(id.rawValue.dropFirst()) ?? 0) % 2 == 0 ? .activation : .completed
        }
        let schedule = ScheduleSettings(running: .seconds(20), settled: .seconds(60))
        lab.reload(settings(clusters(300), schedule: schedule))
        lab.run(for: .seconds(400))
        lab.forget()
        lab.run(for: .seconds(6000))
        for number in 0..<300 {
            let gaps = gaps(lab, ClusterID("a\(number)"))
            #expect((gaps.max() ?? .infinity) < (number % 2 == 0 ? 110 : 420), "a\(number)")
        }
    }

    @Test func `clusters of short intervals do not crowd out the others`() {
        let fast = (0..<20).map { cluster("f\($0)", poll: .seconds(1)) }
        var lab = Lab(settings(fast + clusters(40))) { _, _ in .activation }
        lab.run(for: .seconds(2000))
        for number in 0..<40 { #expect((gaps(lab, ClusterID("a\(number)")).max() ?? .infinity) < 70) }
    }

    @Test func `polls under way are bounded`() {
        var lab = Lab(settings(clusters(400), quota: QuotaSettings(callsPerSecond: 1000, burst: 1000))) { _, _ in
            .activation
        }
        lab.latency = { _ in .seconds(10) }
        lab.run(for: .seconds(9))
        #expect(lab.calls.count == 50)
        lab.run(for: .seconds(100))
        #expect(Set(lab.calls.map(\.cluster)).count == 400)
    }

    @Test func `a poll asked for comes at once, once`() {
        var lab = Lab(settings(clusters(2))) { _, _ in .completed }
        lab.run(for: .seconds(60))
        lab.forget()
        let taken = [lab.poll("a1"), lab.poll("a1"), lab.poll("nobody")]
        #expect(taken == [true, true, false])
        lab.run(for: .seconds(10))
        #expect(lab.calls.map(\.cluster) == ["a1"])
    }

    @Test func `a monitor without clusters waits for ever`() {
        var lab = Lab(settings([])) { _, _ in .activation }
        lab.run(for: .seconds(1000))
        #expect(lab.calls.isEmpty)
        #expect(lab.monitor.nextWake(after: lab.now.monotonic) == nil)
    }

    @Test(arguments: [-3.0, -0.1, 0.1, 5])
    func `a wall clock that steps by days loses and repeats nothing`(days: Double) {
        var lab = Lab(settings(clusters(5))) { id, time in
            id == "a0" && time > .seconds(400) ? .failed : .activation
        }
        lab.run(for: .seconds(200))
        lab.stepWallClock(by: .seconds(days * 86_400))
        lab.run(for: .seconds(100))
        lab.reload(settings(clusters(5)))
        lab.run(for: .seconds(500))
        #expect(lab.events.count == 6)
        #expect(gaps(lab, "a1").allSatisfy { $0 > 26.9 && $0 < 33.3 })
        #expect(lab.faults.isEmpty)
    }

    @Test func `poll times are handed over until they are saved`() {
        var lab = Lab(settings(clusters(3))) { _, _ in .activation }
        lab.run(for: .seconds(10))
        let first = lab.savePollTimes()
        #expect(first.isEmpty, "written with the first answers")
        lab.run(for: .seconds(60))
        let times = lab.savePollTimes()
        #expect(times.map(\.cluster) == ["a0", "a1", "a2"])
        #expect(times.allSatisfy { $0.lastGoodAt == $0.lastPollAt && $0.lastError == nil })
        let rest = lab.savePollTimes()
        #expect(rest.isEmpty)
    }

    @Test func `poll times that changed while they were being saved stay unsaved`() {
        var random = SeededGenerator(seed: 1)
        var monitor = TaskMonitor(settings(clusters(1)), at: Lab.start)
        func poll(at now: Moment) {
            guard let order = monitor.takeDue(at: now.monotonic).first, case .describeTask(_, let known) = order.call
            else { return }
            let result = PollResult(order, outcome: .task(Reply.activation.outcome(known: known)), at: now)
            monitor.apply(monitor.decide([result], using: &random), at: now.monotonic)
        }
        func later(_ seconds: Int) -> Moment {
            Moment(
                monotonic: Lab.start.monotonic.advanced(by: .seconds(seconds)),
                wall: Lab.start.wall.advanced(by: .seconds(seconds)))
        }
        poll(at: later(0))
        poll(at: later(40))
        let saved = monitor.unsavedPollTimes()
        poll(at: later(80))
        monitor.markSaved(saved)
        #expect(monitor.unsavedPollTimes().first?.lastPollAt == later(80).wall)
    }
}
