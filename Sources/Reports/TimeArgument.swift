import Files
import Glibc
package import Model

/// A time on the command line, in the forms of journalctl(1) and systemd.time(7).
package struct TimeArgument: Equatable {
    private let text: String
    /// By the clock that was in use when it was read.
    private let moment: Timestamp

    /// By the clock that is in use when this is asked, which may be that of a database: `-2h`, `today` and `16:00` all
    /// depend on it.
    package var time: Timestamp {
        guard ClockInUse.offset != .zero else { return moment }
        return Self.moment(text, now: Self.now) ?? moment
    }

    /// For help and for the refusal.
    package static let forms =
        "2h, -1h, 2w or \"3 days ago\" (how long ago), now, today, yesterday, 2026-11-28, 16:00, \"2026-11-28 16:00:05\" "
        + "(local time unless Z, +08:00 or a time zone follows), or @1795507200 (seconds since 1970)"

    /// - Parameter now: what the text is relative to.
    package init?(_ argument: String, now: Timestamp = Self.now) {
        let text = argument.trimmed
        guard let moment = Self.moment(text, now: now) else { return nil }
        self.text = text
        self.moment = moment
    }

    private static func moment(_ text: String, now: Timestamp) -> Timestamp? {
        guard text.utf8.count <= 80 else { return nil }
        switch text.lowercased() {
        case "now": return now
        case "today": return midnight(now, daysLater: 0)
        case "yesterday": return midnight(now, daysLater: -1)
        case "tomorrow": return midnight(now, daysLater: 1)
        default:
            let read = text.hasPrefix("@") ? epoch(text.dropFirst()) : relative(text, to: now)
            return read ?? PointInTime.read(text, now: now)
        }
    }

    package static var now: Timestamp { hostNow.advanced(by: ClockInUse.offset) }

    /// By the clock of this host, which may be wrong.
    static var hostNow: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000)
    }

    /// The beginning of a local day.
    private static func midnight(_ now: Timestamp, daysLater: Int32) -> Timestamp {
        var seconds = time_t(now.seconds)
        var parts = tm()
        localtime_r(&seconds, &parts)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (0, 0, 0)
        parts.tm_mday += daysLater
        parts.tm_isdst = -1
        return Timestamp(milliseconds: Int64(mktime(&parts)) * 1000)
    }

    /// Seconds since 1970, with a fraction or without.
    private static func epoch(_ text: Substring) -> Timestamp? {
        guard text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }),
            let seconds = Double(text), seconds <= 253_402_300_799
        else { return nil }
        return Timestamp(milliseconds: Int64((seconds * 1000).rounded()))
    }

    /// `2h`, `-1h30m`, `+5min`, `2w`, `3 days ago`: without a sign it lies in the past.
    private static func relative(_ text: String, to now: Timestamp) -> Timestamp? {
        var rest = text[...]
        var isFuture = false
        if rest.hasPrefix("-") || rest.hasPrefix("+") {
            isFuture = rest.first == "+"
            rest = rest.dropFirst()
        } else if rest.lowercased().hasSuffix(" ago") {
            rest = rest.dropLast(4)
        }
        guard let span = span(rest) else { return nil }
        return now.advanced(by: isFuture ? span : .zero - span)
    }

    /// Units of systemd.time(7); a month and a year are as long there.
    private static let units: [String: Double] = [
        "ms": 0.001, "msec": 0.001, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60,
        "minutes": 60, "h": 3600, "hr": 3600, "hour": 3600, "hours": 3600, "d": 86_400, "day": 86_400,
        "days": 86_400, "w": 604_800, "week": 604_800, "weeks": 604_800, "month": 2_629_800, "months": 2_629_800,
        "y": 31_557_600, "year": 31_557_600, "years": 31_557_600,
    ]
    /// No history is older.
    private static let longest = 1000 * 31_557_600.0

    /// Units in either case, but for `M`, which is a month and not a minute.
    private static func unit(_ name: Substring) -> Double? {
        units[name == "M" ? "month" : name.lowercased()]
    }

    private static func span(_ text: Substring) -> Duration? {
        var rest = text
        var seconds = 0.0
        var isEmpty = true
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { break }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let number = Double(digits), let unit = unit(name) else { return nil }
            seconds += number * unit
            isEmpty = false
            guard seconds <= longest else { return nil }
        }
        return isEmpty ? nil : .milliseconds(Int64((seconds * 1000).rounded()))
    }
}

/// `2026-11-28`, `16:00`, `2026-11-28 16:00:05.5 +08:00`: a date, a time of day, or both, and perhaps a zone.
private enum PointInTime {
    private enum Zone {
        case local
        case offset(String)
        case named(TimeZoneRules)
    }

    static func read(_ text: String, now: Timestamp) -> Timestamp? {
        let (words, zone) = split(text)
        let rest = words.replacing("T", with: " ").replacing("t", with: " ")
        let parts = rest.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let isDate = first.utf8.count == 10 && first.contains("-")
        guard isDate || parts.count == 1 else { return nil }
        guard let day = isDate ? first : today(in: zone ?? .local, now),
            let clock = isDate ? (parts.count == 2 ? clock(parts[1]) : "00:00:00") : clock(first)
        else { return nil }
        return instant("\(day)T\(clock)", in: zone ?? .local)
    }

    /// The text before the zone, and the zone; nil if it names none.
    private static func split(_ text: String) -> (String, Zone?) {
        if text.hasSuffix("Z") || text.hasSuffix("z") { return (String(text.dropLast()).trimmed, .offset("Z")) }
        if let space = text.lastIndex(of: " ") {
            let word = String(text[text.index(after: space)...])
            let before = String(text[..<space]).trimmed
            if word == "UTC" || word == "GMT" { return (before, .offset("Z")) }
            if let offset = offset(word[...]) { return (before, .offset(offset)) }
            if word.contains("/"), let rules = ZoneDatabase.system.zone(named: word) {
                return (before, .named(rules))
            }
            return (text, nil)
        }
        if text.hasSuffix("UTC") { return (String(text.dropLast(3)), .offset("Z")) }
        // A minus may also stand within a date: an offset follows a time of day.
        if let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }), text[..<sign].contains(":"),
            let offset = offset(text[sign...])
        {
            return (String(text[..<sign]), .offset(offset))
        }
        return (text, nil)
    }

    /// `+08:00`, `+0800` or `+08` as RFC 3339 has it.
    private static func offset(_ text: Substring) -> String? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.utf8.allSatisfy(\.isDigit), digits.count == 4 || digits.count == 2 else {
            return nil
        }
        return "\(sign)\(digits.prefix(2)):\(digits.count == 4 ? digits.suffix(2) : "00")"
    }

    /// `HH:MM[:SS[.fff]]` with its seconds.
    private static func clock(_ text: String) -> String? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0].count == 1 || parts[0].count == 2, parts[1].count == 2 else {
            return nil
        }
        let hour = parts[0].count == 1 ? "0\(parts[0])" : String(parts[0])
        return "\(hour):\(parts[1]):\(parts.count == 3 ? String(parts[2]) : "00")"
    }

    private static func today(in zone: Zone, _ now: Timestamp) -> String? {
        switch zone {
        case .local: return String(TimeStyle(isUTC: false).text(now).prefix(10))
        case .named(let rules):
            return String(now.advanced(by: .seconds(rules.offset(at: now))).rfc3339.prefix(10))
        case .offset(let text):
            // Midnight there shows how far it is from UTC.
            guard let midnight = Timestamp(rfc3339: "1970-01-01T00:00:00\(text)") else { return nil }
            return String(now.advanced(by: .milliseconds(-midnight.milliseconds)).rfc3339.prefix(10))
        }
    }

    private static func instant(_ text: String, in zone: Zone) -> Timestamp? {
        if case .offset(let offset) = zone { return Timestamp(rfc3339: text + offset) }
        // Read as if it were UTC, which checks every field; then the fields are the local ones.
        guard let asUTC = Timestamp(rfc3339: text + "Z") else { return nil }
        if case .named(let rules) = zone {
            let fraction = asUTC.milliseconds - asUTC.seconds * 1000
            return rules.instant(of: LocalTime(seconds: asUTC.seconds)).advanced(by: .milliseconds(fraction))
        }
        var seconds = time_t(asUTC.seconds)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return nil }
        // Whether it is summer time then is for the time zone to say.
        parts.tm_isdst = -1
        return Timestamp(milliseconds: Int64(mktime(&parts)) * 1000 + asUTC.milliseconds - asUTC.seconds * 1000)
    }
}
