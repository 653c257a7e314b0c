/// A time in the proleptic Gregorian calendar, UTC.
///
/// The day arithmetic is the usual one of eras of 400 years that begin in March.
package struct CivilTime: Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let millisecond: Int

    /// - Parameter timestamp: clamped to the years 0 to 9999, which is all that RFC 3339 can write.
    package init(_ timestamp: Timestamp) {
        let clamped = min(max(timestamp.milliseconds, Self.earliest), Self.latest)
        let (seconds, fraction) = Self.floorDivide(clamped, by: 1000)
        let (days, secondOfDay) = Self.floorDivide(seconds, by: 86_400)
        millisecond = Int(fraction)
        hour = Int(secondOfDay) / 3600
        minute = Int(secondOfDay) / 60 % 60
        second = Int(secondOfDay) % 60

        let shifted = Int(days) + 719_468
        let (era, dayOfEra) = Self.floorDivide(shifted, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01 to a day of the Gregorian calendar; negative before it.
    package static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shiftedYear, by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// How many days a month has.
    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
    private static let earliest: Int64 = -62_167_219_200_000
    private static let latest: Int64 = 253_402_300_799_999

    private static func floorDivide<Number: BinaryInteger>(_ value: Number, by divisor: Number) -> (Number, Number) {
        let quotient = value / divisor
        let remainder = value % divisor
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
