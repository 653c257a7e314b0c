import Model
import Monitor
import Testing

struct ReloadTests {
    @Test func `polls under way and due times go on`() {
        var lab = Lab(settings(clusters(5), schedule: .steady)) { _, _ in .activation }
        lab.latency = { _ in .seconds(4) }
        lab.run(for: .seconds(61))
        for _ in 0..<40 {
            lab.run(for: .seconds(3.7))
            lab.reload(settings(clusters(5), schedule: .steady))
        }
        #expect(lab.faults.isEmpty)
        for number in 0..<5 {
            let times = lab.calls.filter { $0.cluster.rawValue == "a\(number)" }.map(\.at)
            let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
            #expect(gaps.allSatisfy { $0 >= .seconds(33.9) && $0 <= .seconds(34.2) })
        }
    }

    @Test func `what is left to watch goes on without the database, and what is left out is not asked`() {
        let whole = settings([cluster("a"), cluster("b", in: abroad), cluster("c")])
        var lab = Lab(whole) { id, time in id == "b" || time < .seconds(100) ? .activation : .failed }
        lab.latency = { _ in .seconds(4) }
        lab.run(for: .seconds(62))
        let before = lab.calls.count
        lab.leave(for: whole.restricted(to: [home]))
        lab.run(for: .seconds(120))
        #expect(lab.calls.dropFirst(before).allSatisfy { $0.cluster != "b" })
        #expect(lab.kinds(of: "a") == [.started, .failed] && lab.kinds(of: "c") == [.started, .failed])
        #expect(lab.events.last?.sighting == .observed)
        #expect(lab.kinds(of: "b") == [.started])
        // It comes back from what is stored, and no call is made twice.
        lab.reload(whole)
        lab.run(for: .seconds(40))
        #expect(lab.calls.last { $0.cluster == "b" } != nil)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a shorter interval takes effect at once`() {
        var lab = Lab(settings(clusters(1), schedule: ScheduleSettings(running: .seconds(3000)))) { _, _ in .activation
        }
        lab.run(for: .seconds(100))
        lab.reload(settings(clusters(1)))
        lab.run(for: .seconds(35))
        #expect(lab.calls.count == 2)
    }

    @Test func `the answer to a poll of a cluster taken out means nothing, and put back it is not polled twice`() {
        var lab = Lab(settings(clusters(2))) { id, _ in id == "a1" ? .failed : .activation }
        lab.latency = { _ in .seconds(20) }
        lab.run(for: .seconds(5))
        lab.reload(settings(clusters(1)))
        lab.run(for: .seconds(5))
        lab.reload(settings(clusters(2)))
        lab.run(for: .seconds(5))
        #expect(lab.calls.count { $0.cluster == "a1" } == 1)
        lab.run(for: .seconds(10))
        #expect(lab.kinds(of: "a1").isEmpty, "the first answer was for another watch")
        lab.run(for: .seconds(30))
        #expect(lab.kinds(of: "a1") == [.failed])
        #expect(lab.calls.count { $0.cluster == "a1" } == 2)
        #expect(lab.faults.isEmpty)
    }

    @Test func `the answer from one account says nothing of the cluster in another`() {
        var lab = Lab(settings([cluster("a"), cluster("b")])) { id, time in
            id == "a" && time < .seconds(5) ? .failure(.credentials) : .activation
        }
        lab.latency = { _ in .seconds(10) }
        lab.run(for: .seconds(3))
        lab.reload(settings([cluster("a", in: abroad), cluster("b")]))
        lab.run(for: .seconds(20))
        #expect(lab.notices.isEmpty)
        #expect(lab.kinds(of: "a") == [.started])
        #expect(lab.events.first { $0.cluster == "a" }?.account == "other")
        #expect(lab.faults.isEmpty)
    }

    @Test func `names and labels change, states stay`() {
        var lab = Lab(settings([cluster("a", name: "old")])) { _, time in time < .seconds(100) ? .activation : .failed }
        lab.run(for: .seconds(90))
        lab.reload(settings([cluster("a", name: "new")]))
        lab.run(for: .seconds(60))
        #expect(lab.events.map(\.name) == ["old", "new"])
        #expect(lab.events.last?.sighting == .observed, "it was looked at all the time")
        #expect(lab.stored["a"]?.name == "new")
    }

    @Test func `an outage goes on over a reload`() {
        var lab = Lab(settings(clusters(4))) { _, time in
            time > .seconds(60) && time < .seconds(3000) ? .failure(.network) : .activation
        }
        for number in 0..<100 {
            lab.run(for: .seconds(35))
            lab.reload(settings(number % 2 == 0 ? clusters(4).reversed() : clusters(4)))
        }
        #expect(lab.kinds().filter { $0 != .started } == [.pollFailing, .pollRecovered])
        #expect(lab.faults.isEmpty)
        let reported = lab.events.first { $0.kind == .pollFailing }
        #expect(reported.map { $0.observedAt < Lab.start.wall.advanced(by: .seconds(420)) } ?? false)
    }

    @Test func `throttling goes on over a reload`() {
        var lab = Lab(settings(clusters(30), schedule: .steady)) { _, time in
            time > .seconds(100) && time < .seconds(101) ? .failure(.throttled, retryAfter: .seconds(45)) : .activation
        }
        lab.run(for: .seconds(110))
        lab.reload(settings(clusters(30), quota: QuotaSettings(callsPerSecond: 50, burst: 50), schedule: .steady))
        lab.run(for: .seconds(20))
        #expect(lab.calls.count { $0.at > .seconds(105) && $0.at < .seconds(130) } == 0)
    }

    @Test func `a row of not-founds goes on over a reload`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            id == "a1" || time < .seconds(20) ? .activation : .notFound
        }
        lab.run(for: .seconds(70))
        lab.reload(settings(clusters(2), schedule: .steady))
        lab.run(for: .seconds(25))
        #expect(lab.kinds(of: "a0") == [.started, .gone])
    }
}
