/// Durations as people write them in a config: `500ms`, `30s`, `1h30m`, `2d`.
package enum DurationText {
    /// Units in descending order, the order in which a text must name them.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads a duration: one or more whole numbers, each with a unit, the larger unit first.
    ///
    /// - Returns: nil if the text is not a duration, `30` (no unit) and `1m1h` (order) included.
    package static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total: Int64 = 0
        var nextUnit = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let number = Int64(digits),
                let unit = units.firstIndex(where: { $0.name == name }), unit >= nextUnit
            else { return nil }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, overflow) = total.addingReportingOverflow(product)
            guard !tooLarge, !overflow else { return nil }
            total = sum
            nextUnit = unit + 1
        }
        return nextUnit > 0 ? .milliseconds(total) : nil
    }

    /// Writes a duration the way `parse` reads it, to the millisecond: `1h30m`, `0s`.
    package static func write(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        guard milliseconds != 0 else { return "0s" }
        guard milliseconds > 0 else { return "-" + write(.milliseconds(Int64(clamping: milliseconds.magnitude))) }
        var rest = milliseconds
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
