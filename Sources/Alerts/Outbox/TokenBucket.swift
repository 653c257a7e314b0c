package import Model

/// How often a service lets us speak: so many in a period, and so many of them at once.
package struct Pace: Hashable, Sendable {
    /// The most that any stretch of time of this length may see.
    package let limit: RateLimit
    /// How many of them may come at once; the rest are spread over the period.
    package let burst: Int

    package init(_ limit: RateLimit, burst: Int) {
        self.limit = RateLimit(count: max(1, limit.count), per: max(.milliseconds(1), limit.period))
        self.burst = min(max(1, burst), max(1, limit.count))
    }

    /// A third at once, unless the service allows less: enough for a handful of tasks that end together.
    package init(_ limit: RateLimit, burstUpTo most: Int = .max) {
        self.init(limit, burst: min(most, limit.count / 3))
    }

    /// How many messages a minute may see at most: a longer queue is sent as digests.
    package var perMinute: Int {
        let periods = Double(60_000) / Double(limit.period.wholeMilliseconds)
        return max(1, Int((Double(limit.count) * min(periods, 1_000_000)).rounded(.down)))
    }

    /// Tokens that come back in a millisecond.
    ///
    /// Less than `count / period`: a full bucket that is emptied at once and then drained as it fills must not pass
    /// more than `count` in any period, since services count in windows that slide.
    var refill: Double {
        Double(limit.count - burst + 1) / Double(limit.period.wholeMilliseconds)
    }
}

/// The token bucket of one credential. Durable through `TargetRecord`.
struct TokenBucket: Hashable, Sendable {
    /// Nil lets everything through.
    private let pace: Pace?
    private(set) var tokens: Double
    private(set) var filledAt: Timestamp

    /// - Parameter tokens: what was left at `filledAt`; nil means full.
    init(pace: Pace?, tokens: Double? = nil, filledAt: Timestamp) {
        self.pace = pace
        let capacity = Double(pace?.burst ?? 1)
        self.tokens = min(max(0, tokens ?? capacity), capacity)
        self.filledAt = filledAt
    }

    /// When the next token can be had, `now` where there is one.
    func readyAt(_ now: Timestamp) -> Timestamp {
        guard let pace else { return now }
        let missing = Self.whole - level(at: now)
        guard missing > 0 else { return now }
        return now.advanced(by: .milliseconds(Int64((missing / pace.refill).rounded(.up))))
    }

    /// Takes one token.
    ///
    /// - Returns: false if there is none.
    mutating func take(at now: Timestamp) -> Bool {
        guard pace != nil else { return true }
        let level = level(at: now)
        guard level >= Self.whole else { return false }
        tokens = level - 1
        filledAt = now
        return true
    }

    /// A clock set back counts as no time passed, and time counts from there.
    private func level(at now: Timestamp) -> Double {
        guard let pace else { return 1 }
        let elapsed = Double(max(0, now.since(filledAt).wholeMilliseconds))
        return min(Double(pace.burst), tokens + elapsed * pace.refill)
    }

    /// One token, less what adding fractions may lose.
    private static let whole = 1 - 1e-9
}
