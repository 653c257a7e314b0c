import Model
import Monitor
import Testing

/// The last lines of a failed training's log go with its alert, and never hold it up for long.
struct FailureLogTests {
    private func failing(
        _ count: Int, at time: Duration = .seconds(100), quota: QuotaSettings = QuotaSettings()
    ) -> Lab {
        Lab(settings(clusters(count), quota: quota, schedule: .steady)) { _, at in at < time ? .activation : .failed }
    }

    private func reasons(_ lab: Lab) -> [String] {
        lab.notices.compactMap { if case .failureWithoutLog(_, _, let reason) = $0 { reason } else { nil } }
    }

    @Test func `the lines are part of the event, whose time is that of the answer`() {
        var lab = failing(1)
        lab.logs = { _, _ in .success(["step 9", "out of memory"]) }
        lab.run(for: .seconds(119))
        lab.latency = { _ in .seconds(3) }
        lab.run(for: .seconds(60))
        #expect(lab.kinds() == [.started, .failed])
        #expect(lab.events.last?.logLines == ["step 9", "out of memory"])
        #expect(lab.events.first?.logLines == [])
        #expect(lab.logReads.count == 1, "once for a failure, not at every poll after it")
        let answered = lab.calls.first { $0.reply == .failed }.map { $0.at + .seconds(3) } ?? .zero
        #expect(lab.events.last.map { $0.observedAt.since(Lab.start.wall) } == answered)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `a log that cannot be read delays nothing, and the log of the daemon says why`() {
        var lab = failing(1)
        lab.logs = { _, _ in .failure(PollFailure(reason: .permission, message: "not allowed")) }
        lab.run(for: .seconds(150))
        #expect(lab.kinds() == [.started, .failed])
        #expect(lab.events.last?.logLines == [])
        #expect(reasons(lab) == ["not allowed"])
        let slowed = lab.notices.contains { if case .slowedDown = $0 { true } else { false } }
        #expect(!slowed)
    }

    @Test func `a log that never comes delays its failure for ten seconds, and the polls of the task go on`() {
        var lab = failing(2)
        lab.hangs = { call, _ in if case .readLog = call { true } else { false } }
        lab.run(for: .seconds(129))
        #expect(lab.kinds(of: "a0") == [.started], "the answer at 120 seconds waits")
        lab.run(for: .seconds(3))
        #expect(lab.kinds(of: "a0") == [.started, .failed])
        #expect(reasons(lab) == ["reading it took longer than 10s", "reading it took longer than 10s"])
        lab.forget()
        lab.run(for: .seconds(1900))
        #expect(lab.calls.count { $0.cluster == "a0" } == 1, "settled now")
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `if many fail at once four logs are read, and the others are not waited for`() {
        var lab = failing(20, quota: QuotaSettings(callsPerSecond: 50, burst: 50))
        lab.logs = { cluster, _ in .success(["log of \(cluster)"]) }
        lab.latency = { _ in .seconds(2) }
        lab.run(for: .seconds(160))
        let failures = lab.events.filter { $0.kind == .failed }
        #expect(failures.count == 20)
        for event in failures where !event.logLines.isEmpty {
            #expect(event.logLines == ["log of \(event.cluster?.rawValue ?? "")"])
        }
        #expect(lab.logReads.count >= 4)
        #expect(lab.logReads.count == failures.count { !$0.logLines.isEmpty })
        #expect(reasons(lab).count == failures.count { $0.logLines.isEmpty })
        #expect(reasons(lab).allSatisfy { $0.hasPrefix("the logs of other failed tasks") })
    }

    @Test func `after a throttled log none is read for a minute, and the polls keep their pace`() {
        var lab = Lab(settings(clusters(2), schedule: .steady)) { id, at in
            at < (id == "a0" ? .seconds(100) : .seconds(130)) ? .activation : .failed
        }
        lab.logs = { _, _ in .failure(PollFailure(reason: .throttled, message: "slow down")) }
        lab.run(for: .seconds(200))
        #expect(lab.kinds(of: "a1") == [.started, .failed])
        #expect(lab.logReads.count == 1)
        #expect(reasons(lab) == ["slow down", "`calls_per_second` left no API call for reading it"])
        let slowed = lab.notices.contains { if case .slowedDown = $0 { true } else { false } }
        #expect(!slowed)
    }

    @Test func `a failure that waits for its log goes on waiting over a reload, and is reported once`() {
        var lab = failing(2)
        lab.logs = { _, _ in .success(["the end"]) }
        lab.run(for: .seconds(119))
        lab.latency = { _ in .seconds(4) }
        lab.run(for: .seconds(5.5))
        lab.reload(settings(clusters(2).reversed(), schedule: .steady))
        lab.run(for: .seconds(1))
        lab.reload(settings(clusters(2), schedule: .steady))
        lab.run(for: .seconds(60))
        for cluster in ["a0", "a1"] as [ClusterID] {
            #expect(lab.kinds(of: cluster) == [.started, .failed])
        }
        #expect(lab.events.filter { $0.kind == .failed }.map(\.logLines) == [["the end"], ["the end"]])
        #expect(lab.logReads.count == 2)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `a failure that could not be stored is found again, with its log`() {
        var lab = failing(1)
        lab.logs = { _, _ in .success(["the end"]) }
        lab.disk = { at in !(at > .seconds(110) && at < .seconds(150)) }
        lab.run(for: .seconds(200))
        #expect(lab.failedCommits > 0)
        #expect(lab.kinds() == [.started, .failed])
        #expect(lab.events.last?.logLines == ["the end"])
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `a failure waits for no silence: the account has answered`() {
        var settings = settings(clusters(1), schedule: .steady)
        settings.logLimit = .seconds(100)
        var lab = Lab(settings) { _, at in
            at < .seconds(60) ? .activation : at < .seconds(380) ? .failure(.network) : .failed
        }
        lab.hangs = { call, _ in if case .readLog = call { true } else { false } }
        lab.run(for: .seconds(900))
        #expect(lab.kinds().last == .failed)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }
}
