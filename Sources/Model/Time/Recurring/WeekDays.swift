/// Days of the week as a config writes them: `mon-fri`, `sat,sun`, `mon-wed,sat`; `fri-mon` runs over the weekend.
package struct WeekDays: Hashable, Sendable {
    package let days: Set<Weekday>

    package static let everyDay = WeekDays(days: Set(Weekday.allCases))

    private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private init(days: Set<Weekday>) {
        self.days = days
    }

    /// - Returns: nil if the text names a day that does not exist, or no day at all.
    package init?(_ text: String) {
        var days: Set<Weekday> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(Self.day)
            switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
            case (1, let day?, _):
                days.insert(day)
            case (2, let first?, let last?):
                var index = first.rawValue
                while true {
                    days.insert(Weekday.allCases[index])
                    if index == last.rawValue { break }
                    index = (index + 1) % 7
                }
            default:
                return nil
            }
        }
        self.days = days
    }

    private static func day(_ text: Substring) -> Weekday? {
        let name = text.filter { $0 != " " }.lowercased()
        return names.firstIndex(of: name).map { Weekday.allCases[$0] }
    }

    package func contains(_ day: Weekday) -> Bool { days.contains(day) }
}

/// A time of day, `00:00` to `23:59`.
package struct TimeOfDay: Hashable, Sendable {
    /// Minutes since midnight of the wall clock.
    package let minutes: Int

    package init?(_ text: String) {
        let parts = Array(text.utf8)
        guard parts.count == 5, parts[2] == UInt8(ascii: ":") else { return nil }
        func number(_ place: Int) -> Int? {
            let (tens, ones) = (parts[place], parts[place + 1])
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            guard digits.contains(tens), digits.contains(ones) else { return nil }
            return Int(tens - UInt8(ascii: "0")) * 10 + Int(ones - UInt8(ascii: "0"))
        }
        guard let hours = number(0), let minutes = number(3), hours < 24, minutes < 60 else { return nil }
        self.minutes = hours * 60 + minutes
    }
}
