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
        lab.run(for: .seconds(5000))
        #expect(lab.kinds(of: "pm-1") == [.started, .gone])
        lab.restart(after: .seconds(90_000))
        lab.run(for: .seconds(2000))
        #expect(lab.retired.isEmpty)
        #expect(lab.monitor.overview.watched == 3)
        #expect(lab.kinds(of: "pm-1") == [.started, .gone])
    }

    @Test func `while a list speaks against a task's own answer it does not stand in for polls`() {
        let begin = Lab.start.wall.milliseconds / 1000
        // The list knows of the new run a minute before the task's own answer does.
        var lab = Lab(discovering()) { _, at in
            .run("ACTIVATION", started: at < .seconds(560) ? begin - 900 : begin + 490)
        }
        lab.lists = { _, page, at in
            .success(
                list(
                    [listed("pm-1", "ACTIVATION", started: at < .seconds(500) ? begin - 900 : begin + 490)],
                    page: page))
        }
        lab.run(for: .seconds(500))
        #expect(lab.kinds() == [.started])
        lab.forget()
        lab.run(for: .seconds(100))
        #expect(lab.events.map(\.kind) == [.restarted])
        #expect(lab.events.first?.sighting == .inferred)
        lab.run(for: .seconds(60))
        lab.forget()
        lab.run(for: .seconds(2000))
        #expect(lab.calls.isEmpty, "both say the same again")
        #expect(lab.events.isEmpty)
    }

    @Test func `after a start a list without times does not put off the first poll of a training`() {
        let begin = Lab.start.wall.milliseconds / 1000
        var lab = Lab(discovering()) { _, at in
            .run("ACTIVATION", started: at < .seconds(700) ? begin - 900 : begin + 690)
        }
        lab.lists = { _, page, _ in
            .success(list((0..<20).map { listed("pm-\(1000 + $0)", "ACTIVATION") }, page: page))
        }
        lab.run(for: .seconds(600))
        lab.forget()
        lab.restart(after: .seconds(300))
        lab.run(for: .seconds(40))
        #expect(lab.events.count == 20)
        #expect(lab.events.allSatisfy { $0.kind == .restarted && $0.sighting == .inferred })
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `beside a list without times a training is asked now and then whether another run began`() {
        let begin = Lab.start.wall.milliseconds / 1000
        var lab = Lab(discovering()) { _, at in
            .run("ACTIVATION", started: at < .seconds(1000) ? begin - 900 : begin + 990)
        }
        lab.lists = { _, page, _ in .success(list([listed("pm-1", "ACTIVATION")], page: page)) }
        lab.run(for: .seconds(3700))
        #expect(lab.kinds() == [.started, .restarted])
        #expect(lab.calls.count <= 5, "\(lab.calls.count)")
    }
}
