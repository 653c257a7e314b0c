import Model
import Monitor
import Testing

/// Times of the API that cannot be true make up nothing.
struct BelievableTimesTests: RunCourse {
    let prices = Prices(currency: "EUR", general: 36)

    /// Polls a task that is over each minute.
    ///
    /// - Parameter answer: what the API says of it, by the number of the poll, from 1 on.
    /// - Returns: also how many polls there were.
    private func polled(for time: Duration, _ answer: @escaping (Int64) -> Reply) -> (lab: Lab, polls: Int64) {
        var settings = settings(clusters(2), schedule: ScheduleSettings(settled: .seconds(60), jitter: 0))
        settings.prices = prices
        var polls: Int64 = 0
        var lab = Lab(settings) { cluster, _ in
            guard cluster == "a0" else { return .completed }
            polls += 1
            return answer(polls)
        }
        lab.run(for: time)
        return (lab, polls)
    }

    private func alternating(_ first: Reply, _ second: Reply) -> Lab {
        polled(for: .seconds(2400)) { $0.isMultiple(of: 2) ? second : first }.lab
    }

    @Test(arguments: ["FAILED", "COMPLETED"], [7200, 86_400 * 365] as [Int64])
    func `a start in the future of a run that is over does not make another run`(word: String, ahead: Int64) {
        let lab = alternating(reply(word, -7200, -3600), reply(word, ahead, -3600))
        #expect(events(lab).count == 1)
        #expect(runs(lab).allSatisfy { $0.startedAt == time(-7200) && $0.endedAt == time(-3600) })
        #expect(lab.faults.isEmpty, "\(lab.faults)")
    }

    @Test func `times that are ahead by a time zone show runs as others do`() {
        let hours: Int64 = 8 * 3600
        var lab = lab([
            (0, reply("FAILED", hours - 7200, hours - 3600)), (60, reply("ACTIVATION", hours + 60)),
            (600, reply("FAILED", hours + 60, hours + 600)), (9000, reply("FAILED", hours + 4000, hours + 5000)),
        ])
        lab.run(for: .seconds(8000))
        #expect(events(lab).map(\.kind) == [.failed, .restarted, .failed])
        lab.run(for: .seconds(40_000))
        #expect(events(lab).map(\.kind) == [.failed, .restarted, .failed, .restarted, .failed])
    }

    @Test func `an end in the future is not known`() {
        var lab = lab([(0, reply("ACTIVATION", -600)), (60, reply("COMPLETED", -600, 86_400 * 365 * 50))])
        lab.run(for: .seconds(3000))
        let end = events(lab).last
        #expect(end?.kind == .completed && end?.apiTime == nil)
        #expect(end?.facts.startedAt == time(-600) && end?.facts.completedAt == nil)
    }

    @Test func `the same second with another fraction is the same start`() {
        func run(_ milliseconds: Int64) -> Reply {
            .status("FAILED", TaskFacts(startedAt: Timestamp(milliseconds: time(-500).milliseconds + milliseconds)))
        }
        let lab = alternating(run(0), run(730))
        #expect(events(lab).count == 1)
    }

    @Test func `a start that cannot be read and is always another one makes two runs at most`() {
        // The tests' answers differ by their times.
        let (lab, polls) = polled(for: .seconds(3600)) {
            .status("FAILED", TaskFacts(completedAt: time(-$0), unreadStart: "\($0) minutes ago"))
        }
        #expect(polls > 20)
        #expect(events(lab).map(\.kind) == [.failed, .restarted, .failed, .restarted, .failed])
    }

    @Test func `a new run has neither the end nor the start of the one before`() {
        var lab = lab([(0, reply("FAILED", -7200, -3600)), (60, reply("ACTIVATION", -7200, -3600))])
        lab.run(for: .seconds(3000))
        let restarted = events(lab).last
        #expect(restarted?.kind == .restarted)
        #expect(restarted?.facts.startedAt == nil && restarted?.facts.completedAt == nil && restarted?.ranFor == nil)
    }

    @Test func `an end that comes without its start has the one that was known`() {
        var lab = lab([(0, reply("ACTIVATION", -3600)), (600, reply("COMPLETED", nil, 0))])
        lab.run(for: .seconds(3000))
        let end = events(lab).last
        #expect(end?.facts.startedAt == time(-3600) && end?.ranFor == .seconds(3600))
        #expect(end?.cost == Cost(amount: 36, currency: "EUR"))
        #expect(runs(lab).last?.cost == Cost(amount: 36, currency: "EUR"))
    }

    @Test func `a start that cannot be read shows runs as long as the answers between them repeat it`() {
        let (lab, polls) = polled(for: .seconds(3600)) {
            .status("FAILED", TaskFacts(completedAt: time(-9 + $0 / 5), unreadStart: "day \($0 / 5)"))
        }
        #expect(polls > 30)
        #expect(events(lab).count { $0.kind == .failed } == Int(polls / 5) + 1)
    }
}
