import Files
import Model

/// A time of day on some days of the week, where clocks are changed: as the config writes it, and what it means by the
/// table of `WallClock`.
struct SimulatedDaily: Sendable {
    let zone: WallClock
    /// As the config writes it: `08:30`.
    let time: String

    /// The moments at which it is due, from one time to another.
    func moments(from begin: Timestamp, to end: Timestamp) -> [Timestamp] {
        let days = zone.day(at: begin.seconds) - 1...zone.day(at: end.seconds) + 1
        return days.map { zone.moment($0, time) }.filter { begin <= $0 && $0 <= end }
    }

    func settings() throws -> DailyTime {
        guard let time = TimeOfDay(time) else { throw Chronicle.Breach(description: "\(time) is not understood") }
        return DailyTime(time: time, zone: try zone.rules())
    }
}

/// The hours of a route.
struct SimulatedHours: Sendable {
    struct Window: Sendable {
        /// Monday is 0.
        let days: Set<Int64>
        /// As the config writes them: `mon-fri`, `08:00`.
        let dayText: String
        let from: String
        let to: String

        static func everyDay(_ from: String, _ to: String) -> Window {
            Window(days: Set(0...6), dayText: "mon-sun", from: from, to: to)
        }
    }

    let zone: WallClock
    let windows: [Window]

    func isOpen(at time: Timestamp) -> Bool {
        let today = zone.day(at: time.seconds)
        return windows.contains { window in
            [today - 1, today].contains { day in
                window.days.contains((day + 3) % 7) && zone.moment(day, window.from) <= time
                    && time < zone.moment(window.to > window.from ? day : day + 1, window.to)
            }
        }
    }

    /// The first moment from a time on at which they are open.
    func opening(from time: Timestamp) -> Timestamp {
        if isOpen(at: time) { return time }
        let today = zone.day(at: time.seconds)
        let starts = (today...today + 8).flatMap { day in
            windows.filter { $0.days.contains((day + 3) % 7) }.map { zone.moment(day, $0.from) }
        }
        // A window that lies within an hour that is skipped never opens.
        return starts.filter { $0 > time && isOpen(at: $0) }.min() ?? time.advanced(by: .seconds(9 * 86_400))
    }

    func settings() throws -> WeeklyHours {
        let windows = try windows.map { window in
            guard let days = WeekDays(window.dayText), let from = TimeOfDay(window.from), let to = TimeOfDay(window.to)
            else { throw Chronicle.Breach(description: "\(window) is not understood") }
            return WeeklyHours.Window(days: days, from: from, to: to)
        }
        return WeeklyHours(zone: try zone.rules(), windows: windows)
    }
}

extension WallClock {
    /// - Parameters:
    ///   - day: counted from 1970-01-01.
    ///   - time: `08:30`.
    fileprivate func moment(_ day: Int64, _ time: String) -> Timestamp {
        let parts = time.split(separator: ":").compactMap { Int64($0) }
        let local = day * 86_400 + (parts.first ?? 0) * 3600 + (parts.last ?? 0) * 60
        return Timestamp(milliseconds: first(showing: local) * 1000)
    }

    /// The zone as the daemon reads it from the system's database.
    fileprivate func rules() throws -> TimeZoneRules {
        guard let rules = ZoneDatabase.system.zone(named: name) else {
            throw Chronicle.Breach(description: "the system's time zone database (tzdata) has no \(name)")
        }
        return rules
    }
}
