/// A time zone of the IANA database: what its wall clocks show at any time.
///
/// Read from a TZif file of the system (RFC 9636), so that it follows the system's own updates. Foundation's `TimeZone`
/// would bring ICU and a copy of the database of its own into the program.
package struct TimeZoneRules: Hashable, Sendable {
    /// The IANA name: `Asia/Shanghai`.
    package let name: String
    /// Times of change in seconds since 1970-01-01T00:00:00Z, ascending, and the offset from UTC that holds from each on.
    private let transitions: [Int64]
    private let offsets: [Int]
    private let first: Int
    /// What holds after the last transition; nil if the last offset holds for ever.
    private let rule: PosixZone?

    package static let utc = TimeZoneRules(
        name: "UTC", transitions: [], offsets: [], first: 0, rule: nil)

    init(name: String, transitions: [Int64], offsets: [Int], first: Int, rule: PosixZone?) {
        self.name = name
        self.transitions = transitions
        self.offsets = offsets
        self.first = first
        self.rule = rule
    }

    /// Seconds east of UTC at a time.
    package func offset(at time: Timestamp) -> Int { offset(at: time.seconds) }

    /// What wall clocks show at a time.
    package func local(at time: Timestamp) -> LocalTime {
        LocalTime(seconds: time.seconds + Int64(offset(at: time)))
    }

    /// The time at which wall clocks show `local`.
    ///
    /// A local time that is skipped is the moment of the jump; one that occurs twice means its first occurrence.
    package func instant(of local: LocalTime) -> Timestamp {
        // The offsets that may hold around then: no two changes lie closer together than a day.
        let before = offset(at: local.seconds - 86_400)
        let after = offset(at: local.seconds + 86_400)
        let early = local.seconds - Int64(max(before, after))
        let late = local.seconds - Int64(min(before, after))
        let inOrder = Planted.isOn(.secondOfTwoHours) ? [late, early] : [early, late]
        for candidate in inOrder where candidate + Int64(offset(at: candidate)) == local.seconds {
            return Timestamp(milliseconds: candidate * 1000)
        }
        // Skipped: the change lies between the two candidates.
        if Planted.isOn(.skippedHourLate) { return Timestamp(milliseconds: late * 1000) }
        var (low, high) = (early, late)
        let offset = self.offset(at: low)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(at: middle) == offset { low = middle } else { high = middle }
        }
        return Timestamp(milliseconds: high * 1000)
    }

    private func offset(at seconds: Int64) -> Int {
        guard let firstChange = transitions.first, seconds >= firstChange else {
            return transitions.isEmpty ? rule?.offset(at: seconds) ?? first : first
        }
        if let rule, let last = transitions.last, seconds >= last { return rule.offset(at: seconds) }
        var (low, high) = (0, transitions.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle } else { high = middle }
        }
        return offsets[low]
    }
}
