import Model

extension ValueReader {
    /// Shorter ones are slips: nothing here waits so short on purpose.
    static let shortestDuration = Duration.milliseconds(100)
    /// A hundred years: longer ones are slips too, and sums with them could leave the calendar.
    static let longestDuration = Duration.seconds(36_500 * 86_400)
    private static let shortestPoll = Duration.seconds(5)

    func duration(atLeast shortest: Duration = shortestDuration, atMost longest: Duration = longestDuration)
        -> Duration?
    {
        switch value {
        case .integer(let integer) where integer >= 0:
            return refuse("is a number without a unit; write \"\(integer)s\" for seconds")
        case .string: break
        default: return refuse("is \(value.kindName); write a duration such as \"30s\"")
        }
        guard let text = text("write a duration such as \"30s\"") else { return nil }
        guard let duration = DurationText.parse(text) else {
            return refuse("\(JSONValueText.quote(text)) \(Self.complaint(about: text))")
        }
        guard duration >= shortest else {
            return refuse("\"\(text)\" is too short; the shortest allowed is \"\(DurationText.write(shortest))\"")
        }
        guard duration <= longest else {
            return refuse("\"\(text)\" is too long; the longest allowed is \"\(DurationText.write(longest))\"")
        }
        return duration
    }

    /// An interval of polling: one that is hard on the API's quota is a warning.
    func pollInterval() -> Duration? {
        guard let interval = duration() else { return nil }
        if interval < Self.shortestPoll {
            context.warning(
                path,
                "\"\(DurationText.write(interval))\" is under 5s, which costs the account's API quota; "
                    + "\"30s\" is the default")
        }
        return interval
    }

    /// A duration, or 0 for never.
    ///
    /// - Returns: nil where it cannot be read; `.some(nil)` for never.
    func durationOrOff() -> Duration?? {
        if value == .integer(0) || value.stringValue.flatMap(DurationText.parse) == .zero || value == .string("0") {
            return .some(nil)
        }
        return duration().map { .some($0) }
    }

    /// `18/1m`: so many in so long.
    func rate() -> RateLimit? {
        let wanted = "write so many in so long, such as \"18/1m\""
        guard let text = text(wanted) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), count >= 0 else {
            return refuse("\(JSONValueText.quote(text)) is no rate; \(wanted)")
        }
        guard count > 0 else { return refuse("\"\(text)\" lets nothing through; \(wanted)") }
        if !parts[1].isEmpty, parts[1].allSatisfy(\.isLetter), DurationText.parse("1" + parts[1]) != nil {
            return refuse("\"\(text)\" has no number before the unit; write \"\(parts[0])/1\(parts[1])\"")
        }
        guard let period = DurationText.parse(String(parts[1])) else {
            return refuse("in \(JSONValueText.quote(text)), \"\(parts[1])\" \(Self.complaint(about: String(parts[1])))")
        }
        guard period >= Self.shortestDuration, period <= Self.longestDuration else {
            return refuse("in \"\(text)\", \"\(parts[1])\" is out of range; \(wanted)")
        }
        return RateLimit(count: count, per: period)
    }

    private static func complaint(about text: String) -> String {
        if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
            return "has no unit; write \"\(text)s\" for seconds, or use ms, m, h or d"
        }
        let tight = text.lowercased().filter { !$0.isWhitespace }
        if tight != text, DurationText.parse(tight) != nil {
            return "has a space or a capital letter in it; write \"\(tight)\""
        }
        if text.hasPrefix("-") { return "is negative; a duration is not" }
        if text.contains(".") { return "has a fraction; write it with a smaller unit, 1.5h as \"1h30m\"" }
        if text.allSatisfy({ $0.isASCII && ($0.isNumber || "dhms".contains($0)) }) {
            return "is no duration; write the larger unit first and each unit once, as in \"1h30m\""
        }
        return "is no duration; write one such as \"500ms\", \"30s\", \"1h30m\" or \"2d\""
    }
}
