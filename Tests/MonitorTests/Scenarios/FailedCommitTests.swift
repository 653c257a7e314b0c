import Model
import Monitor
import Testing

/// Nothing moves forward before its commit succeeded.
struct FailedCommitTests {
    @Test func `a transition whose commit failed is decided again, once`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            time < .seconds(45) || id == "a1" ? .activation : .failed
        }
        lab.disk = { $0 < .seconds(50) || $0 > .seconds(70) }
        lab.run(for: .seconds(300))
        #expect(lab.failedCommits > 2)
        #expect(lab.kinds(of: "a0") == [.started, .failed])
        #expect(lab.events.last?.from == .activation)
        #expect(lab.events.last?.sighting == .observed)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a disk full for long is not met with a poll a second`() {
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, time in
            time < .seconds(45) ? .activation : .failed
        }
        lab.disk = { $0 < .seconds(50) || $0 > .seconds(4000) }
        lab.run(for: .seconds(4000))
        #expect(lab.calls.count < 140)
        lab.run(for: .seconds(40))
        #expect(lab.kinds() == [.started, .failed])
    }

    @Test func `what failed while nothing could be stored counts when an account is silent`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            time > .seconds(100) ? .failure(.network) : id == "a0" ? .activation : .completed
        }
        // The other task fails for the first time while nothing is stored, and its next call takes long.
        lab.disk = { $0 < .seconds(140) || $0 > .seconds(399) }
        lab.hangs = { call, time in call.cluster == "a1" && time > .seconds(200) }
        lab.run(for: .seconds(700))
        #expect(lab.failedCommits > 0)
        let failing = lab.events.filter { $0.kind == .pollFailing }
        #expect(failing.map(\.cluster) == [nil])
        #expect(failing.first.map { $0.observedAt.since(Lab.start.wall) < .seconds(440) } == true)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `poll_failing and its end are reported after the disk is back`() {
        var lab = Lab(settings(clusters(3))) { _, time in
            time > .seconds(60) && time < .seconds(3000) ? .failure(.network) : .activation
        }
        lab.disk = { ($0 < .seconds(50) || $0 > .seconds(700)) && ($0 < .seconds(2900) || $0 > .seconds(3500)) }
        lab.run(for: .seconds(5000))
        #expect(lab.failedCommits > 0)
        #expect(lab.kinds() == [.started, .started, .started, .pollFailing, .pollRecovered])
        #expect(lab.events.dropFirst(3).allSatisfy { $0.cluster == nil })
    }

    @Test func `answers that could not be stored are no silence`() {
        var hasFailed = false
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, time in
            guard time > .seconds(4000), !hasFailed else { return time < .seconds(45) ? .activation : .completed }
            hasFailed = true
            return .server
        }
        lab.disk = { $0 < .seconds(50) || $0 > .seconds(4000) }
        lab.run(for: .seconds(4300))
        #expect(lab.failedCommits > 100)
        // The first call after the disk is back fails, once.
        #expect(lab.kinds() == [.started, .completed])
        #expect(lab.events.last?.sighting == .observed)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `nor are those of the other tasks of the same turns`() {
        // Both are asked at the same times. One has ended; the other goes on, and fails once when the disk is back.
        var hasFailed = false
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            if id == "a0" { return time < .seconds(45) ? .activation : .completed }
            guard time > .seconds(4000), !hasFailed else { return .activation }
            hasFailed = true
            return .server
        }
        lab.disk = { $0 < .seconds(50) || $0 > .seconds(4000) }
        lab.run(for: .seconds(4300))
        #expect(lab.kinds(of: "a0") == [.started, .completed])
        #expect(lab.kinds(of: "a1") == [.started])
        #expect(!lab.kinds().contains(.pollFailing))
    }

    @Test func `an answer that could not be stored does not end the time in which nobody looked`() {
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, time in
            time < .seconds(60) ? .activation : time < .seconds(1000) ? .failure(.network) : .completed
        }
        lab.disk = { $0 < .seconds(1000) || $0 > .seconds(2000) }
        lab.run(for: .seconds(3000))
        #expect(lab.failedCommits > 10)
        #expect(lab.kinds() == [.started, .pollFailing, .pollRecovered, .completed])
        #expect(lab.events.last?.sighting == .late)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `gone needs no second row of three after a failed commit`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            id == "a1" || time < .seconds(20) ? .activation : .notFound
        }
        lab.disk = { $0 < .seconds(80) || $0 > .seconds(95) }
        lab.run(for: .seconds(140))
        #expect(lab.kinds(of: "a0") == [.started, .gone])
    }

    @Test func `what a server asked for holds though the commit failed`() {
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, time in
            time < .seconds(20) ? .activation : .failure(.throttled, retryAfter: .seconds(100))
        }
        lab.disk = { $0 < .seconds(20) }
        lab.run(for: .seconds(125))
        #expect(lab.calls.count == 2)
    }
}
