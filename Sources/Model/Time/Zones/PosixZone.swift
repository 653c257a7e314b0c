/// The rule that holds after the last transition of a TZif file: a `TZ` string of POSIX (IEEE Std 1003.1, section 8.3),
/// with the extended hours of RFC 9636, section 3.3.1.
struct PosixZone: Hashable, Sendable {
    /// A day of the year, and the time on it, in seconds of the wall clock that the change ends.
    struct Change: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// `Jn`: 1 to 365, 29 February is never counted.
            case julian(Int)
            /// `n`: 0 to 365.
            case ordinal(Int)
            /// `Mm.w.d`: weekday `d` (0 is Sunday) of week `w` (5 is the last) of month `m`.
            case weekday(month: Int, week: Int, day: Int)
        }
        let day: Day
        let seconds: Int
    }

    /// Daylight saving time, and when it starts and ends each year.
    private struct Daylight: Hashable, Sendable {
        let offset: Int
        let start: Change
        let end: Change
    }

    /// Offsets are seconds east of UTC.
    private let standard: Int
    private let daylight: Daylight?

    init?(_ text: String) {
        var reader = Reader(Array(text.utf8))
        guard reader.skipName(), let west = reader.time() else { return nil }
        standard = -west
        guard !reader.isAtEnd else {
            daylight = nil
            return
        }
        guard reader.skipName() else { return nil }
        var offset = standard + 3600
        if !reader.isAtEnd, !reader.isAt(",") {
            guard let west = reader.time() else { return nil }
            offset = -west
        }
        guard reader.take(","), let start = reader.change(), reader.take(","), let end = reader.change(),
            reader.isAtEnd
        else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    /// The offset that holds at a time.
    ///
    /// - Parameter seconds: seconds since 1970-01-01T00:00:00Z.
    func offset(at seconds: Int64) -> Int {
        guard let daylight else { return standard }
        let year = CivilTime(Timestamp(milliseconds: seconds.multipliedReportingOverflow(by: 1000).partialValue)).year
        let start = daylight.start.seconds(inYear: year) - Int64(standard)
        let end = daylight.end.seconds(inYear: year) - Int64(daylight.offset)
        let isDaylight = start < end ? start <= seconds && seconds < end : !(end <= seconds && seconds < start)
        return isDaylight ? daylight.offset : standard
    }
}

extension PosixZone.Change {
    /// Seconds since 1970-01-01T00:00:00 of the wall clock.
    func seconds(inYear year: Int) -> Int64 {
        let newYear = CivilTime.daysSince1970(year: year, month: 1, day: 1)
        let isLeap = CivilTime.days(inMonth: 2, of: year) == 29
        let date: Int =
            switch day {
            case .julian(let number): newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
            case .ordinal(let number): newYear + number
            case .weekday(let month, let week, let day): Self.date(year: year, month: month, week: week, day: day)
            }
        return Int64(date) * 86_400 + Int64(seconds)
    }

    private static func date(year: Int, month: Int, week: Int, day: Int) -> Int {
        let first = CivilTime.daysSince1970(year: year, month: month, day: 1)
        // Sunday is 0 here; the weekday type counts from Monday.
        let firstDay = (Weekday(day: first).rawValue + 1) % 7
        var date = first + (day - firstDay + 7) % 7 + (week - 1) * 7
        if date - first >= CivilTime.days(inMonth: month, of: year) { date -= 7 }
        return date
    }
}

/// Reads the parts of a `TZ` string.
private struct Reader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        position += 1
        return true
    }

    /// A name is letters, or anything within `<` and `>`; three characters at least.
    ///
    /// - Returns: false if none is there.
    mutating func skipName() -> Bool {
        let isQuoted = take("<")
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            guard isQuoted ? byte != UInt8(ascii: ">") : isLetter else { break }
            position += 1
        }
        let length = position - start
        return (!isQuoted || take(">")) && length >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds, up to 167 hours.
    mutating func time() -> Int? {
        let sign = take("-") ? -1 : 1
        if sign == 1 { _ = take("+") }
        guard let hours = number(upTo: 167) else { return nil }
        var seconds = hours * 3600
        if take(":") {
            guard let minutes = number(upTo: 59) else { return nil }
            seconds += minutes * 60
            if take(":") {
                guard let rest = number(upTo: 59) else { return nil }
                seconds += rest
            }
        }
        return sign * seconds
    }

    mutating func change() -> PosixZone.Change? {
        let day: PosixZone.Change.Day
        if take("M") {
            guard let month = number(upTo: 12), month > 0, take("."), let week = number(upTo: 5), week > 0, take("."),
                let weekday = number(upTo: 6)
            else { return nil }
            day = .weekday(month: month, week: week, day: weekday)
        } else if take("J") {
            guard let number = number(upTo: 365), number > 0 else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(upTo: 365) else { return nil }
            day = .ordinal(number)
        }
        guard take("/") else { return PosixZone.Change(day: day, seconds: 7200) }
        guard let seconds = time() else { return nil }
        return PosixZone.Change(day: day, seconds: seconds)
    }

    private mutating func number(upTo limit: Int) -> Int? {
        let start = position
        var value = 0
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9"),
            position - start < 4
        {
            value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        return position > start && value <= limit ? value : nil
    }
}
