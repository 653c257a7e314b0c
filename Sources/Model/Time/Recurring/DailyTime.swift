/// A time of day on some days of the week, in a zone: when a summary is due.
package struct DailyTime: Hashable, Sendable {
    package let time: TimeOfDay
    package let days: WeekDays
    package let zone: TimeZoneRules

    package init(time: TimeOfDay, days: WeekDays = .everyDay, zone: TimeZoneRules) {
        self.time = time
        self.days = days
        self.zone = zone
    }

    /// The latest occurrence that is not later than `now`.
    package func latest(at now: Timestamp) -> Timestamp? {
        let today = zone.local(at: now).day
        for day in stride(from: today + 1, through: today - 8, by: -1) {
            if let occurrence = occurrence(on: day), occurrence <= now { return occurrence }
        }
        return nil
    }

    /// The first occurrence later than `now`.
    package func next(after now: Timestamp) -> Timestamp? {
        let today = zone.local(at: now).day
        for day in today - 1...today + 8 {
            if let occurrence = occurrence(on: day), occurrence > now { return occurrence }
        }
        return nil
    }

    private func occurrence(on day: Int) -> Timestamp? {
        guard days.contains(Weekday(day: day)) else { return nil }
        return zone.instant(of: LocalTime(day: day, secondOfDay: time.minutes * 60))
    }
}
