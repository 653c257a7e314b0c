import Model

/// Dates in HTTP headers.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads the one form that may still be sent (RFC 9110, 5.6.7): `Tue, 24 Nov 2026 08:00:00 GMT`.
    static func parse(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year),
            (1...CivilTime.days(inMonth: month + 1, of: year)).contains(day)
        else { return nil }
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = CivilTime.daysSince1970(year: year, month: month + 1, day: day)
        return Timestamp(milliseconds: (Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)) * 1000)
    }
}
