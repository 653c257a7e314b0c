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

    @Test(arguments: [1001, 1499] as [Int64], [1500, nil, 1490] as [Int64?])
    func `a start that is corrected within a run that is over is not another run`(started: Int64, completed: Int64?) {
        let events = events(
            .run("FAILED", started: 1000, completed: 1500),
            then: .run("FAILED", started: started, completed: completed),
            downtime: false)
        #expect(events.isEmpty)
    }

    @Test func `a run that begins in the second in which the one before ended is another run`() {
        let events = events(
            .run("FAILED", started: 1000, completed: 1500), then: .run("FAILED", started: 1500, completed: 1600),
            downtime: false)
        #expect(events.map(\.kind) == [.restarted, .failed])
    }

    /// The events of answers that come one after another, the first of which is known already.
    private func course(_ replies: [Reply], restarts: Bool = false) -> Lab {
        let start = Lab.start.wall.milliseconds / 1000
        let moved = replies.map { reply -> Reply in
            guard case .status(let word, let facts) = reply else { return reply }
            func time(_ time: Timestamp?) -> Timestamp? { time.map { $0.advanced(by: .seconds(start - 100_000)) } }
            return .status(
                word, TaskFacts(startedAt: time(facts.startedAt), completedAt: time(facts.completedAt)))
        }
        var lab = Lab(settings(clusters(1), schedule: .steady)) { _, time in
            moved[min(moved.count - 1, Int(time / .seconds(4000)))]
        }
        for number in replies.indices {
            lab.run(until: .seconds(4000 * (number + 1)))
            if restarts { lab.restart() }
            if number == 0 { lab.forget() }
        }
        return lab
    }

    @Test(arguments: [true, false])
    func `an answer that shows an earlier run again is that of a server that lags behind`(restarts: Bool) {
        let (old, new) = (
            Reply.run("FAILED", started: 1000, completed: 1500), Reply.run("FAILED", started: 2000, completed: 2500)
        )
        var lab = course([old, new, old, new, old, new], restarts: restarts)
        #expect(lab.kinds() == [.restarted, .failed])
        #expect(lab.runs.map(\.outcome) == [.failed, .failed])
        lab = course([new, .run("FAILED", started: 1000), new, .run("FAILED"), new], restarts: restarts)
        #expect(lab.kinds().isEmpty && lab.runs.count == 1)
    }

    @Test func `a training whose start seems to go back and forth is one run`() {
        let lab = course([
            .run("ACTIVATION", started: 2000), .run("ACTIVATION", started: 1000), .run("ACTIVATION", started: 2000),
            .run("ACTIVATION", started: 1990), .run("COMPLETED", started: 2000, completed: 2500),
        ])
        #expect(lab.kinds() == [.completed])
        #expect(lab.runs.map(\.outcome) == [.running, .completed])
    }

    @Test func `an end of an earlier run is not the time at which this one ended`() {
        let lab = course([.run("ACTIVATION", started: 2000), .run("FAILED", started: 1000, completed: 1500)])
        #expect(lab.kinds() == [.failed])
        #expect(lab.events.last?.apiTime == nil)
        #expect(lab.stored["a0"]?.since == lab.events.last?.observedAt)
    }

    @Test func `a start in the future does not make later answers out of date`() {
        let lab = course([
            .run("ACTIVATION", started: 9_000_000), .run("ACTIVATION", started: 2000),
            .run("COMPLETED", started: 2000, completed: 2500),
        ])
        #expect(lab.kinds() == [.completed])
        #expect(lab.events.last?.facts.duration == .seconds(500))
    }

    @Test func `settled before and training now is a plain restart with the start's time`() {
        let events = events(
            .run("FAILED", started: 1000, completed: 1500), then: .run("ACTIVATION", started: 2000), downtime: true)
        #expect(events.map(\.kind) == [.restarted])
        #expect(events.first?.sighting == .late)
        #expect(events.first?.apiTime == Timestamp(milliseconds: 2_000_000))
    }

    @Test func `a start learnt only now is not a new run`() {
        let events = events(.activation, then: .run("COMPLETED", started: 2000, completed: 2500), downtime: true)
        #expect(events.map(\.kind) == [.completed])
    }

    @Test(arguments: [true, false], ["COMPLETED", "FAILED"])
    func `an end was known and no start: a start after it is another run`(downtime: Bool, end: String) {
        let events = events(
            .run("COMPLETED", completed: 1500), then: .run(end, started: 1501, completed: 1600), downtime: downtime)
        #expect(events.map(\.kind) == [.restarted, end == "FAILED" ? .failed : .completed])
        #expect(events.map(\.sighting) == [.inferred, downtime ? .late : .observed])
        #expect(events.map(\.apiTime) == [Timestamp(milliseconds: 1_501_000), Timestamp(milliseconds: 1_600_000)])
    }

    @Test(arguments: [1500, 1499, 3] as [Int64])
    func `a start that comes after the end of its own run, and is not later, is not another run`(started: Int64) {
        let events = events(
            .run("COMPLETED", completed: 1500), then: .run("COMPLETED", started: started, completed: 1500),
            downtime: true)
        #expect(events.isEmpty)
    }

    @Test(arguments: ["COMPLETED", "FAILED"])
    func `no time was known: a start and an end may be those of the known run, and no other one is made up`(
        word: String
    ) {
        let events = events(.run(word), then: .run(word, started: 2000, completed: 2500), downtime: true)
        #expect(events.isEmpty)
    }

    @Test func `a training may still show the end of the run before, and a start that comes late is not another run`() {
        let events = events(
            .run("ACTIVATION", completed: 1500), then: .run("COMPLETED", started: 2000, completed: 2500), downtime: true
        )
        #expect(events.map(\.kind) == [.completed])
    }

    @Test func `an end before the start belongs to an earlier run and is not reported`() {
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

    @Test(arguments: [true, false])
    func `training before and now with a new start: restarted, and the end between is not made up`(downtime: Bool) {
        let events = events(
            .run("ACTIVATION", started: 1000), then: .run("ACTIVATION", started: 2000), downtime: downtime)
        #expect(events.map(\.kind) == [.restarted])
        #expect(events.first?.from == .activation)
        #expect(events.first?.to == .activation)
        #expect(events.first?.sighting == .inferred)
        #expect(events.first?.apiTime == Timestamp(milliseconds: 2_000_000))
        #expect(events.first?.detail == "the outcome of its previous run is unknown")
    }

    @Test(arguments: [("ACTIVATION", 1000), ("ACTIVATION", 500), ("PAUSED", 1000)] as [(String, Int64)])
    func `training before and now without a later start is one run`(word: String, started: Int64) {
        let events = events(
            .run("ACTIVATION", started: 1000), then: .run(word, started: started), downtime: true)
        #expect(events.map(\.kind) == (word == "PAUSED" ? [.changed] : []))
    }

    @Test(arguments: ["COMPLETED", "FAILED"])
    func `what is known of the run before is not said to be unknown, whatever word came between`(end: String) {
        var lab = Lab(settings(clusters(1))) { _, time in
            switch time.inSeconds {
            case ..<100: .run(end, started: 1000, completed: 1500)
            case ..<2500: .run("QUEUED", started: 1000, completed: 1500)
            default: .run("COMPLETED", started: 2000, completed: 2500)
            }
        }
        lab.run(for: .seconds(5000))
        #expect(lab.kinds() == [end == "FAILED" ? .failed : .completed, .changed, .restarted, .completed])
        #expect(lab.events.allSatisfy { $0.detail == nil })
        // A run that was never seen to end.
        let events = events(
            .run("QUEUED", started: 1000), then: .run(end, started: 2000, completed: 2500), downtime: false)
        #expect(events.first?.detail == "the outcome of its previous run is unknown")
    }

    // MARK: - Since when

    private func since(_ reply: Reply) -> Duration? {
        var lab = Lab(settings(clusters(1))) { _, _ in reply }
        lab.run(for: .seconds(10))
        return lab.stored["a0"]?.since?.since(Lab.start.wall)
    }

    @Test func `a status is as old as the API says, if it says so, and is never of the future`() {
        let now = Lab.start.wall.milliseconds / 1000
        #expect(since(.run("COMPLETED", started: now - 5000, completed: now - 600)) == .seconds(-600))
        #expect(since(.run("FAILED", started: now - 5000, completed: now - 6000)) == .milliseconds(100))
        #expect(since(.run("ACTIVATION", started: now - 5000)) == .seconds(-5000))
        #expect(since(.activation) == .milliseconds(100))
        #expect(since(.run("QUEUED", started: now - 5000)) == .milliseconds(100))
        #expect(since(.run("COMPLETED", started: now, completed: now + 86_400)) == .milliseconds(100))
    }

    @Test func `an end whose time comes later is dated then`() {
        let now = Lab.start.wall.milliseconds / 1000
        var lab = Lab(settings(clusters(1))) { _, at in
            at < .seconds(600)
                ? .run("COMPLETED", started: now - 5000) : .run("COMPLETED", started: now - 5000, completed: now - 1)
        }
        lab.run(for: .seconds(5))
        _ = lab.poll("a0")
        lab.run(for: .seconds(4000))
        #expect(lab.kinds() == [.completed])
        #expect(lab.stored["a0"]?.since == Timestamp(milliseconds: (now - 1) * 1000))
    }
}
