import Model

/// How many calls were made in the last seconds: what an account really used of its quota.
struct CallMeter: Sendable {
    /// Calls by second, in a ring.
    private var counts = [UInt32](repeating: 0, count: Int(span))
    private var newest: Int64?
    private var first: Int64?

    /// In seconds.
    private static let span: Int64 = 10

    mutating func note(at now: MonotonicInstant) {
        let second = Self.second(now)
        if let newest, second > newest {
            for passed in (newest + 1)...min(second, newest + Self.span) { counts[Self.place(passed)] = 0 }
        }
        newest = max(newest ?? second, second)
        first = first ?? second
        counts[Self.place(second)] += 1
    }

    /// Calls per second.
    func rate(at now: MonotonicInstant) -> Double {
        guard let newest, let first else { return 0 }
        let second = Self.second(now)
        let oldest = max(second - Self.span + 1, newest - Self.span + 1)
        guard oldest <= newest else { return 0 }
        let calls = (oldest...newest).reduce(0) { $0 + UInt64(counts[Self.place($1)]) }
        // The second that goes on counts by what has passed of it; shortly after a start there are fewer to look back at.
        let begin = MonotonicInstant(nanoseconds: max(second - Self.span + 1, first) * 1_000_000_000)
        return Double(calls) / min(Double(Self.span), max(1, now.since(begin).inSeconds))
    }

    private static func second(_ instant: MonotonicInstant) -> Int64 { instant.nanoseconds / 1_000_000_000 }

    private static func place(_ second: Int64) -> Int { Int(((second % span) + span) % span) }
}
