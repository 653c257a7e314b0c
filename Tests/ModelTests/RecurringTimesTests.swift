import Foundation
import Model
import Testing

/// A zone of the system's database.
private func zone(_ name: String) throws -> TimeZoneRules {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)"))
    return try #require(TimeZoneRules(name: name, tzif: Array(bytes)))
}

private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

struct WeeklyHoursTests {
    private func hours(_ zoneName: String, _ days: String, _ from: String, _ to: String) throws -> WeeklyHours {
        WeeklyHours(
            zone: try zone(zoneName),
            windows: [
                .init(
                    days: try #require(WeekDays(days)), from: try #require(TimeOfDay(from)),
                    to: try #require(TimeOfDay(to)))
            ])
    }

    @Test(arguments: [
        // Friday 2026-11-27, Shanghai is UTC+8.
        ("2026-11-27T00:59:59Z", false, "2026-11-27T01:00:00.000Z"),
        ("2026-11-27T01:00:00Z", true, "2026-11-30T01:00:00.000Z"),
        ("2026-11-27T09:59:59Z", true, "2026-11-30T01:00:00.000Z"),
        ("2026-11-27T10:00:00Z", false, "2026-11-30T01:00:00.000Z"),
        ("2026-11-28T03:00:00Z", false, "2026-11-30T01:00:00.000Z"),
    ])
    func `office hours in Shanghai`(now: String, isOpen: Bool, next: String) throws {
        let hours = try hours("Asia/Shanghai", "mon-fri", "09:00", "18:00")
        #expect(hours.isOpen(at: try time(now)) == isOpen)
        #expect(hours.nextOpening(after: try time(now))?.rfc3339 == next)
    }

    @Test func `a window past midnight belongs to the day on which it starts`() throws {
        let night = try hours("UTC", "fri", "22:00", "06:00")
        #expect(night.isOpen(at: try time("2026-11-27T23:00:00Z")))
        #expect(night.isOpen(at: try time("2026-11-28T05:59:59Z")))
        #expect(!night.isOpen(at: try time("2026-11-28T06:00:00Z")))
        #expect(!night.isOpen(at: try time("2026-11-28T23:00:00Z")))
        #expect(!night.isOpen(at: try time("2026-11-27T05:00:00Z")))
        let whole = try hours("UTC", "sun", "00:00", "00:00")
        #expect(whole.isOpen(at: try time("2026-11-29T00:00:00Z")))
        #expect(whole.isOpen(at: try time("2026-11-29T23:59:59Z")))
        #expect(!whole.isOpen(at: try time("2026-11-30T00:00:00Z")))
    }

    @Test(arguments: [
        // 02:30 does not exist on 2027-03-28 in Berlin: the window opens at the jump.
        ("Europe/Berlin", "02:30", "05:00", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00.000Z"),
        // 02:30 comes twice on 2027-10-31: the first one.
        ("Europe/Berlin", "02:30", "05:00", "2027-10-30T12:00:00Z", "2027-10-31T00:30:00.000Z"),
        ("America/New_York", "02:15", "04:00", "2027-03-13T12:00:00Z", "2027-03-14T07:00:00.000Z"),
    ])
    func `daylight saving`(name: String, from: String, to: String, now: String, next: String) throws {
        let hours = try hours(name, "mon-sun", from, to)
        #expect(hours.nextOpening(after: try time(now))?.rfc3339 == next)
    }

    @Test func `every opening is open, and the moment before is not unless another window is`() throws {
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"] {
            let hours = try hours(name, "mon-sat", "01:30", "03:00")
            var now = try time("2026-01-01T00:00:00Z")
            for _ in 0..<700 {
                let next = try #require(hours.nextOpening(after: now))
                #expect(hours.isOpen(at: next), "\(name) \(next)")
                #expect(!hours.isOpen(at: next.advanced(by: .milliseconds(-1))), "\(name) \(next)")
                #expect(next.since(now) <= .seconds(3 * 86_400))
                now = next
            }
        }
    }

    @Test(arguments: [("mon-fri", 5), ("sat,sun", 2), ("mon-wed,sat", 4), ("fri-mon", 4), ("MON", 1), ("mon, tue", 2)])
    func `days`(text: String, count: Int) {
        #expect(WeekDays(text)?.days.count == count)
    }

    @Test(arguments: ["", "mon-", "-", "monday", "mon-tue-wed", "mo", "mon,,tue", "1-5"])
    func `days that are not valid`(text: String) { #expect(WeekDays(text) == nil) }

    @Test(arguments: ["24:00", "9:00", "09:60", "0900", "", "09:0a", "-9:00", "09:00:00"])
    func `times of day that are not valid`(text: String) { #expect(TimeOfDay(text) == nil) }
}

struct DailyTimeTests {
    @Test func `the latest and the next occurrence, over a change of daylight saving time`() throws {
        let nine = DailyTime(
            time: try #require(TimeOfDay("09:00")), days: try #require(WeekDays("mon-fri")),
            zone: try zone("Europe/Berlin"))
        // Saturday.
        #expect(nine.latest(at: try time("2027-03-27T12:00:00Z"))?.rfc3339 == "2027-03-26T08:00:00.000Z")
        #expect(nine.next(after: try time("2027-03-27T12:00:00Z"))?.rfc3339 == "2027-03-29T07:00:00.000Z")
        #expect(nine.latest(at: try time("2027-03-29T07:00:00Z"))?.rfc3339 == "2027-03-29T07:00:00.000Z")
    }
}
