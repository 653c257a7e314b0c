/// A date and time of day as a clock on the wall shows it, without a zone: proleptic Gregorian, to the second.
package struct LocalTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00 of the same wall clock.
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    /// - Parameter day: days since 1970-01-01; `secondOfDay` may lie outside of 0..<86400.
    package init(day: Int, secondOfDay: Int) {
        seconds = Int64(clamping: day) &* 86_400 &+ Int64(clamping: secondOfDay)
    }

    /// Days since 1970-01-01.
    package var day: Int { Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400) }

    package var secondOfDay: Int { Int(seconds - Int64(day) * 86_400) }

    package var weekday: Weekday { Weekday(day: day) }

    /// Year, month, day, hour, minute and second.
    package var civil: CivilTime { CivilTime(Timestamp(milliseconds: seconds &* 1000)) }

    package static func < (left: LocalTime, right: LocalTime) -> Bool { left.seconds < right.seconds }
}

/// A day of the week; the raw value counts from Monday (0), as ISO 8601 orders them.
package enum Weekday: Int, CaseIterable, Hashable, Comparable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// - Parameter day: days since 1970-01-01, which was a Thursday.
    package init(day: Int) {
        let index = (day % 7 + 10) % 7
        self = Weekday.allCases[index]
    }

    package static func < (left: Weekday, right: Weekday) -> Bool { left.rawValue < right.rawValue }
}
