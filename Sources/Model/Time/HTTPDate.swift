/// Times as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// Reads the three forms that a recipient must take: the one above, `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// `Sun Nov  6 08:49:37 1994`. The day of the week is not looked at.
    ///
    /// - Returns: nil if the text is none of them, or the year is not from 1970 to 9999.
    package static func parse(_ text: String) -> Timestamp? {
        guard text.utf8.count <= 64 else { return nil }
        let parts = text.split(separator: " ")
        let isUniversal = parts.last == "GMT" || parts.last == "UTC"
        switch parts.count {
        case 6 where parts[0].hasSuffix(",") && isUniversal:
            return digits(parts[3]).flatMap { time(year: $0, month: parts[2], day: parts[1], clock: parts[4]) }
        case 5:
            return digits(parts[4]).flatMap { time(year: $0, month: parts[1], day: parts[2], clock: parts[3]) }
        case 4 where parts[0].hasSuffix(",") && isUniversal:
            let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, date[2].utf8.count == 2, let year = digits(date[2]) else { return nil }
            // Nobody sends a date of more than fifty years ahead.
            return time(year: (year < 70 ? 2000 : 1900) + year, month: date[1], day: date[0], clock: parts[2])
        default: return nil
        }
    }

    private static func time(year: Int, month: Substring, day: Substring, clock: Substring) -> Timestamp? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { digits($0) }
        guard (1970...9999).contains(year), let month = months.firstIndex(of: String(month)).map({ $0 + 1 }),
            let day = digits(day), (1...CivilTime.days(inMonth: month, of: year)).contains(day),
            parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = CivilTime.daysSince1970(year: year, month: month, day: day)
        return Timestamp(milliseconds: (Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)) * 1000)
    }

    /// One to four digits.
    private static func digits(_ text: Substring) -> Int? {
        (1...4).contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil
    }

    /// The form that is to be sent (RFC 9110, 5.6.7): `Tue, 24 Nov 2026 08:00:00 GMT`.
    package static func write(_ time: Timestamp) -> String {
        let civil = CivilTime(time)
        let days = CivilTime.daysSince1970(year: civil.year, month: civil.month, day: civil.day)
        let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(weekdays[((days % 7) + 7) % 7]), \(two(civil.day)) \(months[civil.month - 1]) \(civil.year) "
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) GMT"
    }
}
