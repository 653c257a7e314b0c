import Model
import Monitor
import Testing

/// The status of a new run may come before its times: until then the API shows those of the run before.
struct LateTimesTests: RunCourse {
    let prices = Prices(currency: "EUR", general: 36)

    @Test(arguments: [true, false])
    func `a run whose start comes late is restarted once, and not at the time of the run before`(restarts: Bool) {
        var lab = lab([
            (0, reply("FAILED", -7200, -3600)), (600, reply("ACTIVATION", -7200, -3600)),
            (2400, reply("ACTIVATION", 1700)), (3100, reply("COMPLETED", 1700, 3000)),
        ])
        lab.run(for: .seconds(2000))
        #expect(lab.stored["a0"]?.since.map { $0 > time(1700) } == true, "since it was seen")
        if restarts { lab.restart() }
        lab.run(for: .seconds(4000))
        #expect(events(lab).map(\.kind) == [.failed, .restarted, .completed])
        #expect(events(lab).map(\.sighting) == [.firstSeen, .observed, .observed])
        #expect(events(lab).map(\.apiTime) == [time(-3600), nil, time(3000)])
        #expect(events(lab).allSatisfy { $0.detail == nil })
        #expect(events(lab).last?.cost == Cost(amount: 13, currency: "EUR"))
        #expect(runs(lab).map(\.outcome) == [.failed, .running, .running, .completed])
        #expect(runs(lab).last?.startedAt == time(1700))
        #expect(runs(lab).last?.endedAt == time(3000))
        #expect(runs(lab).last?.cost == Cost(amount: 13, currency: "EUR"))
    }

    @Test func `nor is it if its times come with its end`() {
        var lab = lab([
            (0, reply("COMPLETED", -7200, -3600)), (600, reply("ACTIVATION", -7200, -3600)),
            (3100, reply("FAILED", 1700, 3000)),
        ])
        lab.run(for: .seconds(6000))
        #expect(events(lab).map(\.kind) == [.completed, .restarted, .failed])
        #expect(events(lab).map(\.sighting) == [.firstSeen, .observed, .observed])
        #expect(events(lab).map(\.apiTime) == [time(-3600), nil, time(3000)])
        #expect(runs(lab).map(\.outcome) == [.completed, .running, .failed])
        #expect(runs(lab).last?.startedAt == time(1700))
    }

    @Test func `nor is it if its times come after its end`() {
        var lab = lab([
            (0, reply("FAILED", -7200, -3600)), (600, reply("ACTIVATION", -7200, -3600)),
            (3100, reply("FAILED", -7200, -3600)), (5000, reply("FAILED", 1700, 3000)),
        ])
        lab.run(for: .seconds(9000))
        #expect(events(lab).map(\.kind) == [.failed, .restarted, .failed])
        #expect(lab.stored["a0"]?.since == time(3000))
        #expect(runs(lab).map(\.outcome) == [.failed, .running, .failed, .failed])
        #expect(runs(lab)[2].knownStart == .same)
        #expect(runs(lab)[3].knownStart == .other(runs(lab)[1].startedAt), "the same run, of which more is known now")
        #expect(runs(lab)[3].startedAt == time(1700) && runs(lab)[3].endedAt == time(3000))
    }

    @Test func `but a start after its end is that of another one`() {
        var lab = lab([
            (0, reply("FAILED", -7200, -3600)), (600, reply("ACTIVATION", -7200, -3600)),
            (3100, reply("FAILED", -7200, -3600)), (5000, reply("COMPLETED", 4000, 4500)),
        ])
        lab.run(for: .seconds(9000))
        #expect(events(lab).map(\.kind) == [.failed, .restarted, .failed, .restarted, .completed])
        #expect(events(lab).map(\.sighting) == [.firstSeen, .observed, .observed, .inferred, .observed])
        #expect(events(lab).map(\.apiTime) == [time(-3600), nil, nil, time(4000), time(4500)])
    }

    @Test func `an end that still has the times of the run before is not dated, priced or explained by them`() {
        var logs: [TaskFacts] = []
        var lab = lab([
            (0, reply("COMPLETED", -7200, -3600)), (600, reply("ACTIVATION", -7200, -3600)),
            (3100, reply("FAILED", -7200, -3600)),
        ])
        lab.hangs = { call, _ in
            if case .readLog(_, let facts) = call { logs.append(facts) }
            return false
        }
        lab.run(for: .seconds(6000))
        #expect(events(lab).map(\.kind) == [.completed, .restarted, .failed])
        let end = events(lab).last
        #expect(end?.apiTime == nil && end?.cost == nil)
        #expect(end?.facts.completedAt == nil && end?.facts.duration == nil)
        #expect(lab.stored["a0"]?.since == end?.observedAt)
        #expect(logs.count == 1)
        #expect(logs.first?.completedAt == nil, "its log ends where it was seen to end")
        #expect(logs.first?.startedAt.map { $0 > time(600) } == true)
        #expect(runs(lab).last?.outcome == .failed && runs(lab).last?.cost == nil)
        #expect(runs(lab).last?.endedAt.map { $0 > time(3100) } == true)
    }

    @Test func `an answer without times between two runs makes no run either`() {
        var lab = lab([
            (0, reply("COMPLETED", -7200, -3600)), (600, reply("ACTIVATION")), (2400, reply("ACTIVATION", 1700)),
            (3100, reply("COMPLETED", 1700, 3000)),
        ])
        lab.run(for: .seconds(6000))
        #expect(events(lab).map(\.kind) == [.completed, .restarted, .completed])
        #expect(events(lab).map(\.apiTime) == [time(-3600), nil, time(3000)])
        #expect(runs(lab).map(\.outcome) == [.completed, .running, .running, .completed])
        lab = self.lab([
            (0, reply("COMPLETED", -7200, -3600)), (600, reply("ACTIVATION")), (3100, reply("COMPLETED")),
        ])
        lab.run(for: .seconds(6000))
        #expect(events(lab).map(\.apiTime) == [time(-3600), nil, nil])
        #expect(runs(lab).last?.endedAt.map { $0 > time(3100) } == true)
    }

    @Test func `a run after the one whose start came late is another run`() {
        var lab = lab([
            (0, reply("FAILED", -7200, -3600)), (600, reply("ACTIVATION", -7200, -3600)),
            (2400, reply("ACTIVATION", 1700)), (3100, reply("ACTIVATION", 3050)),
        ])
        lab.run(for: .seconds(4000))
        #expect(events(lab).map(\.kind) == [.failed, .restarted, .restarted])
        #expect(events(lab).last?.sighting == .inferred && events(lab).last?.apiTime == time(3050))
        #expect(events(lab).last?.detail == "the outcome of its previous run is unknown")
        #expect(runs(lab).map(\.outcome) == [.failed, .running, .running, .gone, .running])
        #expect(runs(lab)[3].startedAt == time(1700))
    }

    @Test func `a start that comes while the status is another word is the run's own, too`() {
        var lab = lab([
            (0, reply("ACTIVATION")), (100, reply("CHECKING", -20)), (200, reply("CHECKING", 150)),
            (300, reply("FAILED", 150, 290)),
        ])
        lab.run(for: .seconds(195))
        #expect(runs(lab).map(\.outcome) == [.running, .running])
        #expect(lab.stored["a0"]?.runStartedAt == time(-20))
        lab.run(for: .seconds(600))
        #expect(events(lab).map(\.kind) == [.started, .changed, .failed])
        #expect(runs(lab).map(\.outcome) == [.running, .running, .gone, .failed])
        #expect(runs(lab)[2].startedAt == time(-20) && runs(lab)[3].startedAt == time(150))
    }
}
