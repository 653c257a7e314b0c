/// So many in so long, `18/1m` in a config.
package struct RateLimit: Hashable, Sendable {
    package let count: Int
    package let period: Duration

    /// More than any service takes, and small enough to be calculated with.
    package static let largestCount = 1_000_000

    /// - Parameter count: taken as `largestCount` if it is more, as 0 if it is negative.
    package init(count: Int, per period: Duration) {
        self.count = min(max(0, count), Self.largestCount)
        self.period = period
    }
}
