import Foundation
import Model
import Testing

@testable import Notifying

/// Hours and silences on the days on which clocks change, in three zones.
struct ZoneTests {
    /// A Friday before a change of the clocks, and the local times that are skipped or doubled on the Sunday.
    private static let changes: [(zone: String, friday: String)] = [
        ("Europe/Berlin", "2026-03-27T12:00:00Z"), ("Europe/Berlin", "2026-10-23T12:00:00Z"),
        ("America/New_York", "2026-03-06T12:00:00Z"), ("America/New_York", "2026-10-30T12:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-03T12:00:00Z"), ("Australia/Lord_Howe", "2026-10-02T12:00:00Z"),
    ]

    private static func zone(_ name: String) throws -> TimeZoneRules {
        let data = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))
        return try #require(TimeZoneRules(name: name, tzif: Array(data)))
    }

    /// Every quarter of an hour for five days: what is held is held until the moment at which the hours open, by the
    /// zone's own clock, or at which a silence ends within them.
    @Test(arguments: changes, ["00:30-06:00", "02:15-02:45", "22:00-03:00"])
    func `what is held is sent when the hours open`(change: (zone: String, friday: String), window: String) throws {
        let zone = try Self.zone(change.zone)
        let friday = try NotifyingSample.time(change.friday)
        let ends = window.split(separator: "-").map(String.init)
        let hours = try NotifyingSample.hours(ends[0], ends[1], zone: zone)
        let notifier = NotifyingSample.notifier(RouteSettings(targets: ["chat"], hours: hours))
        let event = NotifyingSample.event(.failed)
        let silenceEnd = friday.after(.seconds(2 * 86_400 + 40_000))
        let silences = Silences([
            NotifyingSample.silence(1, from: friday.after(.seconds(86_400)), to: silenceEnd)
        ])
        for step in 0..<(5 * 96) {
            let now = friday.after(.seconds(Int64(step) * 900))
            for silences in [Silences(), silences] {
                let decided = try #require(notifier.decide(event, silences: silences, at: now).first).disposition
                guard case .held(let hold) = decided else {
                    #expect(hours.isOpen(at: now))
                    continue
                }
                #expect(hours.isOpen(at: hold.until))
                #expect(!hours.isOpen(at: hold.until.after(.milliseconds(-1))) || hold.until == silenceEnd)
                #expect(notifier.recheck(event, target: "chat", silences: silences, at: hold.until) == .pending)
                // Not much longer than two days, and what a silence adds: a window may fall into the hour that is skipped.
                #expect(hold.until.since(max(now, silenceEnd)) < .seconds(190_000))
            }
        }
    }

    @Test(arguments: changes)
    func `a summary a day, also on the day on which clocks change`(change: (zone: String, friday: String)) throws {
        let zone = try Self.zone(change.zone)
        let friday = try NotifyingSample.time(change.friday)
        let at = try #require(TimeOfDay("02:15"))
        let notifier = NotifyingSample.notifier(
            summaries: [SummarySettings(at: DailyTime(time: at, zone: zone), targets: ["hook"])])
        var rules = notifier.summaryRules.map { RuleRecord(kind: .summary, key: $0, since: friday) }
        var days: [Int] = []
        for step in 0..<(7 * 96) {
            let now = friday.after(.seconds(Int64(step) * 900))
            for due in notifier.dueSummaries(rules: rules, at: now).items {
                rules = [due.rule]
                days.append(zone.local(at: now).day)
            }
        }
        #expect(days.count == 7)
        #expect(zip(days, days.dropFirst()).allSatisfy { $0 + 1 == $1 })
    }
}
