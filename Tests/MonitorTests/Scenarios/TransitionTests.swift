import Model
import Monitor
import Testing

/// The status rows of the contract's event table, through the whole monitor.
struct TransitionTests {
    private static let a: ClusterID = "a"

    /// A lab whose cluster `a` says one thing after the other, 60 seconds each; the last is for ever.
    private func lab(_ words: [Reply]) -> Lab {
        Lab(settings([cluster("a", name: "nightly"), cluster("b")])) { id, time in
            id == Self.a ? words[min(Int(time.inSeconds) / 60, words.count - 1)] : .activation
        }
    }

    private func changes(_ lab: Lab) -> [String] {
        lab.events.filter { $0.cluster == Self.a }
            .map { "\($0.kind.rawValue) \($0.from?.rawValue ?? "-")>\($0.to?.rawValue ?? "-") \($0.sighting.rawValue)" }
    }

    @Test(
        arguments: [
            ("ACTIVATION", "started ->ACTIVATION first_seen"), ("COMPLETED", "completed ->COMPLETED first_seen"),
            ("FAILED", "failed ->FAILED first_seen"), ("CREATING", "changed ->CREATING first_seen"),
            (" FAILED\n", "failed ->FAILED first_seen"),
        ])
    func `a first answer is an event without a from`(word: String, event: String) {
        var lab = lab([.status(word)])
        lab.run(for: .seconds(200))
        #expect(changes(lab) == [event])
        let first = lab.events.first { $0.cluster == Self.a }
        #expect(first?.name == "nightly")
        #expect(first?.notBefore == nil)
    }

    @Test func `a run from its creation to its end`() {
        var lab = lab([.status("CREATING"), .activation, .completed])
        lab.run(for: .seconds(300))
        #expect(
            changes(lab) == [
                "changed ->CREATING first_seen", "started CREATING>ACTIVATION observed",
                "completed ACTIVATION>COMPLETED observed",
            ])
    }

    @Test func `started is for the first time only, then it is changed`() {
        var lab = lab([.activation, .status("PAUSED"), .activation, .failed])
        lab.run(for: .seconds(400))
        #expect(
            changes(lab) == [
                "started ->ACTIVATION first_seen", "changed ACTIVATION>PAUSED observed",
                "changed PAUSED>ACTIVATION observed", "failed ACTIVATION>FAILED observed",
            ])
    }

    @Test func `that it was started is not forgotten over a restart`() {
        var lab = lab([.activation, .status("PAUSED"), .activation])
        lab.run(for: .seconds(110))
        lab.restart()
        lab.run(for: .seconds(100))
        #expect(changes(lab).last == "changed PAUSED>ACTIVATION observed")
    }

    @Test(arguments: [Reply.completed, .failed])
    func `settled and training again is restarted`(end: Reply) {
        var lab = lab([.activation, end])
        lab.run(for: .seconds(150))
        lab.api = { _, _ in .activation }
        lab.run(for: .seconds(2000))
        #expect(changes(lab).count == 3)
        #expect(lab.events.last { $0.cluster == Self.a }?.kind == .restarted)
    }

    @Test func `one settled state follows another`() {
        var lab = lab([.failed])
        lab.run(for: .seconds(10))
        lab.api = { _, _ in .completed }
        lab.run(for: .seconds(2000))
        #expect(changes(lab) == ["failed ->FAILED first_seen", "completed FAILED>COMPLETED observed"])
    }

    @Test func `an unknown status is kept word for word, runs, and is reported once`() {
        var lab = Lab(settings(clusters(3))) { _, time in
            time < .seconds(100) ? .status("Model Operator 排队") : .status("second")
        }
        lab.run(for: .seconds(300))
        let unknown = lab.notices.compactMap { notice -> String? in
            if case .unknownStatus(_, _, let status) = notice { status.rawValue } else { nil }
        }
        #expect(unknown == ["Model Operator 排队", "second"])
        #expect(lab.events.count { $0.kind == .changed } == 6)
        #expect(lab.stored["a0"]?.status?.rawValue == "second")
        #expect(lab.calls.count { $0.cluster == "a0" } >= 9, "polled as a running one")
        #expect(!lab.kinds().contains(.failed))
    }

    @Test func `an unknown status reported before a reload is not reported again`() {
        var lab = Lab(settings(clusters(1))) { id, _ in .status("QUEUED") }
        lab.run(for: .seconds(10))
        lab.reload(settings(clusters(2)))
        lab.run(for: .seconds(100))
        #expect(lab.notices.count { if case .unknownStatus = $0 { true } else { false } } == 1)
        #expect(lab.events.count == 2)
    }

    @Test func `a time that cannot be read is reported once for each task, also across a reload`() {
        var lab = Lab(settings(clusters(2))) { id, time in
            // The answer changes all the time, and so does what cannot be read in it.
            let text = "\(time)"
            let started = Timestamp(milliseconds: time.wholeMilliseconds)
            return .status("ACTIVATION", TaskFacts(completedAt: started, unreadStart: id == "a0" ? text : nil))
        }
        lab.run(for: .seconds(100))
        lab.reload(settings(clusters(3)))
        lab.run(for: .seconds(200))
        let reports = lab.notices.compactMap { notice -> String? in
            if case .unreadableTime(let id, _, let time) = notice { "\(id) \(time.field)" } else { nil }
        }
        #expect(reports == ["a0 StartTime"])
        #expect(lab.calls.count { $0.cluster == "a0" } > 5)
    }

    @Test(arguments: ["completed", "Completed", "COMPLETED", "\tcompleted \n"])
    func `letters of either case settle`(word: String) {
        var lab = lab([.activation, .status(word)])
        lab.run(for: .seconds(120))
        lab.forget()
        lab.api = { id, _ in id == Self.a ? .completed : .activation }
        lab.run(for: .seconds(1000))
        #expect(lab.calls.count { $0.cluster == Self.a } == 0, "settled: polled half-hourly")
        lab.run(for: .seconds(1000))
        #expect(lab.calls.count { $0.cluster == Self.a } == 1)
        #expect(lab.kinds(of: Self.a).isEmpty, "the same state in other letters is not a change")
    }

    @Test(
        arguments: [
            FailureReason.throttled, .credentials, .permission, .clock, .configuration, .server, .network, .timeout,
            .tls, .malformed, .unknown,
        ])
    func `rubbish is never a transition`(reason: FailureReason) {
        var lab = Lab(settings(clusters(2))) { id, time in
            id == "a0" && Int(time.inSeconds) / 30 % 2 == 1 ? .failure(reason) : .activation
        }
        lab.run(for: .seconds(1200))
        #expect(lab.events.map(\.kind) == [.started, .started])
        #expect(lab.faults.isEmpty)
    }

    @Test func `an event says between which answers the change happened, and the API's own time`() {
        let end = Reply.run("COMPLETED", started: 1_795_507_100, completed: 1_795_507_242)
        var lab = Lab(settings([cluster("a")], schedule: .steady)) { _, time in
            time < .seconds(45) ? .run("ACTIVATION", started: 1_795_507_100) : end
        }
        lab.run(for: .seconds(100))
        let event = lab.events[1]
        #expect(event.kind == .completed)
        #expect(event.notBefore == Lab.start.wall.advanced(by: .milliseconds(30_200)))
        #expect(event.observedAt == Lab.start.wall.advanced(by: .milliseconds(60_300)))
        #expect(event.apiTime == Timestamp(milliseconds: 1_795_507_242_000))
        #expect(event.requestID == "r")
        #expect(lab.stored["a"]?.since == event.apiTime)
        #expect(lab.stored["a"]?.lastGoodAt == event.observedAt)
        #expect(lab.answers.count == 2)
    }
}
