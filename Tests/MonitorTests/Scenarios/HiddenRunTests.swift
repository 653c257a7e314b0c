import Model
import Monitor
import Testing

/// A run that began and ended between two answers, deduced from the API's own times.
struct HiddenRunTests {
    private func events(_ before: Reply, then after: Reply, downtime: Bool) -> [Event] {
        var lab = Lab(settings(clusters(1))) { _, time in time < .seconds(100) ? before : after }
        lab.run(for: .seconds(90))
        lab.forget()
        if downtime { lab.restart(after: .seconds(7200)) }
        lab.run(for: .seconds(2000))
        return lab.events
    }

    @Test(arguments: [true, false], ["COMPLETED", "FAILED"])
    func `settled before, settled now with a new start: restarted, then the end`(downtime: Bool, end: String) {
        let events = events(
            .run("COMPLETED", started: 1000, completed: 1500), then: .run(end, started: 2000, completed: 2500),
            downtime: downtime)
        #expect(events.map(\.kind) == [.restarted, end == "FAILED" ? .failed : .completed])
        #expect(events.map(\.from) == [.completed, .activation])
        #expect(events.map(\.to) == [.activation, ClusterStatus(end)])
        #expect(events.map(\.sighting) == [.inferred, downtime ? .late : .observed])
        #expect(events.map(\.apiTime) == [Timestamp(milliseconds: 2_000_000), Timestamp(milliseconds: 2_500_000)])
    }

    @Test(arguments: ["ACTIVATION", "QUEUED"])
    func `running before, settled now with a new start: the first end is not made up`(word: String) {
        let events = events(
            .run(word, started: 1000), then: .run("FAILED", started: 2000, completed: 2500), downtime: true)
        #expect(events.map(\.kind) == [.restarted, .failed])
        #expect(events.map(\.from) == [ClusterStatus(word), .activation])
        #expect(events.map(\.sighting) == [.inferred, .late])
    }

    @Test func `the same start is one run`() {
        let events = events(
            .run("ACTIVATION", started: 1000), then: .run("COMPLETED", started: 1000, completed: 2500), downtime: true)
        #expect(events.map(\.kind) == [.completed])
        #expect(events.first?.apiTime == Timestamp(milliseconds: 2_500_000))
    }

    @Test func `settled before and now with the same start is nothing`() {
        let events = events(
            .run("FAILED", started: 1000, completed: 1500), then: .run("FAILED", started: 1000, completed: 1501),
            downtime: true)
        #expect(events.isEmpty)
    }

    @Test func `an earlier start is not believed to be a new run`() {
        let events = events(
            .run("COMPLETED", started: 1000, completed: 1500), then: .run("COMPLETED", started: 500, completed: 1500),
            downtime: true)
        #expect(events.isEmpty)
    }

    @Test func `settled before and training now is a plain restart with the start's time`() {
        let events = events(
            .run("FAILED", started: 1000, completed: 1500), then: .run("ACTIVATION", started: 2000), downtime: true)
        #expect(events.map(\.kind) == [.restarted])
        #expect(events.first?.sighting == .late)
        #expect(events.first?.apiTime == Timestamp(milliseconds: 2_000_000))
    }

    @Test func `a start learnt only now is no new run`() {
        let events = events(.activation, then: .run("COMPLETED", started: 2000, completed: 2500), downtime: true)
        #expect(events.map(\.kind) == [.completed])
    }

    @Test func `an end before the start belongs to an earlier run and is not told`() {
        let events = events(
            .run("COMPLETED", started: 1000, completed: 1500), then: .run("COMPLETED", started: 2000, completed: 1500),
            downtime: true)
        #expect(events.map(\.kind) == [.restarted, .completed])
        #expect(events.last?.apiTime == nil)
    }

    @Test func `after a hidden run the cluster counts as started`() {
        var lab = Lab(settings(clusters(1))) { _, time in
            time < .seconds(100)
                ? .run("COMPLETED", started: 1000) : time < .seconds(2000) ? .run("FAILED", started: 2000) : .activation
        }
        lab.run(for: .seconds(90))
        lab.restart(after: .seconds(100))
        lab.run(for: .seconds(60))
        #expect(lab.stored["a0"]?.wasActivated == true)
    }
}
