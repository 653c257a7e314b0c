import Model

/// Durations for people: the two largest units are enough.
struct DurationWords {
    private let units: [(name: String, seconds: Int64)]

    init(day: String, hour: String, minute: String, second: String) {
        units = [(day, 86_400), (hour, 3600), (minute, 60), (second, 1)]
    }

    /// `1 h 30 min`, `45 s`; under a second counts as none.
    func write(_ duration: Duration) -> String {
        var rest = max(0, duration.components.seconds)
        var parts: [String] = []
        for (index, unit) in units.enumerated() {
            let isLast = index == units.count - 1
            guard rest >= unit.seconds || (isLast && parts.isEmpty) else {
                // `1 d 5 min` would read as more exact than it is.
                if !parts.isEmpty { break }
                continue
            }
            parts.append("\(rest / unit.seconds)\(unit.name)")
            rest %= unit.seconds
            if parts.count == 2 { break }
        }
        return parts.joined(separator: " ")
    }
}
