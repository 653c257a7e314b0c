import Foundation
import Model
import TestSupport
import Testing

struct TimeZoneRulesTests {
    static let zones = [
        "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu", "Europe/Dublin", "UTC",
    ]

    static func rules(_ name: String) throws -> TimeZoneRules {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)"))
        return try #require(TimeZoneRules(name: name, tzif: Array(bytes)))
    }

    /// Python reads the same files. Foundation has a copy of its own of the database, which may be of another year.
    private static let offsets = """
        import datetime, sys, zoneinfo
        zone, last = zoneinfo.ZoneInfo(sys.argv[1]), None
        for hour in range(0, 40 * 365 * 24, 9):
            seconds = 1_000_000_000 + hour * 3600
            offset = datetime.datetime.fromtimestamp(seconds, zone).utcoffset() // datetime.timedelta(seconds=1)
            if offset != last: print(seconds, offset)
            last = offset
        """

    @Test(arguments: zones) func `shows what Python shows, every nine hours of 40 years`(name: String) async throws {
        let rules = try Self.rules(name)
        let python = try await run(
            ProgramPath.system("python3"), ["-c", Self.offsets, name],
            environment: ["PYTHONTZPATH": "/usr/share/zoneinfo"])
        #expect(python.exitCode == 0, "\(python.errors)")
        var changes: [String] = []
        var last: Int?
        for hour in stride(from: 0, to: 40 * 365 * 24, by: 9) {
            let seconds = 1_000_000_000 + hour * 3600
            let offset = rules.offset(at: Timestamp(milliseconds: Int64(seconds) * 1000))
            if offset != last { changes.append("\(seconds) \(offset)") }
            last = offset
        }
        #expect(changes == python.output.split(separator: "\n").map(String.init))
    }

    @Test(arguments: zones) func `a local time that exists once leads back to its instant`(name: String) throws {
        let rules = try Self.rules(name)
        for hour in stride(from: 0, to: 20 * 365 * 24, by: 7) {
            let time = Timestamp(milliseconds: (1_500_000_000 + Int64(hour) * 3600) * 1000)
            let back = rules.instant(of: rules.local(at: time))
            // The second occurrence of a repeated hour leads to the first.
            #expect(back == time || (back < time && rules.local(at: back) == rules.local(at: time)))
        }
    }

    @Test(arguments: [
        // Skipped: the moment of the jump.
        ("Europe/Berlin", "2027-03-28T02:30:00Z", "2027-03-28T01:00:00.000Z"),
        ("America/New_York", "2027-03-14T02:00:00Z", "2027-03-14T07:00:00.000Z"),
        ("Australia/Lord_Howe", "2027-10-03T02:15:00Z", "2027-10-02T15:30:00.000Z"),
        // Twice: the first occurrence.
        ("Europe/Berlin", "2027-10-31T02:30:00Z", "2027-10-31T00:30:00.000Z"),
        ("America/New_York", "2027-11-07T01:00:00Z", "2027-11-07T05:00:00.000Z"),
        // Plain.
        ("Asia/Shanghai", "2027-05-01T09:00:00Z", "2027-05-01T01:00:00.000Z"),
        // Far beyond the last transition of the file: by the rule of its footer.
        ("Europe/Berlin", "2091-07-01T12:00:00Z", "2091-07-01T10:00:00.000Z"),
    ])
    func `local times around a change`(zone: String, local: String, instant: String) throws {
        let written = try #require(Timestamp(rfc3339: local))
        let rules = try Self.rules(zone)
        #expect(rules.instant(of: LocalTime(seconds: written.seconds)).rfc3339 == instant)
    }

    @Test func `knows the offset in summer, in winter, and long ago`() throws {
        let berlin = try Self.rules("Europe/Berlin")
        #expect(berlin.offset(at: try #require(Timestamp(rfc3339: "2026-07-01T00:00:00Z"))) == 7200)
        #expect(berlin.offset(at: try #require(Timestamp(rfc3339: "2026-12-01T00:00:00Z"))) == 3600)
        #expect(berlin.local(at: Timestamp(milliseconds: 0)).weekday == .thursday)
    }

    @Test func `damaged files are refused and never trap`() throws {
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Berlin")))
        for length in 0..<min(good.count, 400) {
            #expect(TimeZoneRules(name: "x", tzif: Array(good[..<length])) == nil)
        }
        var random = SeededGenerator(seed: 4711)
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255) }
            if let rules = TimeZoneRules(name: "x", tzif: bytes) {
                _ = rules.instant(of: rules.local(at: Timestamp(milliseconds: 4_000_000_000_000)))
            }
        }
    }
}
