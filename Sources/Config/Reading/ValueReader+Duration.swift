import Model

extension ValueReader {
    /// A shorter one is a mistake: nothing here waits that short on purpose.
    static let shortestDuration = Duration.milliseconds(100)
    /// A hundred years: a longer one is a mistake, too, and sums with it could leave the calendar.
    static let longestDuration = Duration.seconds(36_500 * 86_400)
    private static let shortestPoll = Duration.seconds(5)

    func duration(atLeast shortest: Duration = shortestDuration, atMost longest: Duration = longestDuration)
        -> Duration?
    {
        if let wholeNumber, wholeNumber >= 0 {
            return refuse("is a number without a unit; write \(Self.withSeconds(shown: shownNumber))")
        }
        guard let text = text("write a duration such as \"30s\"") else { return nil }
        guard let duration = DurationText.parse(text) else {
            return refuse("\(shown(text)) \(Self.complaint(about: text, isShown: !path.isPrivate))")
        }
        guard duration >= shortest else {
            return refuse("\(shown(text)) is too short; the shortest allowed is \"\(DurationText.write(shortest))\"")
        }
        guard duration <= longest else {
            return refuse("\(shown(text)) is too long; the longest allowed is \"\(DurationText.write(longest))\"")
        }
        return duration
    }

    private var shownNumber: String? {
        guard !path.isPrivate, let wholeNumber else { return nil }
        return String(wholeNumber)
    }

    private static func withSeconds(shown number: String?) -> String {
        number.map { "\"\($0)s\" for seconds" } ?? "one such as \"30s\""
    }

    /// A poll interval: a very short one is a warning, because it uses up the API's quota.
    func pollInterval() -> Duration? {
        guard let interval = duration() else { return nil }
        if interval < Self.shortestPoll {
            context.warning(
                path,
                "\"\(DurationText.write(interval))\" is under 5s and uses up the account's API quota; "
                    + "the default is \"30s\"")
        }
        return interval
    }

    /// How long history is kept: a very short time is a warning, because what is deleted is gone.
    func retention() -> Duration? {
        guard let duration = duration() else { return nil }
        if duration < Self.shortestRetention {
            context.warning(
                path,
                "\"\(DurationText.write(duration))\" is under 1d: events are deleted before anybody has seen them; "
                    + "write, for example, \"90d\", or \"forever\"")
        }
        return duration
    }

    private static let shortestRetention = Duration.seconds(86_400)

    /// A duration, or 0 for never.
    ///
    /// - Returns: nil if it cannot be read; `.some(nil)` for never.
    func durationOrOff() -> Duration?? {
        if wholeNumber == 0 || value.stringValue.flatMap(DurationText.parse) == .zero || value == .string("0") {
            return .some(nil)
        }
        return duration().map { .some($0) }
    }

    /// `18/1m`: at most 18 in a minute.
    ///
    /// The count is bounded so that sums of counts cannot leave the range of integers.
    func rate() -> RateLimit? {
        let wanted = "write COUNT/PERIOD, such as \"18/1m\""
        guard let text = text(wanted) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(\.isDigit) else {
            return refuse("is not a valid rate; \(wanted)")
        }
        guard let count = Int(parts[0]), count <= Self.highestRate else {
            return refuse("has too high a count; the highest allowed is \(Self.highestRate)")
        }
        guard count > 0 else { return refuse("lets nothing through; \(wanted)") }
        if !parts[1].isEmpty, parts[1].allSatisfy(\.isLetter), DurationText.parse("1" + parts[1]) != nil {
            return refuse("has no number before the unit of its period; \(wanted)")
        }
        guard let period = DurationText.parse(String(parts[1])) else {
            return refuse("its period \(Self.complaint(about: String(parts[1]), isShown: false))")
        }
        guard period >= Self.shortestDuration, period <= Self.longestDuration else {
            return refuse("its period is out of range; \(wanted)")
        }
        return RateLimit(count: count, per: period)
    }

    /// More messages than any service takes.
    private static let highestRate = 1_000_000

    /// - Parameter isShown: whether the text may be repeated, corrected.
    private static func complaint(about text: String, isShown: Bool) -> String {
        let isShown = isShown && text.utf8.count <= 20
        if !text.isEmpty, text.utf8.allSatisfy(\.isDigit) {
            return "has no unit; write \(withSeconds(shown: isShown ? text : nil)), or use ms, m, h or d"
        }
        let tight = text.lowercased().filter { !$0.isWhitespace }
        if tight != text, DurationText.parse(tight) != nil {
            return "contains a space or a capital letter; write \(isShown ? "\"\(tight)\"" : "it without")"
        }
        if text.hasPrefix("-") { return "is negative; write a positive duration" }
        if text.contains(".") { return "has a fraction; use a smaller unit, for example \"1h30m\" for 1.5h" }
        if text.utf8.allSatisfy({ $0.isDigit || "dhms".utf8.contains($0) }) {
            return "is not a valid duration; write the larger unit first and each unit once, as in \"1h30m\""
        }
        return "is not a valid duration; write one such as \"500ms\", \"30s\", \"1h30m\" or \"2d\""
    }
}
