import Model
import Monitor
import TestSupport
import Testing

/// Silence of one cluster, and of a whole account.
struct PollFailingTests {
    @Test func `one cluster's silence is its own, reported after failing_after and ended by a good answer`() {
        var lab = Lab(settings(clusters(3), schedule: .steady)) { id, time in
            id == "a1" && time > .seconds(20) && time < .seconds(2000) ? .server : .activation
        }
        lab.run(for: .seconds(299))
        #expect(lab.silences.isEmpty)
        lab.run(for: .seconds(3))
        let reported = lab.silences
        #expect(reported.map(\.kind) == [.pollFailing])
        #expect(reported.first?.cluster == "a1")
        #expect(reported.first?.from == .activation)
        #expect(reported.first?.to == .activation)
        #expect(reported.first?.detail == "server")
        #expect(lab.stored["a1"]?.isPollFailing == true)
        lab.run(for: .seconds(3000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.last?.cluster == "a1")
        #expect(lab.stored["a1"]?.isPollFailing == false)
        #expect(lab.stored["a1"]?.lastError == nil)
    }

    @Test(arguments: [61, 77, 83, 90, 119])
    func `an account's silence counts from its newest good answer`(cut: Int) throws {
        var lab = Lab(settings([cluster("a"), cluster("b", poll: .seconds(47)), cluster("c", poll: .seconds(59))])) {
            _, time in
            time > .seconds(cut) ? .server : .activation
        }
        lab.run(for: .seconds(900))
        let reported = try #require(lab.silences.first)
        #expect(lab.silences.count == 1 && reported.cluster == nil)
        let since = try #require(reported.notBefore)
        #expect(reported.observedAt.since(since) >= .milliseconds(299_900), "to the length of a call")
        #expect(reported.observedAt.since(since) < .seconds(300 + 120))
    }

    @Test func `a long interval is borne five times`() {
        let schedule = ScheduleSettings.steady
        var lab = Lab(settings([cluster("a", poll: .seconds(120)), cluster("b")], schedule: schedule)) { id, time in
            id == "a" && time > .seconds(10) ? .server : .activation
        }
        lab.run(for: .seconds(595))
        #expect(lab.silences.isEmpty)
        lab.run(for: .seconds(10))
        #expect(lab.silences.map(\.cluster) == ["a"])
    }

    @Test(arguments: [1, 2, 3, 6, 40])
    func `a whole account's silence is one event, and its clusters' own are withheld`(count: Int) {
        var lab = Lab(settings(clusters(count))) { _, time in
            time > .seconds(60) && time < .seconds(3000) ? .failure(.credentials) : .activation
        }
        lab.run(for: .seconds(4000))
        let reported = lab.silences
        #expect(reported.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(reported.allSatisfy { $0.cluster == nil && $0.account == "default" && $0.region == "cn-beijing" })
        #expect(reported.first?.detail == "credentials")
        #expect(lab.faults.isEmpty)
        #expect(lab.storedScopes[home]?.failingSince == nil)
    }

    @Test(arguments: [2, 5, 40])
    func `answers that were on their way when an account went silent do not make it one cluster's trouble`(
        count: Int
    ) {
        var lab = Lab(settings(clusters(count))) { id, time in
            time > .seconds(id == "a1" ? 60 : 75) ? .failure(.credentials) : .activation
        }
        lab.run(for: .seconds(900))
        #expect(lab.silences.map(\.cluster) == [nil])
        #expect(lab.faults.isEmpty)
    }

    @Test func `another account is not touched`() {
        var lab = Lab(settings(clusters(3) + [cluster("x", in: abroad)])) { id, time in
            id != "x" && time > .seconds(60) ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(4000))
        #expect(lab.silences.map(\.account) == ["default"])
    }

    @Test func `clusters with long intervals are asked in time, so that an outage is reported as one`() {
        let slow = (1...8).map { cluster("s\($0)", poll: .seconds(3600)) }
        var lab = Lab(settings([cluster("fast")] + slow)) { _, time in
            time > .seconds(60) && time < .seconds(30_000) ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(40_000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.allSatisfy { $0.cluster == nil })
        #expect(lab.silences.first.map { $0.observedAt < Lab.start.wall.advanced(by: .seconds(460)) } ?? false)
    }

    @Test func `a cluster that failed before the outage is asked too, so that the outage is reported as one`() {
        let slow = cluster("slow", poll: .seconds(3600))
        var lab = Lab(settings([cluster("fast"), slow], schedule: .steady)) { id, time in
            if id == "slow", time > .seconds(60), time < .seconds(4000) { return .failure(.malformed) }
            return time > .seconds(5000) && time < .seconds(9000) ? .failure(.credentials) : .activation
        }
        lab.run(for: .seconds(20_000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.allSatisfy { $0.cluster == nil })
    }

    @Test(arguments: [1, 2, 3], [-30, 0, 10, 60, 330])
    func `a call of each other task that failed by chance does not make one task's trouble that of its account`(
        others: Int, chance: Int
    ) {
        let slow = (1...others).map { cluster("s\($0)", poll: .seconds(1800)) }
        var failed: Set<ClusterID> = []
        var lab = Lab(settings([cluster("fast")] + slow, schedule: .steady)) { id, time in
            if id == "fast" { return time > .seconds(4000) && time < .seconds(6000) ? .server : .activation }
            // The first call after that fails, whoever asked for it.
            guard time > .seconds(4000 + chance), failed.insert(id).inserted else { return .activation }
            return .failure(.network)
        }
        lab.run(for: .seconds(9000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.allSatisfy { $0.cluster == "fast" }, "\(lab.silences)")
        #expect(lab.faults.isEmpty)
    }

    @Test(arguments: [1, 2, 3])
    func `several failing tasks do not make one that failed by chance part of an outage`(sick: Int) {
        let slow = cluster("slow", poll: .seconds(1800))
        var hasFailed = false
        var lab = Lab(settings(clusters(sick) + [slow], schedule: .steady)) { id, time in
            if id != slow.id { return time > .seconds(4000) && time < .seconds(6000) ? .server : .activation }
            // Its first call fails, which is made because the others fail.
            guard time > .seconds(4000), !hasFailed else { return .activation }
            hasFailed = true
            return .failure(.network)
        }
        lab.run(for: .seconds(9000))
        #expect(hasFailed)
        #expect(lab.silences.count { $0.kind == .pollFailing } == sick)
        #expect(lab.silences.allSatisfy { $0.cluster != nil && $0.cluster != slow.id }, "\(lab.silences)")
        #expect(lab.faults.isEmpty)
    }

    @Test func `what failed before the account's last answer does not count for an outage`() {
        let slow = cluster("slow", poll: .seconds(1800))
        var asked: [Duration] = []
        var lab = Lab(settings(clusters(1) + [slow], schedule: .steady)) { id, time in
            let isOutage = time > .seconds(4000) && time < .seconds(4200)
            guard id == slow.id else { return isOutage || time > .seconds(4300) ? .server : .activation }
            if time > .seconds(4300) { asked.append(time) }
            // It fails twice in a short outage, and once more by chance when only the other one fails.
            return isOutage || time > .seconds(4300) && asked.count == 1 ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(4250))
        #expect(lab.calls.count { $0.cluster == slow.id && $0.at > .seconds(4000) } == 2)
        lab.run(for: .seconds(2000))
        #expect(lab.silences.map(\.cluster) == ["a0"], "\(lab.silences)")
        #expect(lab.faults.isEmpty)
    }

    @Test(arguments: [1, 2, 3], [false, true])
    func `an outage of a few tasks with long intervals is one event, and is reported in time`(
        others: Int, isHanging: Bool
    ) throws {
        let slow = (1...others).map { cluster("s\($0)", poll: .seconds(1800)) }
        let outage = Duration.seconds(4000)..<Duration.seconds(9000)
        var lab = Lab(settings([cluster("fast")] + slow, schedule: .steady)) { _, time in
            outage.contains(time) ? .failure(.network) : .activation
        }
        lab.hangs = { _, time in isHanging && outage.contains(time) }
        lab.run(for: .seconds(15_000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.allSatisfy { $0.cluster == nil })
        let reported = try #require(lab.silences.first)
        let since = try #require(reported.notBefore)
        let took = reported.observedAt.since(since)
        // The other task is asked when two calls of the first one hung, for two minutes each, and is waited for.
        #expect(took < .seconds(isHanging ? 422 : 303), "\(took)")
        #expect(lab.faults.isEmpty)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `after an outage that was not reported a cluster is asked before its silence is reported`(seed: UInt64) {
        let slow = (1...2).map { cluster("s\($0)", poll: .seconds(3600)) }
        // Over shortly before five intervals are: some polls of the next round come in time, some do not.
        var lab = Lab(settings(slow), seed: seed) { _, time in
            time > .seconds(100) && time < .seconds(17_000) ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(40_000))
        #expect(lab.silences.filter { $0.cluster != nil }.isEmpty, "\(lab.silences)")
    }

    @Test(arguments: [1, 2, 3, 4])
    func `sick clusters beside settled healthy ones are reported one by one`(sick: Int) {
        var lab = Lab(settings(clusters(9))) { id, time in
            guard let number = Int(id.rawValue.dropFirst()) else { return .activation }
            if number >= sick { return .completed }
            return time > .seconds(60) && time < .seconds(5000) ? .server : .activation
        }
        lab.run(for: .seconds(8000))
        let reported = lab.silences
        #expect(reported.count { $0.kind == .pollFailing } == sick)
        #expect(reported.count { $0.kind == .pollRecovered } == sick)
        #expect(reported.allSatisfy { $0.cluster != nil })
    }

    @Test func `time counts anew from the account's recovery`() {
        var lab = Lab(settings(clusters(3), schedule: .steady)) { id, time in
            guard time > .seconds(60) else { return .activation }
            if id == "a0" { return time < .seconds(5000) ? .server : .activation }
            return time < .seconds(2000) ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(8000))
        let reported = lab.silences
        #expect(reported.map(\.kind) == [.pollFailing, .pollRecovered, .pollFailing, .pollRecovered])
        #expect(reported.map(\.cluster) == [nil, nil, "a0", "a0"])
        let anew = reported[2].observedAt.since(reported[1].observedAt)
        #expect(anew >= .seconds(300) && anew < .seconds(310), "\(reported.map(\.observedAt))")
    }

    @Test func `no task is reported silent for waiting its turn after the account's recovery`() {
        var lab = Lab(settings(clusters(700))) { _, time in
            time > .seconds(400) && time < .seconds(4000) ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(8000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
    }

    @Test func `a small quota alone is not a silence`() {
        var random = SeededGenerator(seed: 1)
        var lab = Lab(settings(clusters(1000))) { _, _ in
            Int.random(in: 0..<50, using: &random) == 0 ? .server : .activation
        }
        lab.run(for: .seconds(6000))
        #expect(lab.silences.isEmpty)
    }

    @Test func `a cluster reported silent is not reported again when its account goes down, and recovers by itself`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, time in
            if id == "a0" { return time > .seconds(60) && time < .seconds(9000) ? .server : .activation }
            return time > .seconds(1000) && time < .seconds(4000) ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(12_000))
        let reported = lab.silences
        #expect(reported.map(\.kind) == [.pollFailing, .pollFailing, .pollRecovered, .pollRecovered])
        #expect(reported.map(\.cluster) == ["a0", nil, nil, "a0"])
    }

    @Test func `restarted while an account fails, it is not reported again, and its end is`() {
        var lab = Lab(settings(clusters(3))) { _, time in
            time > .seconds(60) && time < .seconds(3000) ? .failure(.network) : .activation
        }
        lab.run(for: .seconds(1000))
        #expect(lab.silences.count == 1)
        #expect(lab.storedScopes[home]?.failingSince == lab.silences.first?.observedAt)
        lab.restart(after: .seconds(60))
        lab.run(for: .seconds(1000))
        #expect(lab.silences.count == 1)
        lab.run(for: .seconds(2000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.storedScopes[home]?.failingSince == nil)
    }

    @Test func `restarted while a cluster fails, it is not reported again, and its end is`() {
        var lab = Lab(settings(clusters(3))) { id, time in
            id == "a2" && time > .seconds(60) && time < .seconds(3000) ? .server : .activation
        }
        lab.run(for: .seconds(1000))
        lab.restart(after: .seconds(60))
        lab.run(for: .seconds(3000))
        #expect(lab.silences.map(\.kind) == [.pollFailing, .pollRecovered])
        #expect(lab.silences.map(\.cluster) == ["a2", "a2"])
        #expect(lab.stored["a2"]?.isPollFailing == false)
        lab.forget()
        lab.restart()
        lab.run(for: .seconds(600))
        #expect(lab.events.isEmpty)
    }

    @Test func `restarted into an outage, silence counts from the start`() {
        var lab = Lab(settings(clusters(3))) { _, time in time > .seconds(60) ? .failure(.network) : .activation }
        lab.run(for: .seconds(200))
        lab.restart()
        lab.run(for: .seconds(290))
        #expect(lab.silences.isEmpty)
        lab.run(for: .seconds(120))
        #expect(lab.silences.map(\.kind) == [.pollFailing])
    }

    @Test func `an API that throttles everything is a silent account`() {
        var lab = Lab(settings(clusters(4))) { _, time in time > .seconds(60) ? .throttled : .activation }
        lab.run(for: .seconds(1200))
        #expect(lab.silences.map(\.kind) == [.pollFailing])
        #expect(lab.silences.first?.cluster == nil)
    }

    @Test func `the log hears of the first failure and of the recovery`() {
        var lab = Lab(settings(clusters(2))) { id, time in
            id == "a0" && time > .seconds(60) && time < .seconds(200) ? .server : .activation
        }
        lab.run(for: .seconds(900))
        #expect(lab.notices.count == 2)
        guard case .failing("a0", _, let failure) = lab.notices.first,
            case .answering("a0", _, let failures) = lab.notices.last
        else {
            Issue.record("\(lab.notices)")
            return
        }
        #expect(failure.reason == .server)
        #expect(failures >= 2)
        #expect(lab.commits == 3, "the first answers, the first failure, the recovery")
    }
}
