import Model
import Monitor
import Testing

/// Calls that never end are not valid answers.
struct HangingCallTests {
    @Test func `a call that does not end is a failure in time, and the silence is reported`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { _, _ in .activation }
        lab.hangs = { _, at in at > .seconds(100) }
        lab.run(for: .seconds(390))
        #expect(lab.kinds() == [.started, .started])
        lab.run(for: .seconds(100))
        #expect(lab.kinds() == [.started, .started, .pollFailing])
        let reported = lab.events.last
        #expect(reported?.cluster == nil, "all of the account hang")
        // The last good answer came at 90 seconds.
        let silence = reported.map { $0.observedAt.since(Lab.start.wall) } ?? .zero
        #expect(silence >= .seconds(390) && silence < .seconds(470), "\(silence)")
        #expect(reported?.detail?.contains("did not end within 2m") ?? false, "\(reported?.detail ?? "-")")
        #expect(lab.faults.isEmpty, "\(lab.faults)")
        lab.hangs = { _, _ in false }
        lab.run(for: .seconds(700))
        #expect(lab.kinds().last == .pollRecovered)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test(arguments: [1, 2, 7])
    func `an account that hangs is reported as one, however rarely its other tasks are asked`(slow: Int) {
        let others = (0..<slow).map { cluster("s\($0)", poll: .seconds(3600)) }
        var lab = Lab(settings([cluster("fast")] + others, schedule: .steady)) { _, _ in .activation }
        lab.hangs = { _, at in at > .seconds(100) && at < .seconds(20_000) }
        lab.run(for: .seconds(40_000))
        let reported = lab.events.filter { $0.kind == .pollFailing || $0.kind == .pollRecovered }
        #expect(reported.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(reported.allSatisfy { $0.cluster == nil })
        // The silence of the fast one, and the time that one call to another may take.
        let silence = reported.first.map { $0.observedAt.since(Lab.start.wall) } ?? .zero
        #expect(silence >= .seconds(390) && silence < .seconds(390 + 60 + 120 + 5), "\(silence)")
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `an answer that comes after its call was given up changes nothing`() {
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, at in
            at < .seconds(20) ? .activation : at < .seconds(40) ? .failed : .activation
        }
        lab.latency = { _ in .milliseconds(100) }
        lab.run(for: .seconds(25))
        // The call at 30 seconds sees FAILED, and its answer takes ten minutes.
        lab.latency = { _ in .seconds(600) }
        lab.run(for: .seconds(10))
        lab.latency = { _ in .milliseconds(100) }
        lab.run(for: .seconds(1000))
        #expect(lab.kinds() == [.started])
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `one that hangs keeps nobody else from being polled`() {
        var lab = Lab(settings(clusters(5), schedule: .steady)) { _, _ in .activation }
        lab.hangs = { call, at in call.cluster == "a0" && at > .seconds(100) }
        lab.run(for: .seconds(2000))
        #expect(lab.kinds(of: "a0") == [.started, .pollFailing])
        #expect(!lab.events.contains { $0.cluster == nil })
        for number in 1..<5 {
            #expect(lab.calls.count { $0.cluster.rawValue == "a\(number)" } >= 66)
        }
    }

    @Test func `lists and progress that hang are given up as well`() {
        var settings = discovering(clusters: [cluster("pm-x")])
        settings.readsProgress = true
        var lab = Lab(settings) { _, _ in .activation }
        lab.lists = { _, page, _ in .success(list([listed("pm-a", "ACTIVATION")], page: page)) }
        lab.metrics = { _, at in .success(steps(Int(at.inSeconds), of: 100_000)) }
        lab.run(for: .seconds(300))
        lab.hangs = { call, at in call.cluster == nil || at < .seconds(600) }
        lab.run(for: .seconds(700))
        #expect(lab.monitor.overview.failingInstances == [parent])
        let reported = lab.notices.contains { if case .listFailing = $0 { true } else { false } }
        #expect(reported)
        #expect(lab.readings.contains { $0.at > .seconds(700) })
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `over a reload a call keeps its time limit`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { _, _ in .activation }
        lab.hangs = { call, at in call.cluster == "a0" && at > .seconds(100) }
        for _ in 0..<20 {
            lab.run(for: .seconds(50))
            lab.reload(settings(clusters(2).reversed(), schedule: .steady))
        }
        #expect(lab.kinds(of: "a0") == [.started, .pollFailing])
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `a host that was frozen gives its calls a little more time`() {
        var monitor = TaskMonitor(settings(clusters(1)), at: Lab.start)
        let order = monitor.takeDue(at: Lab.start.monotonic).first
        func moment(_ after: Duration) -> Moment {
            Moment(monotonic: Lab.start.monotonic.advanced(by: after), wall: Lab.start.wall.advanced(by: after))
        }
        #expect(monitor.overdueCalls(at: moment(.seconds(119))).isEmpty)
        #expect(monitor.overdueCalls(at: moment(.seconds(3600))).isEmpty)
        #expect(monitor.nextWake(after: moment(.seconds(3600)).monotonic) == moment(.seconds(3615)).monotonic)
        #expect(monitor.overdueCalls(at: moment(.seconds(3614))).isEmpty)
        #expect(monitor.overdueCalls(at: moment(.seconds(3615))).map(\.order) == [order])
    }
}
