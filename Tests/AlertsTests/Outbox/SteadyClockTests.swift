import Model
import Testing

@testable import Alerts

/// Time that does not step, made of a clock that does.
struct SteadyClockTests {
    private static let start = Timestamp(milliseconds: 1_795_507_200_000)

    private static func moment(_ seconds: Int64, wallAhead: Int64 = 0) -> Moment {
        Moment(
            monotonic: MonotonicInstant(nanoseconds: 7).advanced(by: .seconds(seconds)),
            wall: start.advanced(by: .seconds(seconds + wallAhead)))
    }

    private static func at(_ seconds: Int64) -> Timestamp { start.advanced(by: .seconds(seconds)) }

    @Test(arguments: [345_600, -28_800, 8_640_000, 3, -3])
    func `a step changes neither the time nor how old something is`(seconds: Int64) {
        var clock = SteadyClock(startingAt: Self.moment(0))
        #expect(clock.advance(to: Self.moment(30)).step == nil)
        let stepped = clock.advance(to: Self.moment(38, wallAhead: seconds))
        #expect(stepped.now == Self.at(38))
        #expect(stepped.step == SteadyClock.Step(expected: Self.at(38), change: .seconds(seconds)))
        // Written before the step, and after it.
        #expect(clock.begin(ofWhatWasWrittenAt: Self.at(10)) == Self.at(10))
        #expect(clock.begin(ofWhatWasWrittenAt: Self.at(38 + seconds)) == Self.at(38))
        #expect(clock.wall(Self.at(100)) == Self.at(100 + seconds))
        #expect(clock.steady(Self.at(100 + seconds)) == Self.at(100))

        let back = clock.advance(to: Self.moment(46))
        #expect(back.now == Self.at(46))
        #expect(back.step?.change == .seconds(-seconds))
        // A step of some seconds leaves open which of the two clocks it was: then the later time counts.
        let between = clock.begin(ofWhatWasWrittenAt: Self.at(40 + seconds))
        #expect(between == Self.at(40) || (seconds == 3 && between == Self.at(43)))
        #expect(clock.begin(ofWhatWasWrittenAt: Self.at(20)) == Self.at(20))
    }

    /// The poll loop stores an event by the new clock before delivery has looked at it.
    @Test(arguments: [345_600, -345_600, -28_800, 90])
    func `what was written between a step and its notice is as old as it is`(seconds: Int64) {
        // The process before was seen just now, by the clock that is wrong.
        var clock = SteadyClock(startingAt: Self.moment(0), lastSeen: Self.at(-5))
        _ = clock.advance(to: Self.moment(100))
        // The step comes at 102, something is written at 103, and the step is noticed at 104.
        _ = clock.advance(to: Self.moment(104, wallAhead: seconds))
        let begin = clock.begin(ofWhatWasWrittenAt: Self.at(103 + seconds))
        #expect(begin >= Self.at(103) && begin <= Self.at(104))
    }

    /// The clock was right, then four days ahead; the process was killed, and started again by the clock that is ahead.
    @Test func `a restart after a step makes nothing older than it is`() {
        let day: Int64 = 86_400
        let step = ClockStep(expected: Self.at(-600), shown: Self.at(4 * day - 600))
        let clock = SteadyClock(
            startingAt: Self.moment(4 * day), lastSeen: Self.at(4 * day - 30), steps: [step])
        let start = Self.at(4 * day)
        func age(_ seconds: Int64) -> Duration { start.since(clock.begin(ofWhatWasWrittenAt: Self.at(seconds))) }
        // A minute before the step: 60 s, and what came after it until the last sign.
        #expect(age(-660) == .seconds(60 + 570))
        // After the step, and after the last sign of the process.
        #expect(age(4 * day - 100) == .seconds(70))
        #expect(age(4 * day - 10) == .zero)
        // Noticed only some seconds later.
        #expect(age(4 * day - 605) <= .seconds(600))
    }

    @Test func `time in which nobody ran does not count at the second start either`() {
        // Down for five days; then a process that ran for ten minutes.
        let day: Int64 = 86_400
        let gap = ClockStep(expected: Self.at(-5 * day), shown: Self.at(-700))
        let clock = SteadyClock(startingAt: Self.moment(0), lastSeen: Self.at(-100), steps: [gap])
        let begin = clock.begin(ofWhatWasWrittenAt: Self.at(-5 * day - 60))
        #expect(Self.at(0).since(begin) == .seconds(60 + 600))
    }

    @Test func `a clock that was set back while nobody looked makes nothing older`() {
        let day: Int64 = 86_400
        let steps = [
            ClockStep(expected: Self.at(-1000), shown: Self.at(4 * day)),
            ClockStep(expected: Self.at(4 * day + 500), shown: Self.at(-500)),
        ]
        let clock = SteadyClock(startingAt: Self.moment(0), lastSeen: Self.at(-50), steps: steps)
        func age(_ seconds: Int64) -> Duration { Self.at(0).since(clock.begin(ofWhatWasWrittenAt: Self.at(seconds))) }
        #expect(age(-400) == .seconds(350))
        #expect(age(-1060) == .seconds(60 + 500 + 450))
    }

    @Test func `a clock that is slewed makes no step`() {
        var clock = SteadyClock(startingAt: Self.moment(0))
        for minute in Int64(1)...2000 {
            let moment = Moment(
                monotonic: Self.moment(minute * 60).monotonic,
                wall: Self.at(minute * 60).advanced(by: .milliseconds(minute * 30)))
            #expect(clock.advance(to: moment).step == nil)
        }
        #expect(clock.wall(Self.at(120_000)) == Self.at(120_060))
    }

    @Test func `what could have been written twice counts as written later`() {
        var clock = SteadyClock(startingAt: Self.moment(0))
        _ = clock.advance(to: Self.moment(1000))
        _ = clock.advance(to: Self.moment(1001, wallAhead: -900))
        _ = clock.advance(to: Self.moment(1500, wallAhead: -900))
        #expect(clock.begin(ofWhatWasWrittenAt: Self.at(400)) == Self.at(1300))
    }

    @Test func `time in which nobody ran makes nothing older`() {
        // The process before was last seen 100 days ago by the clock, which may be right or wrong.
        let clock = SteadyClock(startingAt: Self.moment(0), lastSeen: Self.at(-8_640_000))
        #expect(clock.begin(ofWhatWasWrittenAt: Self.at(-8_640_030)) == Self.at(-30))
        #expect(clock.begin(ofWhatWasWrittenAt: Self.at(-50)) == Self.at(0))
        // By a clock that was ahead.
        #expect(clock.begin(ofWhatWasWrittenAt: Self.at(86_400)) == Self.at(0))
        let unknown = SteadyClock(startingAt: Self.moment(0))
        #expect(unknown.begin(ofWhatWasWrittenAt: Self.at(-50)) == Self.at(-50))
    }

    @Test func `a clock that steps all day is followed with bounded memory, and nothing grows old by it`() {
        var clock = SteadyClock(startingAt: Self.moment(0))
        for turn in Int64(1)...5000 {
            _ = clock.advance(to: Self.moment(turn, wallAhead: turn % 2 == 0 ? 100_000 : -100_000))
        }
        let begin = clock.begin(ofWhatWasWrittenAt: Self.at(500_000))
        #expect(begin > Self.at(4900) && begin <= Self.at(5000))
        #expect(MemoryLayout.size(ofValue: clock) < 200)
    }

    @Test(arguments: [Int64.min, Int64.max, 0, -1])
    func `absurd times trap nowhere`(milliseconds: Int64) {
        var clock = SteadyClock(startingAt: Self.moment(0), lastSeen: Timestamp(milliseconds: milliseconds))
        let odd = Timestamp(milliseconds: milliseconds)
        _ = clock.advance(to: Moment(monotonic: Self.moment(1).monotonic, wall: odd))
        _ = clock.begin(ofWhatWasWrittenAt: odd)
        _ = clock.wall(odd)
        _ = clock.steady(odd)
        #expect(clock.advance(to: Self.moment(2)).now == Self.at(2))
    }
}
