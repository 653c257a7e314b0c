import Model
import Testing

@testable import Store

struct RetentionClockTests {
    private static let hour = 3600.0
    private static let day = 86_400.0

    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
    }

    /// A clock that has been looked at before, `seen` seconds after the start of the test's time.
    private func clock(seen: Double, doubted: Double? = nil, reached: Double? = nil) -> RetentionClock {
        RetentionClock(
            RetentionClock.Record(
                seenAt: StoreFixture.time(seen), doubtedUntil: doubted.map { StoreFixture.time($0) },
                reachedAt: reached.map { StoreFixture.time($0) }))
    }

    @Test
    func `a clock that runs on is trusted at once, and moves with the time`() {
        var clock = clock(seen: 0, reached: 0)
        for hours in 1...50 {
            let seconds = Double(hours) * Self.hour
            #expect(clock.look(at: StoreFixture.time(seconds), instant(1e4 + seconds)) == nil)
            #expect(clock.time() == StoreFixture.time(seconds))
        }
    }

    @Test
    func `a start a hundred days ahead prunes nothing for a day, whether the clock is set right or not`() {
        var clock = clock(seen: 0, reached: 0)
        let wrong = 100 * Self.day
        #expect(clock.look(at: StoreFixture.time(wrong), instant(0)) != nil)
        #expect(clock.time() == nil)
        #expect(clock.look(at: StoreFixture.time(wrong + 23 * Self.hour), instant(23 * Self.hour)) == nil)
        #expect(clock.time() == nil)

        var right = clock
        #expect(right.look(at: StoreFixture.time(23.5 * Self.hour), instant(23.5 * Self.hour)) != nil)
        #expect(right.time() == nil)
        #expect(right.look(at: StoreFixture.time(48 * Self.hour), instant(48 * Self.hour)) == nil)
        #expect(right.time().map { $0 <= StoreFixture.time(48 * Self.hour) } == true)

        #expect(clock.look(at: StoreFixture.time(wrong + 25 * Self.hour), instant(25 * Self.hour)) == nil)
        // Even then a little at a time.
        let first = clock.time()
        #expect(first.map { $0 < StoreFixture.time(6 * Self.day) } == true)
        #expect(first.map { $0 > StoreFixture.time(1 * Self.day) } == true)
    }

    @Test(arguments: [4 * 86_400.0, -4 * 86_400.0, 3600.0, -300.0])
    func `a jump while it runs stops pruning for a day of time lived through`(jump: Double) {
        var clock = clock(seen: 0, reached: 0)
        #expect(clock.look(at: StoreFixture.time(60), instant(60)) == nil)
        #expect(clock.look(at: StoreFixture.time(120 + jump), instant(120)) != nil)
        #expect(clock.time() == nil)
        // Back again: a jump as well, and a day from here.
        #expect(clock.look(at: StoreFixture.time(180), instant(180)) != nil)
        #expect(clock.look(at: StoreFixture.time(80_000), instant(80_000)) == nil)
        #expect(clock.time() == nil)
        #expect(clock.look(at: StoreFixture.time(90_000), instant(90_000)) == nil)
        #expect(clock.time() == StoreFixture.time(86_400))
    }

    @Test
    func `small corrections are no jump`() {
        var clock = clock(seen: 0, reached: 0)
        #expect(clock.look(at: StoreFixture.time(60), instant(60)) == nil)
        #expect(clock.look(at: StoreFixture.time(200), instant(120)) == nil)
        #expect(clock.time() == StoreFixture.time(200))
    }

    @Test
    func `a doubt outlives a restart, and is not prolonged by it`() {
        var clock = clock(seen: 10 * Self.day, doubted: 10.5 * Self.day, reached: 9 * Self.day)
        #expect(clock.look(at: StoreFixture.time(10.1 * Self.day), instant(0)) == nil)
        #expect(clock.time() == nil)
        #expect(clock.look(at: StoreFixture.time(10.6 * Self.day), instant(0.5 * Self.day)) == nil)
        #expect(clock.time() != nil)
        #expect(clock.record?.doubtedUntil == nil)
    }

    @Test
    func `a doubt that a wrong clock noted far ahead lasts a day`() {
        var clock = clock(seen: 0, doubted: 101 * Self.day)
        #expect(clock.look(at: StoreFixture.time(60), instant(0)) != nil)
        #expect(clock.time() == nil)
        #expect(clock.look(at: StoreFixture.time(60 + 1.1 * Self.day), instant(1.1 * Self.day)) == nil)
        #expect(clock.time() != nil)
    }

    @Test
    func `what is kept of it is read back, and a database of before says when it was last written`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        #expect(try store.loadRetention() == nil)
        try store.record(StoreFixture.event(at: 77), at: 77)
        #expect(try store.loadRetention()?.seenAt == StoreFixture.time(77))
        var record = RetentionClock.Record(seenAt: StoreFixture.time(5), doubtedUntil: nil, reachedAt: nil)
        try store.save(record)
        #expect(try store.loadRetention() == record)
        record.doubtedUntil = StoreFixture.time(6)
        record.reachedAt = StoreFixture.time(4)
        try store.save(record)
        #expect(try store.loadRetention() == record)
    }
}
