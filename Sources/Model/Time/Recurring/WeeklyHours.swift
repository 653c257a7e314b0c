/// When a route is open: windows of local time that recur every week.
///
/// A window whose end is not after its start runs past midnight and belongs to the day on which it starts. A local time
/// that is skipped is the moment of the jump; one that occurs twice means its first occurrence.
package struct WeeklyHours: Hashable, Sendable {
    /// One opening on each of some days.
    package struct Window: Hashable, Sendable {
        package let days: WeekDays
        package let from: TimeOfDay
        package let to: TimeOfDay

        package init(days: WeekDays, from: TimeOfDay, to: TimeOfDay) {
            self.days = days
            self.from = from
            self.to = to
        }
    }

    package let zone: TimeZoneRules
    package let windows: [Window]

    package init(zone: TimeZoneRules, windows: [Window]) {
        self.zone = zone
        self.windows = windows
    }

    /// Whether a window is open at a time: its start counts, its end does not.
    package func isOpen(at time: Timestamp) -> Bool {
        let today = zone.local(at: time).day
        // A window that started yesterday may still be open; one more day for zones that jump by a day.
        let first = Planted.isOn(.nightOfYesterday) ? today : today - 2
        return (first...today + 1).contains { day in
            openings(on: day).contains { $0.start <= time && time < $0.end }
        }
    }

    /// When the next window opens: the first start that is later than `time`.
    ///
    /// - Returns: nil if there is no window at all.
    package func nextOpening(after time: Timestamp) -> Timestamp? {
        let today = zone.local(at: time).day
        for day in today - 2...today + 9 {
            let next = openings(on: day).map(\.start).filter { $0 > time }.min()
            if let next { return next }
        }
        return nil
    }

    /// The spans of the windows that start on a day, empty ones left out.
    private func openings(on day: Int) -> [(start: Timestamp, end: Timestamp)] {
        let weekday = Weekday(day: day)
        return windows.compactMap { window in
            guard window.days.contains(weekday) else { return nil }
            let endDay = window.to.minutes > window.from.minutes ? day : day + 1
            let start = zone.instant(of: LocalTime(day: day, secondOfDay: window.from.minutes * 60))
            let end = zone.instant(of: LocalTime(day: endDay, secondOfDay: window.to.minutes * 60))
            return start < end ? (start, end) : nil
        }
    }
}
