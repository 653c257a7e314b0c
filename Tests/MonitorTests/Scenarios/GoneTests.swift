import Model
import Monitor
import Testing

struct GoneTests {
    /// Two clusters, of which `a0` is answered by a script in rounds of its own polls and `a1` is training.
    private func lab(_ script: [Reply], others: Int = 1) -> Lab {
        var round = 0
        return Lab(settings(clusters(1 + others), schedule: .steady)) { id, _ in
            guard id == "a0" else { return .activation }
            defer { round += 1 }
            return script[min(round, script.count - 1)]
        }
    }

    @Test func `three not-founds in a row make it gone while another cluster answers`() {
        var lab = lab([.activation, .notFound])
        lab.run(for: .seconds(89))
        #expect(lab.kinds(of: "a0") == [.started])
        #expect(lab.stored["a0"]?.lastError == "notFound")
        lab.run(for: .seconds(10))
        #expect(lab.kinds(of: "a0") == [.started, .gone])
        let gone = lab.events.last
        #expect(gone?.from == .activation)
        #expect(gone?.to == .gone)
        #expect(gone?.sighting == .observed)
        #expect(lab.stored["a0"]?.status == .gone)
        #expect(lab.stored["a0"]?.failingSince == nil)
        lab.forget()
        lab.run(for: .seconds(1700))
        #expect(!lab.calls.contains { $0.cluster == "a0" }, "polled as a settled one")
        lab.run(for: .seconds(20_000))
        #expect(lab.kinds(of: "a0").isEmpty, "still gone is neither news nor silence")
        #expect(lab.calls.count { $0.cluster == "a0" } >= 11)
    }

    @Test(arguments: [FailureReason.server, .throttled, .timeout, .credentials])
    func `another error breaks the row`(reason: FailureReason) {
        let script: [Reply] = [.activation, .notFound, .notFound, .failure(reason), .notFound, .notFound, .activation]
        var lab = lab(script)
        lab.run(for: .seconds(600))
        #expect(lab.kinds(of: "a0") == [.started])
    }

    @Test func `a good answer breaks the row`() {
        var lab = lab([.activation, .notFound, .notFound, .activation, .notFound, .notFound, .activation])
        lab.run(for: .seconds(600))
        #expect(lab.kinds(of: "a0") == [.started])
    }

    @Test func `it is left by a good answer`() {
        var lab = lab([.activation, .notFound, .notFound, .notFound, .completed])
        lab.run(for: .seconds(4000))
        #expect(lab.kinds(of: "a0") == [.started, .gone, .completed])
        #expect(lab.events.last?.from == .gone)
        #expect(lab.faults.isEmpty)
    }

    @Test func `the very answer known before leaves it too`() {
        var lab = lab([.activation, .notFound, .notFound, .notFound, .activation])
        lab.run(for: .seconds(4000))
        #expect(lab.kinds(of: "a0") == [.started, .gone, .changed])
        #expect(lab.events.last?.to == .activation)
    }

    @Test func `a settled cluster goes as well, and a poll of another proves it`() {
        var lab = lab([.completed, .notFound], others: 1)
        lab.api = { [api = lab.api] id, time in id == "a1" ? .completed : api(id, time) }
        lab.run(for: .seconds(5500))
        #expect(lab.kinds(of: "a0") == [.completed, .gone])
        #expect(lab.events.last?.from == .completed)
    }

    @Test func `a cluster never seen can be gone`() {
        var lab = lab([.notFound])
        lab.run(for: .seconds(100))
        #expect(lab.kinds(of: "a0") == [.gone])
        #expect(lab.events.last?.from == nil)
        #expect(lab.events.last?.sighting == .firstSeen)
    }

    @Test func `where all are not found nobody is gone and the account fails`() {
        var lab = Lab(settings(clusters(3))) { _, time in time < .seconds(60) ? .activation : .notFound }
        lab.run(for: .seconds(20_000))
        #expect(lab.events.map(\.kind) == [.started, .started, .started, .pollFailing])
        #expect(lab.events.last?.cluster == nil)
    }

    @Test func `an account with a bad key has no gone cluster`() {
        var lab = Lab(settings(clusters(2))) { _, time in time < .seconds(60) ? .activation : .failure(.credentials) }
        lab.run(for: .seconds(20_000))
        #expect(lab.events.map(\.kind) == [.started, .started, .pollFailing])
    }

    @Test func `a good answer of another account proves nothing`() {
        var lab = Lab(settings([cluster("a"), cluster("b"), cluster("c", in: abroad)])) { id, time in
            id == "c" || time < .seconds(60) ? .activation : .notFound
        }
        lab.run(for: .seconds(4000))
        #expect(!lab.kinds().contains(.gone))
    }

    @Test func `alone in its account it takes ten over ten minutes, and the reported silence ends`() {
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, time in
            time < .seconds(15) ? .activation : .notFound
        }
        lab.run(for: .seconds(620))
        #expect(lab.kinds() == [.started, .pollFailing])
        lab.run(for: .seconds(60))
        #expect(lab.kinds() == [.started, .pollFailing, .pollRecovered, .gone])
        #expect(lab.events[2].cluster == nil)
        #expect(lab.events[3].sighting == .observed, "it was looked at all the time")
        #expect(lab.storedScopes[home]?.failingSince == nil)
    }

    @Test func `alone with a long interval it takes ten`() {
        var lab = Lab(settings([cluster("a", poll: .seconds(120))], schedule: .steady)) { _, time in
            time < .seconds(15) ? .activation : .notFound
        }
        lab.run(for: .seconds(120 * 9 + 60))
        #expect(!lab.kinds().contains(.gone))
        lab.run(for: .seconds(120))
        #expect(lab.kinds().contains(.gone))
    }

    @Test func `gone over a restart stays gone, and found again is late`() {
        var lab = lab([.activation, .notFound, .notFound, .notFound, .notFound, .notFound, .failed])
        lab.run(for: .seconds(100))
        lab.restart(after: .seconds(60))
        lab.run(for: .seconds(6000))
        #expect(lab.kinds(of: "a0") == [.started, .gone, .failed])
        #expect(lab.events.last?.sighting == .late)
    }

    @Test func `lost over a restart is reported late`() {
        var lab = lab([.activation, .notFound])
        lab.run(for: .seconds(10))
        lab.restart(after: .seconds(600))
        lab.run(for: .seconds(200))
        #expect(lab.events.last?.kind == .gone)
        #expect(lab.events.last?.sighting == .late)
    }

    @Test func `a gone cluster can be silent, and that it is still gone ends the silence`() {
        var lab = Lab(settings(clusters(2))) { id, time in
            guard id == "a0", time > .seconds(60) else { return .activation }
            return time > .seconds(3000) && time < .seconds(20_000) ? .failure(.timeout) : .notFound
        }
        lab.run(for: .seconds(30_000))
        #expect(lab.kinds(of: "a0") == [.started, .gone, .pollFailing, .pollRecovered])
        #expect(lab.stored["a0"]?.isPollFailing == false)
    }

    @Test func `an account whose only cluster is gone fails and recovers by its not-found`() {
        var lab = Lab(settings(clusters(1))) { _, time in
            time > .seconds(3000) && time < .seconds(20_000) ? .failure(.network) : .notFound
        }
        lab.run(for: .seconds(30_000))
        #expect(lab.kinds() == [.pollFailing, .pollRecovered, .gone, .pollFailing, .pollRecovered])
        #expect(lab.storedScopes[home]?.failingSince == nil)
    }

    @Test func `the word GONE of the API is a status like any other that no page documents`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            guard id == "a0", time > .seconds(100) else { return .activation }
            return time < .seconds(1000) ? .status("GONE") : time < .seconds(2000) ? .activation : .notFound
        }
        lab.run(for: .seconds(500))
        #expect(lab.kinds(of: "a0") == [.started, .changed])
        #expect(lab.events.last?.to?.rawValue == "GONE")
        #expect(lab.stored["a0"]?.status?.isGone == false)
        let reported = lab.notices.count { if case .unknownStatus = $0 { true } else { false } }
        #expect(reported == 1)
        lab.restart()
        lab.run(for: .seconds(400))
        #expect(lab.calls.count { $0.cluster == "a0" } > 25, "polled as one that runs")
        lab.run(for: .seconds(1600))
        #expect(lab.kinds(of: "a0") == [.started, .changed, .changed, .gone])
        #expect(lab.stored["a0"]?.status == .gone)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test(arguments: [2, 3, 7])
    func `a gone cluster's not-found does not end the silence of an account where nothing is found`(count: Int) {
        var lab = Lab(settings(clusters(count))) { id, time in
            let isAnotherAccount = time > .seconds(3000) && time < .seconds(20_000)
            return id == "a0" && time > .seconds(60) || isAnotherAccount ? .notFound : .activation
        }
        lab.run(for: .seconds(19_000))
        #expect(lab.kinds(of: "a0") == [.started, .gone])
        #expect(lab.silences.map(\.kind) == [.pollFailing])
        #expect(lab.silences.allSatisfy { $0.cluster == nil })
        let reported = lab.silences.first?.observedAt.since(Lab.start.wall) ?? .zero
        #expect(reported > .seconds(3250) && reported < .seconds(3500), "\(reported)")
        let lastAnswer = lab.monitor.lastAnswers.first?.at.since(Lab.start.monotonic) ?? .zero
        #expect(lastAnswer < .seconds(3100), "nor does it keep heartbeats alive: \(lastAnswer)")
        #expect(lab.calls.count { $0.cluster == "a0" && $0.at > .seconds(3000) } < 20, "it is asked by its schedule")
        lab.run(for: .seconds(3000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.kinds().count { $0 == .gone } == 1)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test(arguments: [2, 4, 5, 7])
    func `a task that is found to be gone while nothing else is found does not end the silence of its account`(
        count: Int
    ) {
        let schedule = ScheduleSettings(running: .seconds(30), settled: .seconds(600), jitter: 0)
        var lab = Lab(settings(clusters(count), schedule: schedule)) { id, time in
            if time > .seconds(1500), time < .seconds(20_000) { return .notFound }
            guard id == "a0" else { return .activation }
            return time > .seconds(900) ? .notFound : .completed
        }
        lab.run(for: .seconds(19_000))
        #expect(lab.kinds(of: "a0") == [.completed, .gone])
        #expect(lab.silences.map(\.kind) == [.pollFailing])
        #expect(lab.silences.allSatisfy { $0.cluster == nil })
        let order = lab.events.map(\.kind).filter { $0 == .pollFailing || $0 == .gone }
        // In a small account each task is asked again before that is reported.
        #expect(order == (count < 5 ? [.gone, .pollFailing] : [.pollFailing, .gone]))
        lab.run(for: .seconds(3000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `several gone clusters are asked once each, and prove nothing either`() {
        var lab = Lab(settings(clusters(4))) { id, time in
            let isGone = id == "a0" || id == "a1" || id == "a2"
            return isGone && time > .seconds(60) || time > .seconds(9000) ? .notFound : .activation
        }
        lab.run(for: .seconds(8990))
        #expect(lab.kinds().count { $0 == .gone } == 3)
        lab.forget()
        lab.run(for: .seconds(4000))
        #expect(lab.events.map(\.kind) == [.pollFailing])
        #expect(lab.events.allSatisfy { $0.cluster == nil })
        #expect(lab.calls.count { $0.cluster != "a3" } < 20, "\(lab.calls.count)")
    }

    @Test func `over a restart it proves nothing before the others were asked`() {
        let schedule = ScheduleSettings(running: .seconds(30), settled: .seconds(60), jitter: 0)
        let quota = QuotaSettings(callsPerSecond: 0.5, burst: 1)
        var lab = Lab(settings(clusters(2), quota: quota, schedule: schedule)) { id, time in
            let isAnotherAccount = time > .seconds(3000) && time < .seconds(20_000)
            return id == "a0" && time > .seconds(100) || isAnotherAccount ? .notFound : .completed
        }
        lab.run(for: .seconds(10_000))
        #expect(lab.silences.map(\.kind) == [.pollFailing])
        lab.restart(after: .seconds(30))
        lab.run(for: .seconds(5000))
        #expect(lab.silences.map(\.kind) == [.pollFailing])
        lab.run(for: .seconds(6000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.allSatisfy { $0.cluster == nil })
        #expect(lab.kinds().count { $0 == .gone } == 1)
    }

    @Test func `after an outage a gone cluster's not-found ends the silence of its account`() {
        var lab = Lab(settings(clusters(2))) { id, time in
            if time > .seconds(3000), time < .seconds(20_000) { return .failure(.network) }
            if id == "a0", time > .seconds(60) { return .notFound }
            return time > .seconds(3000) ? .failure(.malformed) : .activation
        }
        lab.run(for: .seconds(30_000))
        let ofAccount = lab.silences.filter { $0.cluster == nil }
        #expect(ofAccount.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.last?.cluster == "a1", "whose trouble is its own")
    }
}
