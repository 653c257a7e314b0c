import Model
import Monitor
import Testing

/// An answer without any time of a run (`TaskInfo` may be empty) says nothing of it: what is known of the run stays.
struct MissingTimesTests: RunCourse {
    let prices = Prices(currency: "EUR", general: 36)

    @Test func `events within a run without times have none of the run before, and a gap does not split it`() {
        var lab = lab([
            (0, reply("FAILED", -5000, -1000)), (1000, reply("ACTIVATION")), (3000, .notFound),
            (20_000, reply("ACTIVATION")), (30_000, reply("COMPLETED")),
        ])
        lab.run(for: .seconds(40_000))
        let gone = events(lab).first { $0.kind == .gone }
        #expect(gone != nil)
        #expect(gone?.facts.completedAt == nil)
        #expect(gone?.facts.startedAt != time(-5000))
        #expect(events(lab).count { $0.kind == .completed } == 1)
        #expect(Set(runs(lab).compactMap(\.startedAt)).count <= 2, "\(runs(lab))")
    }

    @Test(arguments: [true, false])
    func `a run that is over stays as it was, while the times are missing and after that`(restarts: Bool) {
        for word in ["COMPLETED", "FAILED"] {
            var lab = lab([
                (0, reply(word, -5000, -1000)), (1000, reply(word)), (5000, reply(word, -5000, -1000)),
            ])
            lab.run(for: .seconds(2000))
            if restarts { lab.restart(after: .seconds(60)) }
            lab.run(for: .seconds(8000))
            let lastRun: Duration? = word == "FAILED" ? nil : .seconds(4000)
            #expect(lab.answers.count { $0.cluster == "a0" } == 3, "each of the answers was taken")
            #expect(events(lab).map(\.kind) == [word == "FAILED" ? .failed : .completed])
            #expect(runs(lab).map(\.endedAt) == [time(-1000)])
            #expect(lab.stored["a0"]?.lastRun == lastRun)
            #expect(lab.stored["a0"]?.since == time(-1000))
        }
    }

    @Test func `an end that is missing alone does not become now`() {
        var lab = lab([(0, reply("COMPLETED", -5000, -1000)), (1000, reply("COMPLETED", -5000))])
        lab.run(for: .seconds(8000))
        #expect(events(lab).map(\.kind) == [.completed])
        #expect(runs(lab).map(\.endedAt) == [time(-1000), nil], "nil leaves in the table what is there")
        #expect(lab.stored["a0"]?.lastRun == .seconds(4000))
    }

    @Test(arguments: [true, false])
    func `a run that began and ended behind such an answer is found`(restarts: Bool) {
        var lab = lab([
            (0, reply("COMPLETED", -5000, -1000)), (1000, reply("COMPLETED")), (3000, reply("FAILED", 2500, 2900)),
        ])
        lab.run(for: .seconds(2000))
        if restarts { lab.restart(after: .seconds(2000)) }
        lab.run(for: .seconds(8000))
        #expect(events(lab).map(\.kind) == [.completed, .restarted, .failed])
        #expect(events(lab).map(\.sighting) == [.firstSeen, .inferred, restarts ? .late : .observed])
        #expect(events(lab).map(\.apiTime) == [time(-1000), time(2500), time(2900)])
        #expect(runs(lab).map(\.outcome) == [.completed, .failed])
        #expect(runs(lab).map(\.startedAt) == [time(-5000), time(2500)])
        #expect(runs(lab).map(\.endedAt) == [time(-1000), time(2900)])
    }

    @Test func `a hidden run whose end the API does not give has ended when it was seen`() {
        var lab = lab([(0, reply("COMPLETED", -5000, -1000)), (1000, reply("COMPLETED", 500, -1000))])
        lab.run(for: .seconds(3000))
        #expect(events(lab).map(\.kind) == [.completed, .restarted, .completed])
        #expect(runs(lab).last?.endedAt.map { $0 > time(1000) } == true)
    }

    @Test func `a training goes on, and another one behind such an answer is another run`() {
        var lab = lab([
            (0, reply("ACTIVATION", -50)), (100, reply("ACTIVATION")), (200, reply("ACTIVATION", -50)),
            (300, reply("ACTIVATION")), (400, reply("ACTIVATION", 390)), (500, reply("COMPLETED")),
        ])
        lab.run(for: .seconds(395))
        #expect(events(lab).map(\.kind) == [.started])
        #expect(runs(lab).map(\.outcome) == [.running])
        #expect(lab.stored["a0"]?.facts.startedAt == time(-50))
        lab.run(for: .seconds(300))
        #expect(events(lab).map(\.kind) == [.started, .restarted, .completed])
        #expect(events(lab).map(\.sighting) == [.firstSeen, .inferred, .observed])
        #expect(events(lab).map(\.apiTime) == [time(-50), time(390), nil])
        #expect(runs(lab).map(\.outcome) == [.running, .gone, .running, .completed])
        #expect(runs(lab).map(\.startedAt) == [time(-50), time(-50), time(390), time(390)])
    }

    @Test func `the progress of a training goes on, and a stall is not over`() {
        var settings = settings([cluster("a0")], schedule: .steady)
        settings.readsProgress = true
        var lab = Lab(settings) { _, elapsed in
            .seconds(3000) <= elapsed && elapsed < .seconds(4000)
                ? .activation : .run("ACTIVATION", started: Lab.start.wall.seconds)
        }
        lab.metrics = { _, at in .success(steps(min(600, Int(at.inSeconds)), of: 9000)) }
        lab.run(for: .seconds(2900))
        #expect(lab.kinds() == [.started, .stalled])
        lab.saveProgress()
        lab.run(for: .seconds(3000))
        #expect(lab.kinds() == [.started, .stalled])
        #expect(lab.monitor.unwrittenProgress().isEmpty, "nothing of it began anew")
        #expect(lab.storedProgress["a0"]?.latest?.step == 600)
        #expect(lab.faults.isEmpty)
    }
}
