import Model
import Monitor
import Testing

/// A run is overdue once, also if the API gives its StartTime late or corrects it.
struct MovedStartTests {
    private static func time(_ seconds: Double) -> Timestamp { Lab.start.wall.advanced(by: .seconds(seconds)) }

    private static func training(since seconds: Int64? = nil, word: String = "ACTIVATION") -> Reply {
        .run(word, started: seconds.map { Lab.start.wall.milliseconds / 1000 + $0 })
    }

    private static let hour = OverdueSettings(maxRuntime: .seconds(3600))

    private func lab(_ limits: OverdueSettings, _ api: @escaping (Duration) -> Reply) -> Lab {
        var settings = settings(clusters(1), schedule: .steady)
        settings.overdue = OverdueRules(general: limits)
        return Lab(settings) { _, elapsed in api(elapsed) }
    }

    private func overdue(_ lab: Lab) -> [Event] { lab.events.filter { $0.kind == .overdue } }

    @Test(arguments: [(nil, -300), (nil, 1800), (0, -600), (0, 60)] as [(Int64?, Int64)])
    func `a start that is another one after the event makes no second one`(first: Int64?, second: Int64) {
        for restarts in [false, true] {
            var lab = lab(Self.hour) { Self.training(since: $0 < .seconds(4200) ? first : second) }
            lab.run(for: .seconds(4100))
            #expect(overdue(lab).count == 1)
            if restarts { lab.restart() }
            lab.run(for: .seconds(9000))
            let isAnother = first != nil && second > 0
            #expect(lab.kinds().contains(.restarted) == isAnother)
            #expect(overdue(lab).count == (isAnother ? 2 : 1), "\(String(describing: first)), then \(second)")
            // An earlier start than the known one is that of an answer which is out of date.
            let start = max(first ?? second, second)
            #expect(lab.stored["a0"]?.overdue?.since == Self.time(Double(start) + 3600))
            #expect(lab.faults.isEmpty)
        }
    }

    @Test func `a start that is known before the limit counts`() {
        var lab = lab(Self.hour) { Self.training(since: $0 < .seconds(1000) ? nil : 900) }
        lab.run(for: .seconds(4400))
        #expect(overdue(lab).isEmpty)
        lab.run(for: .seconds(200))
        #expect(overdue(lab).count == 1)
        #expect(lab.stored["a0"]?.overdue?.since == Self.time(4500))
    }

    @Test func `a deadline stays where it is`() {
        var lab = lab(OverdueSettings(deadline: Self.time(1000))) {
            Self.training(since: $0 < .seconds(2000) ? nil : -500)
        }
        lab.run(for: .seconds(5000))
        #expect(overdue(lab).count == 1)
        #expect(lab.stored["a0"]?.overdue == OverdueMark(limit: .deadline, since: Self.time(1000)))
    }

    @Test func `the start of the run before that the API still shows is none of this one's`() {
        var lab = lab(Self.hour) {
            $0 < .seconds(60)
                ? Self.training(since: -9000, word: "FAILED") : Self.training(since: $0 < .seconds(7000) ? -9000 : 1700)
        }
        lab.run(for: .seconds(5300))
        #expect(lab.kinds() == [.failed, .restarted])
        lab.run(for: .seconds(9000))
        #expect(lab.kinds() == [.failed, .restarted, .overdue])
        #expect(lab.stored["a0"]?.overdue?.since == Self.time(5300))
    }
}
