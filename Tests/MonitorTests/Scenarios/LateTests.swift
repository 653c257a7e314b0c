import Model
import Monitor
import Testing

/// What is seen at the first good answer after a time in which nobody looked.
struct LateTests {
    @Test func `a change over a restart is late, once`() {
        var lab = Lab(settings(clusters(2))) { id, time in time < .seconds(100) ? .activation : .failed }
        lab.run(for: .seconds(90))
        lab.restart(after: .seconds(3600))
        lab.run(for: .seconds(600))
        let late = lab.events.filter { $0.cluster == "a0" }
        #expect(late.map(\.kind) == [.started, .failed])
        #expect(late.map(\.sighting) == [.firstSeen, .late])
        #expect(late[1].notBefore.map { $0 <= Lab.start.wall.advanced(by: .seconds(90)) } ?? false)
    }

    @Test func `a restart with nothing new is not an event`() {
        var lab = Lab(settings(clusters(3))) { _, _ in .activation }
        lab.run(for: .seconds(90))
        lab.forget()
        lab.restart(after: .seconds(3600))
        lab.run(for: .seconds(600))
        #expect(lab.events.isEmpty)
        #expect(lab.commits == 0)
    }

    @Test func `only the first good answer after a start is late`() {
        var lab = Lab(settings(clusters(1))) { _, time in
            time > .seconds(100) && time < .seconds(200) ? .server : time < .seconds(900) ? .activation : .failed
        }
        lab.run(for: .seconds(90))
        lab.restart(after: .seconds(20))
        lab.run(for: .seconds(1200))
        #expect(lab.events.map(\.sighting) == [.firstSeen, .observed])
    }

    @Test func `failures after a start leave the first good answer late`() {
        var lab = Lab(settings(clusters(1))) { _, time in
            time < .seconds(100) ? .activation : time < .seconds(200) ? .server : .failed
        }
        lab.run(for: .seconds(90))
        lab.restart(after: .seconds(20))
        lab.run(for: .seconds(600))
        #expect(lab.events.map(\.sighting) == [.firstSeen, .late])
    }

    @Test func `a cluster put back into the config goes on from what was stored, late`() {
        var lab = Lab(settings(clusters(2))) { id, time in id == "a1" && time > .seconds(100) ? .completed : .activation
        }
        lab.run(for: .seconds(90))
        lab.reload(settings(clusters(1)))
        lab.run(for: .seconds(100))
        #expect(lab.kinds(of: "a1") == [.started])
        #expect(lab.calls.count { $0.cluster == "a1" && $0.at > .seconds(91) } == 0)
        lab.reload(settings(clusters(2)))
        lab.run(for: .seconds(10))
        let event = lab.events.last
        #expect(event?.kind == .completed)
        #expect(event?.from == .activation)
        #expect(event?.sighting == .late)
    }

    @Test func `a change after poll_failing of the cluster is late and follows its recovery`() {
        var lab = Lab(settings(clusters(2))) { id, time in
            guard id == "a0", time > .seconds(60) else { return .activation }
            return time < .seconds(1000) ? .server : .failed
        }
        lab.run(for: .seconds(2000))
        #expect(lab.kinds(of: "a0") == [.started, .pollFailing, .pollRecovered, .failed])
        #expect(lab.events.last?.sighting == .late)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a change after poll_failing of the account is late for every cluster, and later ones are observed`() {
        var lab = Lab(settings(clusters(3))) { id, time in
            if time > .seconds(60), time < .seconds(1000) { return .failure(.credentials) }
            if id == "a0", time > .seconds(1000) { return .failed }
            if id == "a1", time > .seconds(1000) { return .completed }
            return id == "a2" && time > .seconds(2000) ? .failed : .activation
        }
        lab.run(for: .seconds(3000))
        #expect(lab.events.map(\.kind).prefix(5) == [.started, .started, .started, .pollFailing, .pollRecovered])
        #expect(lab.events[3].cluster == nil)
        #expect(lab.events[4].cluster == nil)
        #expect(Set(lab.events[5...6].map(\.kind)) == [.failed, .completed])
        #expect(lab.events[5...6].allSatisfy { $0.sighting == .late })
        #expect(lab.events[7].cluster == "a2")
        #expect(lab.events[7].sighting == .observed)
        #expect(lab.events.count == 8)
    }

    @Test func `a short trouble that was not reported does not make a change late`() {
        var lab = Lab(settings(clusters(2))) { id, time in
            time > .seconds(60) && time < .seconds(200) ? .server : time < .seconds(200) ? .activation : .failed
        }
        lab.run(for: .seconds(600))
        #expect(lab.events.map(\.sighting) == [.firstSeen, .firstSeen, .observed, .observed])
    }
}
