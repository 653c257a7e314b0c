import Foundation
import Model
import Testing

@testable import polarai_daemon

struct TimeArgumentTests {
    @Test
    func `how long ago`() throws {
        let argument = try #require(TimeArgument(argument: "2h"))
        let expected = TimeArgument.now.advanced(by: .seconds(-7200))
        #expect(abs(argument.time.since(expected).wholeMilliseconds) < 5000)
    }

    @Test
    func `RFC 3339`() {
        #expect(TimeArgument(argument: "2026-11-24T16:00:00+08:00")?.time.rfc3339 == "2026-11-24T08:00:00.000Z")
    }

    @Test(arguments: [
        ("2026-11-24", "2026-11-24 00:00:00"), ("2026-11-24 16:05", "2026-11-24 16:05:00"),
        ("2026-07-01 16:05:09", "2026-07-01 16:05:09"), ("2026-07-01T16:05:09", "2026-07-01 16:05:09"),
    ])
    func `local time, as the table shows it`(argument: String, shown: String) throws {
        let time = try #require(TimeArgument(argument: argument)).time
        #expect(TimeStyle(isUTC: false).text(time) == shown)
    }

    @Test(arguments: ["", "yesterday", "30", "2026-13-01", "2026-02-30", "2026-11-24 25:00", "2026-11-24 1"])
    func `no time`(argument: String) {
        #expect(TimeArgument(argument: argument) == nil)
    }

    @Test
    func `UTC is marked`() {
        let time = Timestamp(milliseconds: 1_764_000_000_999)
        #expect(TimeStyle(isUTC: true).text(time) == "2025-11-24 16:00:00Z")
    }
}
