import Model
import Monitor
import Testing

struct DiscoveryTests {
    private func tasks(_ count: Int, _ status: String? = "ACTIVATION") -> [ListedTask] {
        (0..<count).map { listed("pm-\(1000 + $0)", status) }
    }

    @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
    func `finds every task of an instance, paged or not, counted or not`(isPaged: Bool, isCounted: Bool) {
        for count in [0, 1, 29, 30, 31, 60, 95] {
            let all = tasks(count)
            var lab = Lab(discovering(quota: QuotaSettings(callsPerSecond: 100, burst: 100))) { _, _ in .activation }
            lab.lists = { _, page, _ in
                let page = list(all, page: page, isPaged: isPaged)
                return .success(TaskListPage(tasks: page.tasks, total: isCounted ? count : nil))
            }
            lab.run(for: .seconds(20))
            #expect(Set(lab.calls.map(\.cluster)) == Set(all.map(\.id)), "\(count)")
            #expect(lab.pages.count <= count / 30 + 2, "\(count): \(lab.pages)")
            #expect(lab.events.count == count)
            #expect(lab.events.allSatisfy { $0.labels == ["from": "pc-1"] && $0.kind == .started })
            #expect(lab.stored.values.allSatisfy { $0.instance == "pc-1" })
            #expect(lab.faults.isEmpty, "\(lab.faults)")
            let isEmptinessTold = lab.notices.contains { if case .noTasks = $0 { true } else { false } }
            #expect(isEmptinessTold == (count == 0))
        }
    }

    @Test func `items that are no tasks end no list, and a server's own smaller page does not either`() {
        let all = tasks(50)
        var lab = Lab(discovering(quota: QuotaSettings(callsPerSecond: 100, burst: 100))) { _, _ in .activation }
        lab.lists = { _, page, _ in
            let first = min(50, (page - 1) * 20)
            return .success(TaskListPage(tasks: Array(all[first..<min(50, first + 20)]), total: 50))
        }
        lab.run(for: .seconds(20))
        #expect(lab.monitor.overview.watched == 50)
        lab = Lab(discovering(quota: QuotaSettings(callsPerSecond: 100, burst: 100))) { _, _ in .activation }
        lab.lists = { _, page, _ in
            // The first of each page has no id.
            let page = list(all, page: page)
            return .success(TaskListPage(tasks: Array(page.tasks.dropFirst()), items: page.tasks.count))
        }
        lab.run(for: .seconds(20))
        #expect(lab.monitor.overview.watched == 48)
        #expect(lab.pages.map(\.page) == [1, 2, 3], "the last one proves the end")
        #expect(lab.monitor.overview.leftOut == 0)
    }

    @Test func `a task that turns up is watched at once`() {
        var lab = Lab(discovering()) { _, _ in .activation }
        lab.lists = { _, page, at in
            .success(
                list(
                    at < .seconds(95)
                        ? [listed("pm-a", "ACTIVATION")]
                        : [listed("pm-a", "ACTIVATION"), listed("pm-b", "ACTIVATION")], page: page))
        }
        lab.run(for: .seconds(94))
        #expect(lab.events.map(\.cluster) == ["pm-a"])
        lab.run(for: .seconds(31))
        #expect(lab.events.map(\.cluster) == ["pm-a", "pm-b"])
        #expect(lab.events.last?.sighting == .firstSeen)
    }

    @Test func `a list with statuses stands in for polls, and a change is asked about at once`() {
        let end = Duration.seconds(3000)
        var lab = Lab(discovering()) { id, at in id == "pm-1003" && at > end ? .failed : .activation }
        lab.lists = { _, page, at in
            .success(
                list(
                    (0..<20).map { listed("pm-\(1000 + $0)", $0 == 3 && at > end ? "FAILED " : "ACTIVATION") },
                    page: page))
        }
        lab.run(for: .seconds(600))
        lab.forget()
        lab.run(for: .seconds(2400))
        #expect(lab.pages.count >= 79)
        // None of trainings that go on; without the list there were 1,600.
        #expect(lab.calls.isEmpty, "\(lab.calls.count)")
        lab.run(for: .seconds(31))
        #expect(lab.events.map(\.kind) == [.failed])
        let reported = lab.events.first.map { $0.observedAt.since(Lab.start.wall) } ?? .zero
        #expect(reported > end && reported < end + .seconds(31))
        #expect(lab.events.first?.notBefore.map { $0.since(Lab.start.wall) > end - .seconds(31) } ?? false)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a list without statuses only finds tasks, and costs a tenth of the calls at most`() {
        var lab = Lab(discovering()) { _, _ in .activation }
        lab.lists = { _, page, _ in .success(list((0..<300).map { listed("pm-\(1000 + $0)") }, page: page)) }
        lab.run(for: .seconds(400))
        lab.forget()
        lab.run(for: .seconds(4000))
        #expect(Double(lab.pages.count) <= 0.11 * 8000)
        #expect(lab.pages.count > 500)
        let polls = Dictionary(grouping: lab.calls, by: \.cluster).mapValues(\.count)
        #expect(polls.count == 300)
        #expect((polls.values.min() ?? 0) > 20, "the rest goes round")
    }

    @Test func `a list without statuses shows new times`() {
        var lab = Lab(discovering()) { _, at in
            at < .seconds(700)
                ? .run("COMPLETED", started: 100, completed: 200)
                : .run("COMPLETED", started: 900, completed: 950)
        }
        lab.lists = { _, page, at in
            .success(
                list(
                    [
                        at < .seconds(700)
                            ? listed("pm-a", started: 100, completed: 200)
                            : listed("pm-a", started: 900, completed: 950)
                    ],
                    page: page))
        }
        lab.run(for: .seconds(740))
        #expect(lab.kinds() == [.completed, .restarted, .completed], "settled tasks are polled every half hour")
    }

    @Test func `what a list says is never believed alone`() {
        // The list claims that all failed, then has nobody: the tasks themselves go on.
        var lab = Lab(discovering()) { _, _ in .activation }
        lab.lists = { _, page, at in
            let status = at > .seconds(300) && at < .seconds(600) ? "FAILED" : "ACTIVATION"
            return .success(
                list(at > .seconds(900) ? [] : (0..<5).map { listed("pm-\($0)", status) }, page: page))
        }
        lab.run(for: .seconds(4000))
        #expect(lab.kinds().allSatisfy { $0 == .started })
        #expect(lab.faults.isEmpty)
        let late = lab.calls.filter { $0.at > .seconds(950) }
        #expect(late.count > 450, "they are polled by the schedule again")
    }

    @Test func `a task that vanishes becomes gone with a cluster's own care`() {
        var lab = Lab(discovering()) { id, at in id == "pm-1" && at > .seconds(300) ? .notFound : .activation }
        lab.lists = { _, page, at in
            .success(
                list(
                    (0..<3).filter { $0 != 1 || at < .seconds(300) }.map { listed("pm-\($0)", "ACTIVATION") },
                    page: page))
        }
        lab.run(for: .seconds(320))
        #expect(!lab.kinds().contains(.gone))
        #expect(lab.calls.contains { $0.cluster == "pm-1" && $0.at > .seconds(300) }, "asked at once")
        lab.run(for: .seconds(120))
        #expect(lab.kinds(of: "pm-1") == [.started, .gone])
        #expect(lab.calls.count { $0.cluster == "pm-1" && $0.reply == .notFound } >= 3)
        // A day later it makes room, and its return is seen all the same.
        lab.lists = { _, page, at in
            .success(
                list(
                    (0..<3).filter { $0 != 1 || at > .seconds(90_000) }.map { listed("pm-\($0)", "ACTIVATION") },
                    page: page))
        }
        lab.run(for: .seconds(88_000))
        #expect(lab.retired == ["pm-1"])
        #expect(lab.monitor.overview.watched == 2)
        lab.api = { _, _ in .activation }
        lab.run(for: .seconds(2000))
        #expect(lab.kinds(of: "pm-1") == [.started, .gone, .changed])
        #expect(lab.monitor.overview.watched == 3)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `no more are watched than may be, and that is reported once`() {
        var settings = discovering(clusters: [cluster("pm-1")])
        settings.mostDiscovered = 40
        var lab = Lab(settings) { _, _ in .activation }
        let all = tasks(100)
        lab.lists = { _, page, _ in .success(list(all, page: page)) }
        lab.run(for: .seconds(600))
        #expect(Set(lab.calls.map(\.cluster)).count == 41)
        let reported = lab.notices.filter { if case .tooManyTasks = $0 { true } else { false } }
        #expect(reported == [.tooManyTasks(parent, leftOut: 60, limit: 40)] || reported.count == 1, "\(reported)")
        #expect(lab.monitor.overview.leftOut > 0)
    }

    @Test func `a server that pages without end is read no further than the limit`() {
        var settings = discovering(quota: QuotaSettings(callsPerSecond: 1000, burst: 1000))
        settings.mostDiscovered = 90
        var lab = Lab(settings) { _, _ in .activation }
        lab.lists = { _, page, _ in .success(TaskListPage(tasks: (0..<30).map { listed("pm-\(page)-\($0)") })) }
        lab.run(for: .seconds(10))
        #expect((lab.pages.map(\.page).max() ?? 0) <= 5)
        #expect(lab.monitor.overview.watched == 90)
    }

    @Test func `an account whose list fails is silent, and recovers`() {
        var lab = Lab(discovering()) { _, _ in .activation }
        lab.lists = { _, page, at in
            at < .seconds(2000)
                ? .failure(PollFailure(reason: .permission, message: "may not"))
                : .success(list([listed("pm-a", "ACTIVATION")], page: page))
        }
        lab.run(for: .seconds(4000))
        #expect(lab.kinds() == [.pollFailing, .pollRecovered, .started])
        #expect(lab.events.first?.cluster == nil)
        #expect(lab.events.first?.detail == "may not")
        let reported = lab.notices.count { if case .listFailing = $0 { true } else { false } }
        #expect(reported == 1)
        #expect(lab.pages.count { $0.at < .seconds(2000) } < 30, "and it is asked less and less often")
    }

    @Test func `a list that fails beside its tasks is the log's news, and they are polled themselves`() {
        var lab = Lab(discovering()) { id, at in at > .seconds(1000) && id == "pm-a" ? .completed : .activation }
        lab.lists = { _, page, at in
            at < .seconds(300)
                ? .success(list([listed("pm-a", "ACTIVATION"), listed("pm-b", "ACTIVATION")], page: page))
                : .failure(PollFailure(reason: .server, message: "ill"))
        }
        lab.run(for: .seconds(1040))
        #expect(lab.kinds(of: "pm-a") == [.started, .completed])
        #expect(!lab.kinds().contains(.pollFailing))
        #expect(lab.monitor.overview.failingInstances == [parent])
        #expect(lab.monitor.overview.listFailures == [parent: "ill"])
        lab.lists = { _, page, _ in
            .success(list([listed("pm-a", "ACTIVATION"), listed("pm-b", "ACTIVATION")], page: page))
        }
        lab.run(for: .seconds(3600))
        #expect(lab.monitor.overview.listFailures.isEmpty)
    }

    @Test func `a restart goes on with what was found, also while the list fails`() {
        var lab = Lab(discovering()) { _, at in at > .seconds(500) ? .failed : .activation }
        lab.lists = { _, page, at in
            at < .seconds(300)
                ? .success(list([listed("pm-a", "ACTIVATION")], page: page))
                : .failure(PollFailure(reason: .server, message: "ill"))
        }
        lab.run(for: .seconds(400))
        lab.restart(after: .seconds(200))
        lab.run(for: .seconds(60))
        #expect(lab.kinds() == [.started, .failed])
        #expect(lab.events.last?.sighting == .late)
        #expect(lab.events.last?.labels == ["from": "pc-1"])
    }

    @Test func `a reload adds and removes instances in the middle of a round`() {
        let other = InstanceKey(id: "pc-2", scope: home)
        var lab = Lab(discovering(clusters: [cluster("pm-x")])) { _, _ in .activation }
        lab.latency = { _ in .seconds(3) }
        lab.lists = { instance, page, _ in
            .success(list((0..<100).map { listed("pm-\(instance)-\($0)", "ACTIVATION") }, page: page))
        }
        lab.run(for: .seconds(5))
        lab.reload(discovering([parent, other], clusters: [cluster("pm-x")]))
        lab.run(for: .seconds(4))
        lab.reload(discovering([other], clusters: [cluster("pm-x")]))
        lab.run(for: .seconds(200))
        #expect(lab.monitor.overview.watched == 101)
        lab.forget()
        lab.run(for: .seconds(200))
        #expect(lab.pages.allSatisfy { $0.instance == "pc-2" } && !lab.pages.isEmpty)
        lab.reload(discovering([], clusters: [cluster("pm-x")]))
        lab.forget()
        lab.run(for: .seconds(100))
        #expect(Set(lab.calls.map(\.cluster)) == ["pm-x"])
        #expect(lab.pages.isEmpty)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `a page that could not be stored is asked for again`() {
        var lab = Lab(discovering()) { _, _ in .activation }
        lab.lists = { _, page, _ in .success(list((0..<40).map { listed("pm-\($0)", "ACTIVATION") }, page: page)) }
        lab.disk = { $0 > .seconds(100) }
        lab.run(for: .seconds(99))
        #expect(lab.monitor.overview.watched == 0)
        #expect(lab.failedCommits > 2)
        lab.run(for: .seconds(100))
        #expect(lab.events.count == 40)
        #expect(lab.faults.isEmpty)
    }

    @Test func `a task that the config names keeps its name and its own interval`() {
        var lab = Lab(discovering(clusters: [cluster("pm-1", name: "mine", poll: .seconds(10))])) { _, _ in .activation
        }
        lab.lists = { _, page, _ in
            .success(list([listed("pm-1", "ACTIVATION"), listed("pm-2", "ACTIVATION")], page: page))
        }
        lab.run(for: .seconds(1000))
        #expect(lab.events.first { $0.cluster == "pm-1" }?.name == "mine")
        #expect(lab.stored["pm-1"]?.instance == nil)
        #expect(lab.calls.count { $0.cluster == "pm-1" } > 90)
    }
}
