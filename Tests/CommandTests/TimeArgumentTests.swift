import ArgumentParser
import Foundation
import Model
import Reports
import Store
import Testing

@testable import polarai_daemon

struct TimeArgumentTests {
    /// 2026-11-28T10:20:30.400Z.
    private let now = Timestamp(milliseconds: 1_795_861_230_400)

    private func utc(_ text: String) -> String? { TimeArgument(text, now: now)?.time.rfc3339 }

    private func local(_ text: String) -> String? {
        TimeArgument(text, now: now).map { TimeStyle(isUTC: false).text($0.time) }
    }

    @Test(arguments: [
        ("2h", "2026-11-28T08:20:30.400Z"), ("-1h", "2026-11-28T09:20:30.400Z"), ("-1h30m", "2026-11-28T08:50:30.400Z"),
        ("2w", "2026-11-14T10:20:30.400Z"), ("1d12h", "2026-11-26T22:20:30.400Z"),
        ("+5min", "2026-11-28T10:25:30.400Z"),
        ("3 days ago", "2026-11-25T10:20:30.400Z"), ("1h 5 minutes ago", "2026-11-28T09:15:30.400Z"),
        ("500ms", "2026-11-28T10:20:29.900Z"), ("now", "2026-11-28T10:20:30.400Z"), ("1y", "2025-11-28T04:20:30.400Z"),
        ("2M", "2026-09-28T13:20:30.400Z"),
    ])
    func `how long ago`(argument: String, time: String) {
        #expect(utc(argument) == time)
    }

    @Test(arguments: [
        ("2026-11-24T16:00:00+08:00", "2026-11-24T08:00:00.000Z"), ("2026-11-24T08:00Z", "2026-11-24T08:00:00.000Z"),
        ("2026-11-24 16:00 +0800", "2026-11-24T08:00:00.000Z"), ("2026-11-24 08:00:05 UTC", "2026-11-24T08:00:05.000Z"),
        ("2026-11-24T08:00:05.250Z", "2026-11-24T08:00:05.250Z"), ("12:00Z", "2026-11-28T12:00:00.000Z"),
        ("12:00:30+02:00", "2026-11-28T10:00:30.000Z"), ("01:00+14:00", "2026-11-28T11:00:00.000Z"),
        ("2026-11-24 16:00 Asia/Shanghai", "2026-11-24T08:00:00.000Z"), ("2026-11-24 UTC", "2026-11-24T00:00:00.000Z"),
        ("2026-11-24Z", "2026-11-24T00:00:00.000Z"), ("08:00 Asia/Tokyo", "2026-11-27T23:00:00.000Z"),
        ("@1795507200", "2026-11-24T08:00:00.000Z"), ("@1795507200.5", "2026-11-24T08:00:00.500Z"),
        ("@0", "1970-01-01T00:00:00.000Z"),
    ])
    func `with a zone`(argument: String, time: String) {
        #expect(utc(argument) == time)
    }

    @Test(arguments: [
        ("2026-11-24", "2026-11-24 00:00:00"), ("2026-11-24 16:05", "2026-11-24 16:05:00"),
        ("2026-07-01 16:05:09", "2026-07-01 16:05:09"), ("2026-07-01T16:05:09", "2026-07-01 16:05:09"),
        ("2026-07-01T16:05", "2026-07-01 16:05:00"),
    ])
    func `local time, as the table shows it`(argument: String, shown: String) {
        #expect(local(argument) == shown)
    }

    @Test func `days and times of the local day`() throws {
        let today = String(TimeStyle(isUTC: false).text(now).prefix(10))
        #expect(local("today") == today + " 00:00:00")
        #expect(local("16:00") == today + " 16:00:00")
        #expect(local("7:05:09") == today + " 07:05:09")
        let midnight = try #require(TimeArgument("today", now: now)).time
        let before = try #require(TimeArgument("Yesterday", now: now)).time
        #expect((23 * 3600...25 * 3600).contains(Int(midnight.since(before).inSeconds)))
    }

    @Test(arguments: [
        "", "30", "2026-13-01", "2026-02-30", "2026-11-24 25:00", "2026-11-24 1", "h", "-", "@", "@x", "@-1", "@1e99",
        "2fortnights",
        "16:00 Mars/Base", "2026-11-24 16:00 +99:00", "99999999999999999999y", "last week", "16:0", "16:00:00:00",
        "../../etc/passwd",
        "2026-11-24 16:00 ../../etc/passwd",
    ])
    func `a refusal lists the forms`(argument: String) {
        #expect(TimeArgument(argument, now: now) == nil)
        let error = #expect(throws: ValidationError.self) { try TimeArgument.read(argument) }
        for form in ["2h", "yesterday", "@1795507200", "16:00"] { #expect(error?.message.contains(form) == true) }
    }

    @Test func `options take a time that starts with a minus`() throws {
        let command = try #require(
            try PolarAIDaemon.parseAsRoot(["history", "--since", "-1h", "--until", "now"]) as? HistoryCommand)
        #expect(command.request.since != nil && command.request.until != nil)
        #expect(
            PolarAIDaemon.exitCode(for: Self.refusal(["alerts", "list", "--since", "whenever"])) == .validationFailure)
        #expect(PolarAIDaemon.message(for: Self.refusal(["history", "--until", "whenever"])).contains("yesterday"))
    }

    private static func refusal(_ arguments: [String]) -> any Error {
        do {
            _ = try PolarAIDaemon.parseAsRoot(arguments)
            return ExitCode.success
        } catch {
            return error
        }
    }

    @Test
    func `UTC is marked`() {
        let time = Timestamp(milliseconds: 1_764_000_000_999)
        #expect(TimeStyle(isUTC: true).text(time) == "2025-11-24 16:00:00Z")
    }
}
