import Model
import Monitor
import Testing

/// A list and the task's own answer that do not say the same.
struct ListedTasksTests {
    @Test func `a task that is gone stays watched while the list shows it, and makes room once it does not`() {
        var lab = Lab(discovering()) { id, at in id == "pm-1" && at > .seconds(300) ? .notFound : .activation }
        lab.lists = { _, page, at in
            .success(
                list(
                    (0..<3).filter { $0 != 1 || at < .seconds(100_000) }.map { listed("pm-\($0)", "ACTIVATION") },
                    page: page))
        }
        lab.run(for: .seconds(99_990))
        #expect(lab.kinds(of: "pm-1") == [.started, .gone])
        #expect(lab.retired.isEmpty)
        #expect(lab.monitor.overview.watched == 3)
        let found = lab.notices.count { if case .found = $0 { true } else { false } }
        #expect(found == 1, "all at the first listing, and never again")
        #expect(lab.commits < 10, "\(lab.commits)")
        lab.run(for: .seconds(200))
        #expect(lab.retired == ["pm-1"])
        #expect(lab.monitor.overview.watched == 2)
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `over a restart a list that still shows it keeps a task that is gone`() {
        var lab = Lab(discovering()) { id, at in id == "pm-1" && at > .seconds(300) ? .notFound : .activation }
        lab.lists = { _, page, _ in
            .success(list((0..<3).map { listed("pm-\($0)", "ACTIVATION") }, page: page))
        }
        lab.run(for: .seconds(1000))
        #expect(lab.kinds(of: "pm-1") == [.started, .gone])
        lab.restart(after: .seconds(90_000))
        lab.run(for: .seconds(2000))
        #expect(lab.retired.isEmpty)
        #expect(lab.monitor.overview.watched == 3)
        #expect(lab.kinds(of: "pm-1") == [.started, .gone])
    }
}
